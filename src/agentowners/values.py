"""Values that equality does not look at as a whole, and values put together by what they share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from msgspec import Struct

K = TypeVar("K")
V = TypeVar("V")


class PartlyCompared(Struct, frozen=True, eq=False):
    """A value whose equality and hash leave out some fields: those that say for people where it came from."""

    uncompared: ClassVar[frozenset[str]] = frozenset()
    """Names of the fields left out."""

    def __eq__(self, other: object) -> bool:
        return self is other or (type(other) is type(self) and _compared(other) == _compared(self))

    def __ne__(self, other: object) -> bool:
        return not self == other  # `Struct` has one of its own, which does not ask `__eq__`

    def __hash__(self) -> int:
        return hash(_compared(self))


def _compared(value: PartlyCompared) -> tuple[object, ...]:
    return tuple([getattr(value, name) for name in value.__struct_fields__ if name not in value.uncompared])


def gathered(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """The values of each key, keys and values in order of appearance."""
    lists: dict[K, list[V]] = {}
    for key, value in pairs:
        lists.setdefault(key, []).append(value)
    return lists
