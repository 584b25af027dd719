"""Signs of YAML's own grammar and comments: everything that stands between the scalars of a text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final, NamedTuple

from agentowners.yamltext.compose import Mapping, Node, Scalar, Sequence

Point = tuple[int, int]
"""Line and column, both from 1."""
_PROPERTY: Final = r"&[^\s,\[\]{}]+|!(?:<[^>]*>|[^\s,\[\]{}]*)"
_SIGN: Final = re.compile(rf"#.*|{_PROPERTY}|^(?:---|\.\.\.|%[^#]*)|[-?:,\[\]{{}}]")
_BEFORE_SCALAR: Final = re.compile(rf"#.*|{_PROPERTY}|\s+|\Z")
_BLOCK_HEADER: Final = re.compile(r"[|>][-+0-9]*[ \t]*(#.*)")


class Sign(NamedTuple):
    """A sign of the grammar, an anchor, a tag, a directive or a comment, as it is written."""

    at: Point
    text: str


class Comment(NamedTuple):
    """A comment and where it stands."""

    at: Point
    text: str
    """With its hash, without blanks at its end."""
    own_line: bool
    """True if it is about what follows: nothing stands before it on its line, or a dash."""


class YamlTokens:
    """Places of the signs and comments of one text, which was composed without errors."""

    def __init__(self, lines: list[str], root: Node) -> None:
        self.signs: list[Sign] = []
        """In order, comments among them."""
        self._question_marks: dict[Point, Point] = {}
        """By where the key starts."""
        at: Point = (1, 1)
        for leaf in _leaves(lines, root):
            start, first = (leaf.line, leaf.column), len(self.signs)
            self.signs += _between(lines, at, start)
            last = next((sign for sign in reversed(self.signs[first:]) if not _is_comment(sign)), None)
            if last is not None and last.text == "?":
                self._question_marks[start] = last.at
            self.signs += _inside(lines, leaf)
            at = leaf.end_line, leaf.end_column
        self.signs += _between(lines, at, (len(lines), len(lines[-1]) + 1) if lines else at)
        self._dashes = [sign.at for sign in self.signs if sign.text == "-"]
        self._commas = [sign.at for sign in self.signs if sign.text == ","]
        self.comments = [_comment(lines, sign) for sign in self.signs if _is_comment(sign)]
        """In order."""

    def dash_before(self, item: Point) -> Point:
        """The dash that an item of a block list stands behind."""
        return self._dashes[bisect_left(self._dashes, item) - 1]

    def key_at(self, key: Point) -> Point:
        """The question mark before a key, or where the key itself starts."""
        return self._question_marks.get(key, key)

    def comma_before(self, point: Point) -> Point | None:
        """The last comma before a place, of those between the items of flow collections."""
        index = bisect_left(self._commas, point)
        return self._commas[index - 1] if index else None

    def comma_after(self, point: Point) -> Point | None:
        """The first comma at or behind a place."""
        index = bisect_left(self._commas, point)
        return self._commas[index] if index < len(self._commas) else None


def is_alias(lines: list[str], node: Node) -> bool:
    """True if a node stands somewhere else, and only an alias here."""
    return node.anchored and lines[node.line - 1][node.column - 1 : node.column] == "*"


def _leaves(lines: list[str], node: Node) -> Iterator[Node]:
    """Scalars and aliases, in the order of the text."""
    if isinstance(node, Sequence | Mapping) and not is_alias(lines, node):
        children = node.items if isinstance(node, Sequence) else (part for pair in node.pairs for part in pair)
        for child in children:
            yield from _leaves(lines, child)
    else:
        yield node


def _between(lines: list[str], start: Point, end: Point) -> Iterator[Sign]:
    """The signs between two scalars, of which there is nothing."""
    for number in range(start[0], min(end[0], len(lines)) + 1):
        line = lines[number - 1]
        first = start[1] - 1 if number == start[0] else 0
        last = end[1] - 1 if number == end[0] else len(line)
        for match in _SIGN.finditer(line, first, last):
            yield Sign((number, match.start() + 1), match[0])


def _inside(lines: list[str], leaf: Node) -> Iterator[Sign]:
    """The anchor, the tag and the comments that stand within a node, before its text or beside the head of a block."""
    number, column = leaf.line, leaf.column - 1
    while (number, column + 1) < (leaf.end_line, leaf.end_column):
        line = lines[number - 1]
        match = _BEFORE_SCALAR.match(line, column)
        if match is None:
            break
        if match[0].strip():
            yield Sign((number, column + 1), match[0])
        column = match.end()
        if column == len(line):
            number, column = number + 1, 0
    if isinstance(leaf, Scalar) and not leaf.plain and number <= len(lines):
        header = _BLOCK_HEADER.match(lines[number - 1], column)
        if header is not None:
            yield Sign((number, header.start(1) + 1), header[1])


def _is_comment(sign: Sign) -> bool:
    return sign.text[0] == "#"


def _comment(lines: list[str], sign: Sign) -> Comment:
    before = lines[sign.at[0] - 1][: sign.at[1] - 1].split()
    return Comment(sign.at, sign.text.rstrip(" \t"), all(map(_says_nothing, before)))


def _says_nothing(word: str) -> bool:
    """True if it only opens what a comment behind it is about."""
    return word.strip("-?,[{") == "" or word[0] in "&!"
