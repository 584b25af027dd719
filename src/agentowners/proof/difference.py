"""Differences of two policies, as regions of points: each with a path that shows it, confirmed by the engine."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct, field

from agentowners.engine.verdict import AppliedRule
from agentowners.policy.model import Action
from agentowners.proof.cast import Trust
from agentowners.proof.cells import Cell
from agentowners.proof.demands import Demands, loses
from agentowners.proof.search import Witness


class Direction(Enum):
    """Direction of a difference."""

    LOOSER = "looser"
    INCOMPARABLE = "incomparable"
    """Something that was asked for is not any more, and something else is."""
    STRICTER = "stricter"
    SAME = "same"
    UNKNOWN = "unknown"


def direction(old: Demands, new: Demands) -> Direction:
    """Direction in which one decision differs from another."""
    lost, gained = loses(old, new), loses(new, old)
    if lost:
        return Direction.INCOMPARABLE if gained else Direction.LOOSER
    return Direction.STRICTER if gained else Direction.SAME


class Counterexample(Struct, frozen=True):
    """A point at which two policies differ."""

    path: str
    """Bytes that are not UTF-8 are lone surrogates."""
    as_link: bool
    cell: Cell
    exists: bool
    """True if there is such a file."""
    old_rules: tuple[AppliedRule, ...]
    """Rules that carry the decision of the one policy; nothing where nothing restricts and no rule allows."""
    new_rules: tuple[AppliedRule, ...]

    @property
    def witness(self) -> Witness:
        """Its path, as it is looked for."""
        return Witness(self.path, self.as_link)


class RegionKey(Struct, frozen=True):
    """Decisions and causes by which points are of one region."""

    direction: Direction
    old: Demands
    new: Demands
    old_cause: tuple[str, ...]
    """Ids of statements of the one policy, or of its defaults, that the other does not have there."""
    new_cause: tuple[str, ...]

    @property
    def badness(self) -> tuple[int, bool]:
        """By which the worst comes first: its direction, and that a block is gone without anything in its place."""
        return list(Direction).index(self.direction), not (any(demand.blocks for demand in self.old) and not self.new)


class Region(RegionKey, frozen=True):
    """Points that differ in the same way for the same reason."""

    principals: tuple[str, ...]
    """With at-signs; those first who are nobody in particular."""
    trust: Trust
    """The surest evidence for which it holds."""
    actions: tuple[Action, ...]
    """None means every one."""
    refs: tuple[str, ...]
    """None means every one."""
    example: Counterexample
    is_protected: bool = False
    """True if the example is protected by default."""
    is_promised: bool = False
    """True if one of the policies promises something about the example."""
    of_people: bool = False
    """True if a person, or somebody unattributed, is among those whom it is about."""
    replaces_default: bool = False
    """True if a rule that was added takes the place of a default, and so loosens although it restricts or allows."""
    where: tuple[str, ...] = ()
    """The patterns of the statement by which it differs; none for every path."""
    files: int = 0
    """Files of the tree that are in it, and in no region above it."""
    examples: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[int, bool, bool, bool, int, int]:
        """By which regions are sorted, the worst first."""
        return *self.badness, not self.is_protected, not self.is_promised, -self.files, len(self.example.path)


class OpenQuestion(Struct, frozen=True):
    """A question that was not answered."""

    reason: UnknownReason
    question: str
    rule: str | None = None
    """The id of the statement that it is about."""
    steps: int = 0


class UnknownReason(Enum):
    """Reason why something is not known."""

    EFFORT = "effort"
    """It takes more steps than are allowed."""
    EXPRESSION = "expression"
    """An expression of a pattern is of an unknown form."""
    NAMES = "names"
    """There may be contributors that were not thought of."""
    FACTS = "facts"
    SIZE = "size"
    """More rules than are looked at."""


class BesideKind(Enum):
    """Kind of a difference beside the points."""

    SETTING = "setting"
    REVIEWER = "reviewer"
    PROMISE = "promise"
    SETUP = "setup"


class BesidePoints(Struct, frozen=True):
    """A difference that holds everywhere."""

    kind: BesideKind
    name: str
    old: str
    new: str
    direction: Direction
    witness: tuple[tuple[str, str], ...] = ()
    """An example that shows it: a review that counts under one policy only, say."""


class PolicyDifference(Struct, frozen=True):
    """All that differs between two policies."""

    direction: Direction
    regions: tuple[Region, ...]
    """The worst first."""
    everywhere: tuple[BesidePoints, ...]
    unknown: tuple[OpenQuestion, ...]
    spent: int
    limit: int
    files: int | None = None
    """Files of the tree that were looked at; None without a tree."""
    no_effect: tuple[str, ...] = ()
    """Ids of statements that only one policy has, and that change nothing."""

    @property
    def lost(self) -> bool:
        """True if anything that was asked for is not any more, at a point or beside them."""
        loose = (Direction.LOOSER, Direction.INCOMPARABLE)
        directions = [*(region.direction for region in self.regions), *(shift.direction for shift in self.everywhere)]
        return any(direction in loose for direction in directions)


def total(directions: list[Direction], *, unknown: bool) -> Direction:
    """Several differences as one."""
    if Direction.INCOMPARABLE in directions or {Direction.LOOSER, Direction.STRICTER} <= set(directions):
        return Direction.INCOMPARABLE
    if Direction.LOOSER in directions:
        return Direction.LOOSER
    if unknown:
        return Direction.UNKNOWN
    return Direction.STRICTER if Direction.STRICTER in directions else Direction.SAME


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
        return *self.key.badness, not self.shown.protected, not self.shown.promised, self.place
