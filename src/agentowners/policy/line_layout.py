"""A document in the line syntax: statements in columns that line up, comments where they were.

The columns are what a statement is about, who, the decision, what goes with it, and the comment. They line up over statements
that follow each other without a blank line or a comment between them. Columns are two blanks apart, the words of one column
one blank. A cell that is much longer than its neighbours does not push them away: it takes the room it needs, and its line
finds back into the columns where it can.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median_low
from typing import Final, NamedTuple

from agentowners.policy.document import Document, Item, trimmed
from agentowners.policy.line_cells import cells, comment

_GAP: Final = 2
_ALWAYS_ROOM_FOR: Final = 40
"""A cell up to this long makes its column wider, whatever its neighbours are like."""


class _Row(NamedTuple):
    """A line to be: its cells, of which the first three have columns of their own, and its comment."""

    cells: tuple[str, ...]
    aligned: int
    """Number of cells that make their columns wider."""
    comment: str


def print_lines(document: Document) -> str:
    """The document's canonical text.

    Raises:
        ConversionRefused: it says something that has no line form.
    """
    lines: list[str] = []
    for block in _blocks(document.items):
        lines += block[0].above
        lines += _aligned([_Row(*cells(item.statement), comment(item)) for item in block])
    return "".join(f"{line}\n" for line in trimmed([*lines, *document.below]))


def _blocks(items: Iterable[Item]) -> list[list[Item]]:
    """The items, divided where something stands between them."""
    blocks: list[list[Item]] = []
    for item in items:
        if item.above or not blocks:
            blocks.append([])
        blocks[-1].append(item)
    return blocks


def _aligned(rows: list[_Row]) -> list[str]:
    starts = [0]
    for column in range(3):
        lengths = [len(row.cells[column]) for row in rows if column < min(row.aligned, len(row.cells))]
        starts.append(starts[-1] + (_width(lengths) + _GAP if lengths else 0))
    lines = [_laid_out(row, starts) for row in rows]
    ends = [end for (_, end, stands_out), row in zip(lines, rows, strict=True) if row.comment and not stands_out]
    at = _width(ends) + _GAP if ends else 0
    return [_beside(text, max(at, end + _GAP), row.comment) for (text, end, _), row in zip(lines, rows, strict=True)]


def _width(lengths: list[int]) -> int:
    """The longest length that is not out of proportion."""
    most = max(_ALWAYS_ROOM_FOR, median_low(lengths) * 3 // 2)
    return max(length for length in lengths if length <= most)


def _laid_out(row: _Row, starts: list[int]) -> tuple[str, int, bool]:
    """The line without its comment, where its last column ends, and whether it does not fit into the columns."""
    text = ""
    stands_out = False
    for cell, start in zip(row.cells, starts, strict=False):
        if cell:
            at = max(start, len(text) + _GAP) if text else start
            stands_out = stands_out or at > start
            text = text.ljust(at) + cell
    filled = len(row.cells)
    column_end = starts[filled] - _GAP if 0 < filled == row.aligned else 0
    return text, max(len(text), column_end), stands_out or 0 < column_end < len(text)


def _beside(text: str, at: int, comment: str) -> str:
    return f"{text.ljust(at)}{comment}" if comment else text
