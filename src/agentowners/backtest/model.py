"""Merged changes, and what a policy would have said of them."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from msgspec import Struct

from agentowners.change.model import Change
from agentowners.engine.facts import Need, Reply
from agentowners.policy.model import Decision

Rank = tuple[int, int]
"""Strictness of a fate, and approvals."""


class PastChange(Struct, frozen=True):
    """A change that was merged, with everything that is known of it."""

    id: str
    """The commit's id, or ``#7`` for a pull request."""
    title: str
    """One line; hostile."""
    merged: int
    """Seconds since 1970."""
    change: Change
    answer: Callable[[Need], Reply]
    """Answers what turns out to be needed, as for ``inquire``."""


class Fate(Enum):
    """Fate that a change would have had, the mildest first."""

    ALLOWED = "allowed"
    APPROVED = "approved"
    """Approvals are asked for, and were given before it was merged."""
    WAITED = "waited"
    """Approvals are asked for; whether they were given is not known, or they were not."""
    BLOCKED = "blocked"

    @property
    def strictness(self) -> int:
        """0 for what is allowed to 3 for what is blocked."""
        return list(Fate).index(self)


class Restriction(Struct, frozen=True):
    """Files of a change that rules restrict for one contributor."""

    decision: Decision
    principal: str
    """With an at-sign."""
    rules: tuple[str, ...]
    """Ids of the rules that carry the decision."""
    folders: tuple[str, ...]
    """Each with a slash at its end; a slash alone is the root."""
    files: int
    example: str
    """Path of one of them."""


class JudgedChange(Struct, frozen=True):
    """Fate of one change under a policy."""

    fate: Fate
    approvals: int
    """As many as are asked for."""
    approvals_given: bool
    """True if they were given before it was merged; False where that is not known."""
    principals: tuple[str, ...]
    """Everybody who is judged, with at-signs; people by their group."""
    restrictions: tuple[Restriction, ...] = ()
    """The strictest first."""
    observed: bool = False
    """True where layers that only observe decide so, and nothing would have been held up."""

    @property
    def rank(self) -> Rank:
        """Two fates can be compared by it: the stricter one is greater."""
        return self.fate.strictness, self.approvals


class ReplayedChange(Struct, frozen=True):
    """A merged change with its fate, and with the one under the policy that is compared."""

    id: str
    title: str
    merged: int
    now: JudgedChange
    before: JudgedChange | None = None


def month_of(seconds: int) -> str:
    """``2026-03``, in UTC; a time that no calendar has is ``unknown``."""
    day = day_of(seconds)
    return "unknown" if day is None else day.rpartition("-")[0]


def day_of(seconds: int) -> str | None:
    """``2026-03-14``, in UTC; None for a time that no calendar has."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
    except (OverflowError, ValueError, OSError):
        return None
