"""Bars as SVG, small enough to be drawn by hand: no style, no script and no name of anybody's in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from agentowners.report.shared.escape import for_html

_LEFT: Final = 44
_TOP: Final = 8
_HEIGHT: Final = 180
_COLUMN: Final = 44
_GAP: Final = 12
_BELOW: Final = 22
_WIDE: Final = 160
"""Length of the longest bar of a row."""
_LABELS: Final = 16
"""Columns of which each has its name below it; of more, some have."""


class BarPart(Struct, frozen=True):
    """A part of a bar: a number, its class in the page's style, and words for it."""

    number: int
    look: str
    words: str


def columns(title: str, rows: Sequence[tuple[str, Sequence[BarPart]]]) -> str:
    """Columns side by side, each of parts one upon the other, over a scale."""
    most = max((sum(part.number for part in parts) for _, parts in rows), default=0)
    step = _step(most)
    top = max(step, -(-most // step) * step)
    width = _LEFT + len(rows) * (_COLUMN + _GAP) + _GAP
    height = _TOP + _HEIGHT + _BELOW
    pieces = [f'<svg class="columns" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{for_html(title)}">']
    for value in range(0, top + 1, step):
        y = _TOP + _HEIGHT - _HEIGHT * value / top
        pieces.append(f'<path class="rule" d="M{_LEFT} {y:.1f}H{width}"/>')
        pieces.append(f'<text class="scale" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>')
    every = -(-len(rows) // _LABELS)
    for place, (name, parts) in enumerate(rows):
        x = _LEFT + _GAP + place * (_COLUMN + _GAP)
        pieces += _column(x, parts, top, name)
        if place % every == 0:
            middle = x + _COLUMN // 2
            pieces.append(f'<text class="scale" x="{middle}" y="{height - 6}" text-anchor="middle">{for_html(name)}</text>')
    return "".join([*pieces, "</svg>"])


def bar(parts: Sequence[BarPart], most: int) -> str:
    """A bar of parts beside each other, as long as their sum is of ``most``; the numbers stand beside it."""
    pieces = [f'<svg class="row-bar" viewBox="0 0 {_WIDE} 12" width="{_WIDE}" height="12" aria-hidden="true">']
    x = 0.0
    for part in parts:
        width = _WIDE * part.number / max(most, 1)
        if part.number:
            pieces.append(f'<rect class="{part.look}" x="{x:.1f}" y="0" width="{max(width, 1):.1f}" height="12"/>')
        x += width
    return "".join([*pieces, "</svg>"])


def _column(x: int, parts: Sequence[BarPart], top: int, name: str) -> Iterator[str]:
    y = float(_TOP + _HEIGHT)
    for part in parts:
        height = _HEIGHT * part.number / top
        y -= height
        if part.number:
            words = for_html(f"{name}: {part.number:,} {part.words}")
            yield (
                f'<rect class="{part.look}" x="{x}" y="{y:.1f}" width="{_COLUMN}" height="{max(height, 1):.1f}">'
                f"<title>{words}</title></rect>"
            )


def _step(most: int) -> int:
    """Distance of two lines of a scale: 1, 2 or 5 times a power of ten, so that there are at most five."""
    step = 1
    while most > 5 * step:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step
