"""Paths guessed from patterns: most questions are settled by one such path, and no automaton is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

_PLAIN: Final = re.compile(r"[^\\\[]*")
_ODD: Final = "~"
"""A name that other patterns hardly mention."""
_TRIED: Final = 12


def sample(text: str) -> str | None:
    """A path that the pattern most likely covers; whoever asks must make sure. None where none comes to mind."""
    if _PLAIN.fullmatch(text) is None:
        return None
    segments = [_ODD if segment == "**" else segment.replace("*", _ODD).replace("?", _ODD) for segment in text.split("/")]
    if segments[-1] == "":
        segments[-1] = _ODD
    return "/".join(segment for segment in segments if segment)


def samples(patterns: Sequence[str]) -> Iterator[str]:
    """Paths that a set with these positive patterns most likely has."""
    if not patterns:
        yield _ODD
    for text in islice(patterns, _TRIED):
        path = sample(text)
        if path is not None:
            yield path


def common_samples(sets: Sequence[Sequence[str]]) -> Iterator[str]:
    """Paths that several sets, given by their positive patterns, have perhaps in common."""
    each = [path for patterns in sets for path in samples(patterns)][:_TRIED]
    yield from each
    if len(sets) == 1:
        return
    for sample in each:
        for other in each:
            if sample is not other:
                yield f"{sample.rpartition('/')[0]}/{other}".lstrip("/")
                yield f"{sample.rpartition('/')[0]}/{other.rpartition('/')[2]}".lstrip("/")
                yield f"{sample}/{other}"
