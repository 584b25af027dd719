"""Texts as globs can tell them apart: one of each kind, found over all of the globs at once."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from msgspec import Struct

_MOST: Final = 400
"""Kinds that are told apart."""
_STEPS: Final = 1_500_000
"""Places of globs that are moved on from, so that it takes a second or two at the most."""
_TRIES: Final = 3
"""Texts that are tried at one set of places, so that one is found which is not somebody's name already."""
_PLAIN: Final = "xyqw07"

_Place = tuple[int, int]
"""A glob, and how many of its parts are behind."""
_Places = frozenset[_Place]


class Kinds(Struct, frozen=True):
    """A text of each kind."""

    texts: tuple[str, ...]
    """The shortest of each; none of what no glob describes."""
    complete: bool
    """True if there are no other kinds."""


def kinds_of(globs: Iterable[str], taken: Collection[str] = (), *, any_run: bool = False, suffix: str = "") -> Kinds:
    """A text for each set of globs that describe something in common and that no other glob describes.

    Args:
        globs: ``*`` is any run without a slash, ``**`` any run; letter case counts.
        taken: texts that stand for themselves, and so for no kind.
        any_run: if ``*`` is any run, too.
        suffix: what a text may also have behind it, so that two texts differ where with it they do.
    """
    parts = [_parts(glob, any_run=any_run) for glob in dict.fromkeys(globs)]
    if not parts:
        return Kinds((), complete=True)
    letters = {part for own in parts for part in own if len(part) == 1 and part != "*"} | (set() if any_run else {"/"})
    alphabet = [*[char for char in _PLAIN if char not in letters][:1], *sorted(letters)]
    start = _closed([(number, 0) for number in range(len(parts))], parts)
    waiting: deque[tuple[_Places, str]] = deque([(start, "")])
    visits: dict[_Places, int] = {start: 1}
    found: dict[tuple[frozenset[int], frozenset[int]], str | None] = {}
    complete, left = True, _STEPS
    while waiting:
        places, text = waiting.popleft()
        left -= len(places) * (len(alphabet) + len(suffix))
        if left < 0 or len(found) > _MOST:
            complete = False
            break
        kind = _ends(places, parts), _ends(_read(places, suffix, parts), parts) if suffix else frozenset()
        if any(kind) and text and found.get(kind) is None:
            found[kind] = None if text in taken else text
        for char in alphabet:
            after = _read(places, char, parts)
            if not after or visits.get(after, 0) >= _TRIES:
                continue
            visits[after] = visits.get(after, 0) + 1
            waiting.append((after, text + char))
    only_taken = [kind for kind, text in found.items() if text is None]
    complete = complete and not any(_is_open(parts[number]) for kind in only_taken for number in kind[0] | kind[1])
    return Kinds(tuple(text for text in found.values() if text is not None), complete)


def _is_open(parts: Sequence[str]) -> bool:
    return any(part.startswith("*") for part in parts)


def _parts(glob: str, *, any_run: bool) -> tuple[str, ...]:
    """Characters, ``*`` and ``**``."""
    found = re.findall(r"\*+|[^*]", glob, re.DOTALL)
    return tuple("**" if part[0] == "*" and (any_run or len(part) > 1) else part for part in found)


def _closed(places: Iterable[_Place], parts: Sequence[tuple[str, ...]]) -> _Places:
    """Places with those that a run of no characters leads to."""
    found: set[_Place] = set()
    for number, at in places:
        found.add((number, at))
        while at < len(parts[number]) and parts[number][at].startswith("*"):
            at += 1
            found.add((number, at))
    return frozenset(found)


def _read(places: _Places, text: str, parts: Sequence[tuple[str, ...]]) -> _Places:
    for char in text:
        after = []
        for number, at in places:
            part = parts[number][at] if at < len(parts[number]) else ""
            if part.startswith("*"):
                if part == "**" or char != "/":
                    after.append((number, at))
            elif part == char:
                after.append((number, at + 1))
        places = _closed(after, parts)
    return places


def _ends(places: _Places, parts: Sequence[tuple[str, ...]]) -> frozenset[int]:
    return frozenset(number for number, at in places if at == len(parts[number]))
