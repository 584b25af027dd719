"""Member names that some reader of JSON takes for another: `Method`, or `method` in full-width letters, for `method`."""

from __future__ import annotations

import unicodedata
from collections.abc import Set
from functools import lru_cache


def fold(name: str) -> str:
    """Key that all names share which a reader might take for each other."""
    if name.isascii():
        return name.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(char for char in apart if unicodedata.category(char) not in ("Mn", "Cf")).replace("\u0131", "i")


def misspelled(names: Set[str], known: frozenset[str]) -> str | None:
    """The first name that is none of the known ones, but folds to one."""
    if names <= known:
        return None
    folded = _folded(known)
    return next((name for name in names if name not in known and fold(name) in folded), None)


@lru_cache(maxsize=128)
def _folded(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(fold, names))
