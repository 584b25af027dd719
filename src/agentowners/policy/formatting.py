"""A policy file in canonical form, in its own syntax or the other."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from agentowners.diagnostics import Diagnostic, Source, Span
from agentowners.policy.conversion import ConversionRefused
from agentowners.policy.line_document import read_document
from agentowners.policy.line_layout import print_lines
from agentowners.policy.line_syntax import parse_lines
from agentowners.policy.load import is_yaml
from agentowners.policy.model import Layer
from agentowners.text.source import YAML_REFUSES, read_source


class Syntax(Enum):
    """The two ways to write a policy."""

    LINE = "line"
    YAML = "yaml"


def syntax_of(source: Source) -> Syntax:
    """The syntax that a file's name tells."""
    return Syntax.YAML if is_yaml(source) else Syntax.LINE


_TOO_LARGE: Final = frozenset({"file-too-large", "yaml-too-large"})


def parse(source: Source, syntax: Syntax) -> tuple[Layer, tuple[Diagnostic, ...]]:
    """Parse a source in a syntax, whatever its name tells. Errors are returned, not raised."""
    if syntax is Syntax.LINE:
        return parse_lines(source)
    from agentowners.policy.yaml_syntax import parse_yaml

    return parse_yaml(source)


def canonical(source: Source, layer: Layer, syntax: Syntax, wanted: Syntax) -> str:
    """The canonical text of a source.

    Args:
        source: what to print.
        layer: what was read from it, without errors.
        syntax: what it is written in.
        wanted: what to print it in.

    Raises:
        ConversionRefused: it says something that has no form in the syntax that is wanted, or takes too much room there.
    """
    text = _lines(source, layer, syntax) if wanted is Syntax.LINE else _yaml(source, layer, syntax)
    again, diagnostics = parse(Source(source.path, text.encode("utf-8", "surrogateescape"), source.ref), wanted)
    if diagnostics and all(diagnostic.id in _TOO_LARGE for diagnostic in diagnostics):
        raise ConversionRefused(f"the form of `{source.path}` that is asked for is larger than a policy may be")
    if diagnostics or again != layer:
        raise RuntimeError(f"the canonical form of {source.path} is another policy")
    return text


def _lines(source: Source, layer: Layer, syntax: Syntax) -> str:
    if syntax is Syntax.LINE:
        return print_lines(read_document(source, layer))
    from agentowners.policy.document_yaml import from_tree
    from agentowners.policy.yaml_document import read_tree

    return print_lines(from_tree(read_tree(source), layer))


def _yaml(source: Source, layer: Layer, syntax: Syntax) -> str:
    if syntax is Syntax.YAML:
        from agentowners.policy.yaml_document import read_tree

        return read_tree(source).text()
    from agentowners.policy.document_yaml import to_tree

    text = to_tree(read_document(source, layer)).text()
    refused = YAML_REFUSES.search(text)
    if refused is not None:
        raise _no_yaml_comment(source, refused[0])
    return text


def _no_yaml_comment(source: Source, char: str) -> ConversionRefused:
    """Only a comment comes out as it went in; everything else is escaped."""
    for number, line in enumerate(read_source(source, YAML_REFUSES).lines, start=1):
        found = re.search(f"#.*?({re.escape(char)})", line)
        if found is not None:
            span = Span(source.path, number, found.start(1) + 1, number, found.end(1) + 1, line)
            message = f"the comment holds the character U+{ord(char):04X}, which has no form in YAML"
            return ConversionRefused(message, help="take it out of the comment", span=span)
    raise RuntimeError(f"U+{ord(char):04X} stands in no comment of {source.path}")
