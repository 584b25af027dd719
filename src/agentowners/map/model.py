"""A map: files in classes that are decided alike, and the decision about each class for everybody who looks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agentowners.engine.verdict import AppliedRule
from agentowners.policy.model import Action, Decision
from agentowners.proof.demands import Demands
from agentowners.proof.difference import Direction, direction


class Standpoint(Struct, frozen=True):
    """A contributor to a ref, for whom everything is decided."""

    principal: str
    """With an at-sign."""
    ref: str
    """Full name."""


class Shade(Struct, frozen=True):
    """A decision with the rules behind it; all files of one shade are decided alike by the same rules."""

    decision: Decision
    demands: Demands
    rules: tuple[AppliedRule, ...]
    """Those that carry the decision, in file order; none where nothing restricts and no rule allows."""
    observed: bool = False
    """True if layers that only observe decide so, and nothing is enforced."""

    def direction_to(self, other: Shade) -> Direction:
        """Direction in which another decision about the same files differs."""
        return direction(self.demands, other.demands)


class DecisionMap(Struct, frozen=True):
    """Decisions of a policy, and of one that it is compared with, about the files of a repository."""

    paths: Sequence[str]
    """Sorted; bytes that are not UTF-8 are lone surrogates."""
    classes: Sequence[int]
    """For each path its class."""
    action: Action
    """Done to every file."""
    standpoints: tuple[Standpoint, ...]
    shades: tuple[Shade, ...]
    now: tuple[tuple[int, ...], ...]
    """For each standpoint, for each class, the place of its shade."""
    before: tuple[tuple[int, ...], ...] | None = None
    """By the policy that it is compared with; None where there is none."""

    def shade(self, standpoint: int, of_class: int) -> Shade:
        """The shade of a class, both given by their places."""
        return self.shades[self.now[standpoint][of_class]]

    def directions(self, standpoint: int) -> tuple[Direction, ...]:
        """For each class, the direction in which it differs from the policy that is compared; the same where there is none."""
        now = self.now[standpoint]
        before = now if self.before is None else self.before[standpoint]
        return tuple([self.shades[old].direction_to(self.shades[new]) for old, new in zip(before, now, strict=True)])
