"""Files counted by what is decided about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from agentowners.map.model import DecisionMap
from agentowners.policy.model import Decision
from agentowners.proof.difference import Direction

_AS_JSON: Final = {"blocked": "block", "approval": "require_approval", "allowed": "allow", "other": "incomparable"}


class FileCounts(Struct, frozen=True, rename=_AS_JSON):
    """Files of a folder by decision, and of those that differ from another policy how many by direction."""

    blocked: int
    approval: int
    allowed: int
    looser: int
    stricter: int
    other: int
    """Differ so that neither is the stricter."""

    @property
    def files(self) -> int:
        """All of them."""
        return self.blocked + self.approval + self.allowed

    @property
    def differing(self) -> int:
        """Those that differ from the other policy."""
        return self.looser + self.stricter + self.other

    @property
    def is_mixed(self) -> bool:
        """True if they are not all decided alike, or do not all differ alike."""
        alike = (0, self.files)
        counts = (self.blocked, self.approval, self.allowed, self.looser, self.stricter, self.other)
        return any(each not in alike for each in counts)


class Counting:
    """Counts the files of classes for one standpoint."""

    def __init__(self, chart: DecisionMap, standpoint: int) -> None:
        """Look up once what is decided about each class for the standpoint, given by its place."""
        self._decisions = [chart.shades[shade].decision for shade in chart.now[standpoint]]
        self._directions = chart.directions(standpoint)

    def of(self, classes: Mapping[int, int]) -> FileCounts:
        """The tally of so many files of each class."""
        decisions = dict.fromkeys(Decision, 0)
        directions = dict.fromkeys(Direction, 0)
        for number, files in classes.items():
            decisions[self._decisions[number]] += files
            directions[self._directions[number]] += files
        return FileCounts(
            decisions[Decision.BLOCK],
            decisions[Decision.REQUIRE_APPROVAL],
            decisions[Decision.ALLOW],
            directions[Direction.LOOSER],
            directions[Direction.STRICTER],
            directions[Direction.INCOMPARABLE],
        )
