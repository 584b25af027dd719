"""Signs of YAML's own grammar and comments, which nodes do not remember."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaml

from agentowners.yamltext.compose import Node

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Point = tuple[int, int]
"""Line and column, both from 1."""
_COMMENT: Final = re.compile(r"#.*")
_BLOCK_SCALAR: Final = re.compile(r"[|>][-+0-9]*[ \t]+(?=#)")


class Comment(NamedTuple):
    """A comment and where it stands."""

    at: Point
    text: str
    """With its hash, without blanks at its end."""
    own_line: bool
    """True if it is about what follows: nothing stands before it on its line, or a dash."""


class YamlTokens:
    """Places of the signs and comments of one text. The text has been composed without errors."""

    def __init__(self, lines: list[str]) -> None:
        """Scan a text, given by lines."""
        self._dashes: list[Point] = []
        self._keys: list[Point] = []
        self._commas: list[Point] = []
        self.comments: list[Comment] = []
        """In order."""
        kinds = {yaml.BlockEntryToken: self._dashes, yaml.KeyToken: self._keys, yaml.FlowEntryToken: self._commas}
        commented = any("#" in line for line in lines)
        at = (1, 1)
        loader = _LOADER("\n".join(lines))
        try:
            while loader.check_token():
                token = loader.get_token()
                start = _point(token.start_mark)
                found = kinds.get(type(token))
                if found is not None:
                    found.append(start)
                if commented:
                    self.comments += _between(lines, at, start)
                    at = _point(token.end_mark)
                    if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
                        self.comments += _beside_block_scalar(lines, *start)
        finally:
            loader.dispose()
        if commented:
            self.comments += _between(lines, at, (len(lines), len(lines[-1]) + 1))

    def dash_before(self, item: Point) -> Point:
        """The dash that an item of a block list stands behind."""
        return self._dashes[bisect_left(self._dashes, item) - 1]

    def key_at(self, key: Point) -> Point:
        """The question mark before a key, or where the key itself starts."""
        return self._keys[bisect_right(self._keys, key) - 1]

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


def _between(lines: list[str], start: Point, end: Point) -> Iterator[Comment]:
    """The comments between two tokens, where there is nothing but blanks and comments."""
    for number in range(start[0], min(end[0], len(lines)) + 1):
        line = lines[number - 1]
        first = start[1] - 1 if number == start[0] else 0
        last = end[1] - 1 if number == end[0] else len(line)
        found = _COMMENT.search(line, first, last)
        if found is not None:
            before = line[: found.start()].split()
            yield Comment((number, found.start() + 1), found[0].rstrip(" \t"), all(map(_says_nothing, before)))


def _says_nothing(word: str) -> bool:
    """True if it only opens what a comment behind it is about."""
    return word.strip("-?,[{") == "" or word[0] in "&!"


def _beside_block_scalar(lines: list[str], number: int, column: int) -> Iterator[Comment]:
    """The comment on the first line of a block scalar, which is part of its token."""
    line = lines[number - 1]
    header = _BLOCK_SCALAR.match(line, column - 1)
    if header is not None:
        yield Comment((number, header.end() + 1), line[header.end() :].rstrip(" \t"), False)


def _point(mark: Any) -> Point:
    return mark.line + 1, mark.column + 1
