"""YAML as it is written: nodes, signs of the grammar and comments, each with its place."""

from __future__ import annotations

from functools import cached_property

from agentowners.diagnostics import Source, Span
from agentowners.text.source import PlacedText
from agentowners.yamltext.compose import Mapping, Node
from agentowners.yamltext.tokens import YamlTokens


class YamlTree(PlacedText):
    """A file in YAML."""

    def __init__(self, source: Source, lines: list[str], root: Node | None) -> None:
        super().__init__(source, lines)
        self.root = root if isinstance(root, Mapping) else Mapping(1, 1, 1, 1)
        """Empty where the file holds no mapping."""

    @cached_property
    def tokens(self) -> YamlTokens:
        """Signs and comments, which the nodes do not hold; the text was composed without errors."""
        return YamlTokens(self.lines, self.root)

    def at(self, first: Node, last: Node | None = None) -> Span:
        """The place of a node, or of everything from one to another."""
        last = last or first
        return self.span(first.line, first.column, last.end_line, last.end_column)
