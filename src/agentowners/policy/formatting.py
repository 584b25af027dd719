"""A policy file in canonical form, in its own syntax or the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentowners.diagnostics import Source
from agentowners.policy.conversion import ConversionRefused
from agentowners.policy.document import read_document
from agentowners.policy.line_layout import print_lines
from agentowners.policy.line_tree import LineTree, Token
from agentowners.policy.load import Syntax as Syntax
from agentowners.policy.load import parse as parse
from agentowners.policy.load import syntax_of as syntax_of
from agentowners.policy.model import Layer
from agentowners.text.source import YAML_REFUSES

if TYPE_CHECKING:
    from agentowners.policy.yaml_tree import Tree


_TOO_LARGE: Final = frozenset({"file-too-large", "yaml-too-large"})


def canonical(layer: Layer, wanted: Syntax) -> str:
    """The canonical text of a layer that was read from a source without errors, its comments where they belong.

    Raises:
        ConversionRefused: it says something that has no form in the syntax that is wanted, or takes too much room there.
    """
    text = _lines(layer) if wanted is Syntax.LINE else _yaml(layer)
    again, diagnostics = parse(Source(layer.name, text.encode("utf-8", "surrogateescape")), wanted)
    if diagnostics and all(diagnostic.id in _TOO_LARGE for diagnostic in diagnostics):
        raise ConversionRefused(f"the form of `{layer.name}` that is asked for is larger than a policy may be")
    if diagnostics or again != layer:
        raise RuntimeError(f"the canonical form of {layer.name} is another policy")
    return text


def _lines(layer: Layer) -> str:
    if isinstance(layer.tree, LineTree):
        return print_lines(read_document(layer.tree, layer))
    from agentowners.policy.document_yaml import from_tree

    return print_lines(from_tree(_yaml_tree(layer), layer))


def _yaml(layer: Layer) -> str:
    if not isinstance(layer.tree, LineTree):
        return _yaml_tree(layer).text()
    from agentowners.policy.document_yaml import to_tree

    text = to_tree(read_document(layer.tree, layer)).text()
    refused = YAML_REFUSES.search(text)
    if refused is not None:
        raise _no_yaml_comment(layer.tree, refused[0])
    return text


def _yaml_tree(layer: Layer) -> Tree:
    from agentowners.policy.yaml_document import read_tree
    from agentowners.yamltext.tree import YamlTree

    if not isinstance(layer.tree, YamlTree):
        raise ValueError(f"layer {layer.name!r} was not read from a source")
    return read_tree(layer.tree)


def _no_yaml_comment(tree: LineTree, char: str) -> ConversionRefused:
    """Only a comment comes out as it went in; everything else is escaped."""
    line, comment = next((line, line.comment) for line in tree if line.comment is not None and char in line.comment.text)
    span = tree.at(line, Token(char, comment.at + comment.text.index(char)))
    message = f"the comment holds the character U+{ord(char):04X}, which has no form in YAML"
    return ConversionRefused(message, help="take it out of the comment", span=span)
