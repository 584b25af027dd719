"""Regions in the making."""

from __future__ import annotations

from msgspec import Struct, field

from agentowners.proof.cells import Cell
from agentowners.proof.demands import Demands
from agentowners.proof.difference import Direction
from agentowners.proof.search import Witness


class RegionKey(Struct, frozen=True):
    """Decisions and causes by which points are of one region."""

    direction: Direction
    old: Demands
    new: Demands
    old_cause: tuple[str, ...]
    new_cause: tuple[str, ...]


class ShownPoint(Struct, frozen=True):
    """An example of a region."""

    path: Witness
    cell: Cell
    exists: bool
    protected: bool
    promised: bool

    @property
    def rank(self) -> tuple[bool, bool, bool, int, str]:
        """By which the one that says most is found; of those that do not exist, and say as much, the first one stays."""
        length, text = (len(self.path.text), self.path.text) if self.exists else (0, "")
        return not self.exists, not self.protected, not self.promised, length, text


class RegionDraft(Struct):
    """A region in the making."""

    key: RegionKey
    place: int
    shown: ShownPoint
    where: tuple[str, ...]
    cells: dict[Cell, None] = field(default_factory=dict)
    files: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def rank(self) -> tuple[int, bool, bool, bool, int]:
        """By which the worst of several is told."""
        freed = any(one.blocks for one in self.key.old) and not self.key.new
        order = list(Direction).index(self.key.direction)
        return order, not freed, not self.shown.protected, not self.shown.promised, self.place
