"""The merge of a file that both sides changed, where there can be no doubt about what git makes of it.

Which lines of one version are which of another is not always clear, and git has several ways to tell. They agree on lines that
stand once in each version, in the same order, as long as nothing was moved past them. What lies between two such lines is taken
from the side that changed it; where both did, and not alike, it is git's business or a person's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

MAX_BYTES: Final = 1024 * 1024
"""Largest version of a file that is merged."""


def merge_text(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Merge two versions of a text that come from one; None where git may find a conflict or merge otherwise.

    Takes time linear in the lines.
    """
    texts = (base, ours, theirs)
    if any(b"\0" in text or len(text) > MAX_BYTES for text in texts):
        return None
    versions = [text.split(b"\n") for text in texts]
    lines = [[line + b"\n" for line in version[:-1]] + ([version[-1]] if version[-1] else []) for version in versions]
    anchors = _anchors(lines)
    if anchors is None:
        return None
    merged: list[bytes] = []
    gone: tuple[list[bytes], list[bytes]] = ([], [])
    come: tuple[list[bytes], list[bytes]] = ([], [])
    for was, one, other, anchor in _gaps(lines, anchors):
        for side, version in enumerate((one, other)):
            if version != was:
                removed, added = _trimmed(was, version)
                gone[side].extend(removed)
                come[side].extend(added)
        if one == other or other == was:
            merged += one
        elif one == was:
            merged += other
        else:
            return None
        merged += anchor
    # a line that is taken out in one place and put in elsewhere may be what git keeps
    if any(not set(removed).isdisjoint(added) for removed, added in zip(gone, come, strict=True)):
        return None
    return b"".join(merged)


def _anchors(lines: Sequence[Sequence[bytes]]) -> list[bytes] | None:
    """The lines that stand once in each version, in order; None where the order is not the same."""
    counts = [Counter(version) for version in lines]
    orders = [[line for line in version if all(count[line] == 1 for count in counts)] for version in lines]
    return orders[0] if orders[0] == orders[1] == orders[2] else None


def _gaps(
    lines: Sequence[Sequence[bytes]], anchors: Sequence[bytes]
) -> Iterator[tuple[Sequence[bytes], Sequence[bytes], Sequence[bytes], Sequence[bytes]]]:
    """Lines before each anchor in each version, with the anchor; at last those after all of them."""
    places = [{line: index for index, line in enumerate(version)} for version in lines]
    starts = [0, 0, 0]
    for anchor in anchors:
        ends = [place[anchor] for place in places]
        was, one, other = (version[start:end] for version, start, end in zip(lines, starts, ends, strict=True))
        yield was, one, other, (anchor,)
        starts = [end + 1 for end in ends]
    was, one, other = (version[start:] for version, start in zip(lines, starts, strict=True))
    yield was, one, other, ()


def _trimmed(was: Sequence[bytes], now: Sequence[bytes]) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """Two runs of lines without what they have in common at either end."""
    start = 0
    while start < min(len(was), len(now)) and was[start] == now[start]:
        start += 1
    end = 0
    while end < min(len(was), len(now)) - start and was[-1 - end] == now[-1 - end]:
        end += 1
    return was[start : len(was) - end], now[start : len(now) - end]
