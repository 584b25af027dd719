"""The comments of a YAML text, which its nodes do not remember."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaml

from agentowners.yamltext.tokens import LOADER, Point

_COMMENT: Final = re.compile(r"#.*")
_BLOCK_SCALAR: Final = re.compile(r"[|>][-+0-9]*[ \t]+(?=#)")


class Comment(NamedTuple):
    """A comment and where it stands."""

    at: Point
    text: str
    """With its hash, without blanks at its end."""
    own_line: bool
    """Whether it is about what follows: nothing stands before it on its line, or a dash."""


def comments(lines: list[str]) -> Iterator[Comment]:
    """The comments of a text that has been composed without errors, in order."""
    if not any("#" in line for line in lines):
        return
    at = (1, 1)
    loader = LOADER("\n".join(lines))
    try:
        while loader.check_token():
            token = loader.get_token()
            yield from _between(lines, at, _point(token.start_mark))
            at = _point(token.end_mark)
            if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
                yield from _beside_block_scalar(lines, *_point(token.start_mark))
    finally:
        loader.dispose()
    yield from _between(lines, at, (len(lines), len(lines[-1]) + 1))


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
    """Whether it only opens what a comment behind it is about."""
    return word.strip("-?,[{") == "" or word[0] in "&!"


def _beside_block_scalar(lines: list[str], number: int, column: int) -> Iterator[Comment]:
    """The comment on the first line of a block scalar, which is part of its token."""
    line = lines[number - 1]
    header = _BLOCK_SCALAR.match(line, column - 1)
    if header is not None:
        yield Comment((number, header.end() + 1), line[header.end() :].rstrip(" \t"), False)


def _point(mark: Any) -> Point:
    return mark.line + 1, mark.column + 1
