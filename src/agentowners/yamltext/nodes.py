"""Value of a node where a string, a list or a mapping is wanted; anything else is an error with its place."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple, TypeVar

from agentowners.diagnostics import Span
from agentowners.text.problems import Problems, TextError
from agentowners.text.wording import quote, suggest
from agentowners.yamltext.compose import Mapping, Node, Scalar, Sequence, quoting_help

T = TypeVar("T")


class Field(NamedTuple):
    """A key of a mapping and what stands under it."""

    key: Scalar
    value: Node


class Nodes:
    """Reads nodes for a source, and notes what is wrong with them. Nothing is raised: None stands for what could not be read."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._passed_over = 0
        """Values that were wanted and are bare nodes: complained about while YAML was composed, before any statement began."""

    @property
    def wrong(self) -> int:
        """Number of errors so far, values passed over included: two readings compared tell whether what lies between them was
        right."""
        return self.problems.errors + self._passed_over

    def span(self, node: Node) -> Span:
        """The node's place."""
        return self.problems.span(node.line, node.column, node.end_line, node.end_column)

    def error(self, id: str, message: str, node: Node, help: str | None = None) -> None:
        """Note an error about a whole node."""
        self.problems.error(id, message, self.span(node), help)

    def error_at(self, id: str, error: TextError, node: Scalar) -> None:
        """Note an error about a scalar's text: at the characters it names, where the text stands in the source as it is."""
        offset = error.offset
        start = node.column + (0 if node.plain else 1)
        source = self.problems.line(node.line)
        if error.length and source.startswith(node.text, start - 1) and offset < len(node.text):
            end = min(offset + error.length, len(node.text))
            span = self.problems.span(node.line, start + offset, node.line, start + end)
        else:
            span = self.span(node)
        self.problems.error(id, error.message, span, error.help)

    def first(self, node: Sequence) -> Node:
        """The first item of a list, to point at; the list itself if it is empty."""
        return node.items[0] if node.items else node

    def mapping(self, node: Node, what: str, keys: Collection[str] | None = None) -> dict[str, Field] | None:
        """The fields of a mapping by key, in file order; ``keys`` are those that there may be."""
        if not isinstance(node, Mapping):
            self._wrong(node, what, "a mapping", None)
            return None
        fields: dict[str, Field] = {}
        for key, value in node.pairs:
            text = self.string(key, "a key")
            if text is None or not isinstance(key, Scalar):
                continue
            if text in fields:
                self.error("duplicate-key", f"second {quote(text)}", key, f"the first stands in line {fields[text].key.line}")
            elif keys is not None and text not in keys:
                self.error("unknown-key", f"unknown key {quote(text)} in {what}", key, suggest(text, keys))
            else:
                fields[text] = Field(key, value)
        return fields

    def items(self, node: Node, what: str) -> list[Node]:
        """The items of a list that is not empty; none where it could not be read."""
        if isinstance(node, Sequence):
            if not node.items:
                self.error("empty-list", f"{what} is an empty list", node, "leave it out, or say what it holds")
            return node.items
        if isinstance(node, Scalar) and node.type == "null":
            help: str | None = "leave it out, or say what it holds"
        elif isinstance(node, Scalar):
            help = 'write it in brackets: `["..."]`'
        else:
            help = "begin each item with `- `"
        self._wrong(node, what, "a list", help)
        return []

    def string(self, node: Node, what: str) -> str | None:
        """A string; a number that is not in quotes is taken by its text, so that a branch may be called ``1.0``."""
        if isinstance(node, Scalar) and node.type in ("str", "int", "float"):
            return node.text
        if isinstance(node, Scalar) and node.type == "bool":
            help: str | None = f'put it in quotes: `"{node.text}"`'
        else:
            help = quoting_help(self.problems, node.line, node.column) if isinstance(node, Scalar) and node.anchored else None
        self._wrong(node, what, "a string", help)
        return None

    def read(self, node: Node, what: str, read: Callable[[str], T], id: str, *, number: bool = False) -> T | None:
        """A string, or a number, that ``read`` understands or raises ``TextError`` about."""
        text = self.number(node, what) if number else self.string(node, what)
        if text is None or not isinstance(node, Scalar):
            return None
        try:
            return read(text)
        except TextError as error:
            self.error_at(id, error, node)
            return None

    def one(self, field: Field | None, read: Callable[[str], T], id: str) -> T | None:
        """Such a string under a key; None without the key."""
        return None if field is None else self.read(field.value, quote(field.key.text), read, id)

    def strings(self, field: Field | None, read: Callable[[str], T], id: str, *, numbers: bool = False) -> tuple[T, ...]:
        """A list of such strings, or of numbers."""
        if field is None:
            return ()
        what = quote(field.key.text)
        values = (self.read(item, f"an item of {what}", read, id, number=numbers) for item in self.items(field.value, what))
        return tuple(each for each in values if each is not None)

    def choice(self, field: Field | None, choices: dict[str, T], id: str, what: str) -> T | None:
        """One of some fixed words; None without the key."""
        text = None if field is None else self.string(field.value, quote(field.key.text))
        if field is None or text is None:
            return None
        if text not in choices:
            self.error(id, f"{quote(text)} is no {what}", field.value, suggest(text, choices))
        return choices.get(text)

    def boolean(self, field: Field) -> bool | None:
        """True or false, by the core schema: not ``yes``, ``on`` or a string."""
        node = field.value
        if isinstance(node, Scalar) and node.type == "bool":
            return node.text.lower() == "true"
        self._wrong(node, quote(field.key.text), "`true` or `false`", None)
        return None

    def number(self, node: Node, what: str) -> str | None:
        """The text of an integer."""
        if isinstance(node, Scalar) and node.type == "int":
            return node.text
        quoted = isinstance(node, Scalar) and node.type == "str" and node.text.isdecimal()
        self._wrong(node, what, "a number", "write it without quotes" if quoted else None)
        return None

    def required(self, fields: dict[str, Field], key: str, node: Node, what: str, help: str | None = None) -> Field | None:
        """A field that must be there."""
        if key not in fields:
            self.error("missing-key", f"{what} without `{key}`", node, help)
        return fields.get(key)

    def _wrong(self, node: Node, what: str, wanted: str, help: str | None) -> None:
        if isinstance(node, Scalar):
            kind = "nothing" if node.type == "null" else f"{_TYPES[node.type]} {quote(node.text)}"
        elif isinstance(node, Sequence):
            kind = "a list"
        elif isinstance(node, Mapping):
            kind = "a mapping"
        else:
            self._passed_over += 1
            return
        self.error("wrong-type", f"{what} must be {wanted}, not {kind}", node, help)


_TYPES = {"str": "the string", "int": "the number", "float": "the number", "bool": "the boolean"}
