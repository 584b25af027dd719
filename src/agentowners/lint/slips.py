"""Names that are one slip of the finger apart, found without holding each against each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

_LONGEST: Final = 48
"""A longer name is no login, and its variants would be many."""

Index = dict[str, list[str]]
"""Known names, by what each may have become."""


def index(names: Iterable[str]) -> Index:
    """The names, to be looked up by ``near``."""
    found: Index = {}
    for name in names:
        for variant in _variants(name):
            found.setdefault(variant, []).append(name)
    return found


def near(name: str, known: Index) -> Iterator[str]:
    """Known names among which every one is that is one slip away."""
    return (one for variant in _variants(name) for one in known.get(variant, ()))


def _variants(name: str) -> Iterator[str]:
    """The name, and what is left when one character is gone: two names that are one slip apart have one of these in common."""
    if len(name) <= _LONGEST:
        yield name
        yield from (name[:at] + name[at + 1 :] for at in range(len(name)))
