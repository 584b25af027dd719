"""Lengths kept: GitHub refuses what is too long, so everything is cut where a person can see that it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from agentowners.text.wording import shorten as shorten

T = TypeVar("T")

ELLIPSIS: Final = "…"


def shorten_middle(text: str, limit: int) -> str:
    """The text, or its beginning and its end: of a path both say something."""
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2
    return text[: limit - 1 - tail] + ELLIPSIS + text[len(text) - tail :]


AROUND: Final = 1000
"""Characters shown of a source line at most."""


def around(text: str, column: int) -> str:
    """A source line, or where it is longer than ``AROUND`` characters what stands around a column (from 1): so that many
    mistakes in one long line cost no more than as many in short ones."""
    if len(text) <= AROUND:
        return text
    room = AROUND - 2 * len(ELLIPSIS)
    start = max(0, min(column - 1 - room // 2, len(text) - room))
    before, after = ELLIPSIS if start else "", ELLIPSIS if start + room < len(text) else ""
    return f"{before}{text[start : start + room]}{after}"


def size(text: str) -> int:
    """Length in UTF-8, the larger of the two measures that a limit may mean."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def shorten_bytes(text: str, limit: int) -> str:
    """The text, or as much of its beginning as fits into ``limit`` bytes of UTF-8 with an ellipsis; nothing where none fits."""
    if size(text) <= limit:
        return text
    return text.encode("utf-8", "surrogatepass")[: limit - 3].decode("utf-8", "ignore") + ELLIPSIS if limit >= 3 else ""


def count(number: int, singular: str, many: str | None = None) -> str:
    """``1 file``, ``3,000 files``."""
    return f"{number:,} {singular if number == 1 else many or singular + 's'}"


def first(items: Sequence[T], limit: int, show: Callable[[T], str] = str, more: str = "and {} more") -> list[str]:
    """At most ``limit`` of the items, then a line that counts the rest."""
    lines = [show(item) for item in items[:limit]]
    return [*lines, more.format(f"{len(items) - limit:,}")] if len(items) > limit else lines
