"""Decisions as what has to be met, and which of two is the stricter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from agentowners.policy.model import MAX_APPROVALS, Decision, Outcome
from agentowners.policy.patterns import Approver

_NEVER: Final = MAX_APPROVALS + 1


class Demand(Struct, frozen=True):
    """Approvals, so many of these people; or a block, which nothing meets."""

    count: int
    """1 to 10; 11 for a block."""
    approvers: frozenset[str] = frozenset()
    """In lower case; empty means anyone who may approve."""

    @classmethod
    def of(cls, outcome: Outcome) -> Demand | None:
        """The demand of an outcome; None for ``allow``."""
        if outcome.decision is Decision.BLOCK:
            return BLOCKED
        if outcome.decision is Decision.ALLOW:
            return None
        return cls(outcome.count, frozenset(approver.key for approver in outcome.approvers))

    @property
    def names(self) -> list[str]:
        """The approvers as a policy writes them, in order."""
        return [str(Approver(key)) for key in sorted(self.approvers)]

    @property
    def blocks(self) -> bool:
        """True if nothing meets it."""
        return self.count == _NEVER

    def covers(self, other: Demand) -> bool:
        """True if whatever meets this meets the other. Not said of two people who are named one by one, who would be two of
        anyone: the error is on the strict side."""
        if self.blocks:
            return True
        within = not other.approvers or (bool(self.approvers) and self.approvers <= other.approvers)
        return self.count >= other.count and within


BLOCKED: Final = Demand(_NEVER)
Demands = frozenset[Demand]
"""All that a decision asks for; nothing where it allows."""
ALLOWED: Final[Demands] = frozenset()


def loses(old: Iterable[Demand], new: Demands) -> bool:
    """True if something that was asked for is covered by nothing that is asked for now."""
    return any(not any(other.covers(demand) for other in new) for demand in old)


def least(demands: Demands) -> Demands:
    """The demands less those that another covers."""
    if any(demand.blocks for demand in demands):
        return frozenset({BLOCKED})
    return frozenset(demand for demand in demands if not any(other is not demand and other.covers(demand) for other in demands))
