"""Places in the YAML syntax: a statement is found among the nodes by its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agentowners.diagnostics import Span
from agentowners.policy.model import AgentEntry, Default, Rule, Unprotect
from agentowners.policy.patterns import Approver
from agentowners.policy.statement_places import Places, Statement, StatementPlaces
from agentowners.policy.words import SECTION_OF
from agentowners.policy.yaml_removal import Removals
from agentowners.yamltext.compose import Mapping, Node, Scalar, Sequence
from agentowners.yamltext.tree import YamlTree


class StatementNodes(NamedTuple):
    """A statement's nodes."""

    section: str
    number: int
    """Which of its section's items it is."""
    key: Node | None
    """Keys of a section that is a mapping."""
    value: Node


class YamlPlaces(Places):
    """Answers for a tree that was read without errors."""

    def __init__(self, tree: YamlTree) -> None:
        self._tree = tree
        self._sections = fields(tree.root)
        self._statements = {
            (nodes.section, *_extent(nodes.key or nodes.value, nodes.value)): nodes for nodes in self._all_statements()
        }

    def of(self, statement: Statement) -> StatementPlaces:
        """See ``Places.of``."""
        nodes = self._find(statement)
        whole = self._tree.at(nodes.key or nodes.value, nodes.value)
        key = None if nodes.key is None else self._tree.at(nodes.key)
        if isinstance(statement, AgentEntry):
            return StatementPlaces(whole, name=key)
        parts = fields(nodes.value)
        principals = (key,) if key is not None else self._principals(parts) or (whole,)
        return StatementPlaces(
            whole,
            (*self._items(parts, "patterns"), *self._items(parts, "workspace"), *self._items(parts, "approved")),
            (*self._items(parts, "refs"), *self._items(parts, "branches")),
            principals,
            self._approvers(parts),
            self._decision(statement, nodes.value, parts),
            self._value(parts, "id"),
            self._value(parts, "reason") if getattr(statement, "reason", None) is not None else None,
        )

    def keyword(self, word: str) -> Span | None:
        """See ``Places.keyword``."""
        keys = (key for key, _ in self._tree.root.pairs if isinstance(key, Scalar) and key.text == word)
        return next(map(self._tree.at, keys), None)

    def removal(self, statement: Statement) -> Span | None:
        """See ``Places.removal``."""
        nodes = self._find(statement)
        return Removals(self._tree).statement(nodes.section, nodes.number)

    def removal_of_pattern(self, statement: Rule | Unprotect, index: int) -> Span | None:
        """See ``Places.removal_of_pattern``."""
        left = [pattern for number, pattern in enumerate(statement.patterns) if number != index]
        enough = bool(left or statement.refs) if isinstance(statement, Rule) else not all(pattern.negative for pattern in left)
        rule = self._find(statement).value
        return Removals(self._tree).pattern(rule, index) if enough and isinstance(rule, Mapping) else None

    def _all_statements(self) -> Iterator[StatementNodes]:
        for section in SECTION_OF.values():
            node = self._sections.get(section)
            if isinstance(node, Sequence):
                yield from (StatementNodes(section, index, None, item) for index, item in enumerate(node.items))
            elif isinstance(node, Mapping):
                yield from (StatementNodes(section, index, key, value) for index, (key, value) in enumerate(node.pairs))

    def _find(self, statement: Statement) -> StatementNodes:
        span = statement.span
        if span is None or span.path != self._tree.source.path:
            raise KeyError(statement)
        return self._statements[SECTION_OF[type(statement)], span.line, span.column, span.end_line, span.end_column]

    def _items(self, parts: dict[str, Node], key: str) -> tuple[Span, ...]:
        node = parts.get(key)
        return tuple(self._tree.at(item) for item in node.items) if isinstance(node, Sequence) else ()

    def _principals(self, parts: dict[str, Node]) -> tuple[Span, ...]:
        """Principals a statement is about, before those it leaves out, as in the model."""
        node = parts.get("principals") or parts.get("agents")
        items = node.items if isinstance(node, Sequence) else []
        return tuple(map(self._tree.at, sorted(items, key=lambda item: isinstance(item, Scalar) and item.text.startswith("!"))))

    def _approvers(self, parts: dict[str, Node]) -> tuple[Span, ...]:
        """The first spelling of each, as in the outcome."""
        spans: dict[str, Span] = {}
        node = parts.get("approvers")
        for item in node.items if isinstance(node, Sequence) else ():
            if isinstance(item, Scalar):
                spans.setdefault(Approver.parse(item.text).key, self._tree.at(item))
        return tuple(spans.values())

    def _decision(self, statement: Statement, value: Node, parts: dict[str, Node]) -> Span | None:
        if isinstance(statement, Default) and isinstance(value, Scalar):
            return self._tree.at(value)
        return self._value(parts, "decision") or self._value(parts, "mode")

    def _value(self, parts: dict[str, Node], key: str) -> Span | None:
        node = parts.get(key)
        return None if node is None else self._tree.at(node)


def fields(node: Node) -> dict[str, Node]:
    """A mapping's values by key; none of anything else."""
    if not isinstance(node, Mapping):
        return {}
    return {key.text: value for key, value in node.pairs if isinstance(key, Scalar)}


def _extent(first: Node, last: Node) -> tuple[int, int, int, int]:
    return first.line, first.column, last.end_line, last.end_column
