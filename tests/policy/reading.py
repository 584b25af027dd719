"""Reading policies in tests, and showing diagnostics as a person would see them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent

from agentowners.diagnostics import Diagnostic, Source
from agentowners.engine.matcher import Matcher
from agentowners.policy.line_syntax import parse_lines
from agentowners.policy.model import Layer, Rule
from agentowners.policy.patterns import PathPattern
from agentowners.policy.yaml_syntax import parse_yaml

DATA = Path(__file__).parent.parent / "data" / "policies"
LINES = "AGENTOWNERS"
YAML = ".agentowners.yml"


def lines(text: str | bytes, path: str = LINES) -> Layer:
    """A layer in the line syntax, which must be right."""
    layer, diagnostics = parse_lines(Source(path, _bytes(text)))
    assert diagnostics == ()
    return layer


def yaml(text: str | bytes, path: str = YAML) -> Layer:
    """A layer in YAML, which must be right."""
    layer, diagnostics = parse_yaml(Source(path, _bytes(text)))
    assert diagnostics == ()
    return layer


def rule(text: str) -> Rule:
    """The only rule of a text in the line syntax."""
    (only,) = lines(text).rules
    return only


def line_errors(text: str | bytes) -> tuple[Diagnostic, ...]:
    """What is wrong with a text in the line syntax."""
    return parse_lines(Source(LINES, _bytes(text)))[1]


def yaml_errors(text: str | bytes) -> tuple[Diagnostic, ...]:
    """What is wrong with a text in YAML."""
    return parse_yaml(Source(YAML, _bytes(text)))[1]


def covers(patterns: Iterable[PathPattern], path: str) -> bool:
    """Whether any of some positive patterns matches a path, by the matching engine."""
    patterns = tuple(patterns)
    matcher = Matcher.of(patterns)
    return not {matcher.number(pattern) for pattern in patterns}.isdisjoint(matcher.match(path))


def shown(diagnostic: Diagnostic) -> str:
    """A diagnostic with its source line and a marker under the place: as in ``line_errors.txt``."""
    span = diagnostic.span
    end = span.end_column if span.end_line == span.line else len(span.text) + 1
    marker = " " * (span.column - 1) + "^" * max(end - span.column, 1)
    help = f"\n= {diagnostic.help}" if diagnostic.help is not None else ""
    return f"{span.text}\n{marker}\n[{diagnostic.id}] {diagnostic.message}{help}"


def error_cases(name: str) -> list[str]:
    """The cases of a data file: a text, the marker under it, id and message, help; blank lines between."""
    blocks = (DATA / name).read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    return [block for block in blocks if not block.startswith("# ")]


def first_line(case: str) -> str:
    """Name of a case."""
    return case.split("\n", maxsplit=1)[0]


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else dedent(text).encode()
