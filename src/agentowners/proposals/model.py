"""Proposals and grants, as plain data."""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

from agentowners.diagnostics import AgentownersError

MAX_BYTES: Final = 64 << 10
"""Bytes of a proposal as it is handed in."""
MAX_OPERATIONS: Final = 20
MAX_PENDING: Final = 20
"""Proposals of one principal that may wait for a person."""
MAX_PENDING_IN_ALL: Final = 200
"""Proposals of all principals together: a principal's name is no more than a claim."""
MAX_GRANT_MINUTES: Final = 8 * 60


class ProposalError(AgentownersError):
    """A proposal that cannot be taken as it is."""


class AddRule(Struct, frozen=True, tag="add_rule", forbid_unknown_fields=True):
    """A statement to be added."""

    text: str
    """One rule, or one ``unprotect`` line, in the line syntax."""
    file: str | None = None
    """The policy file, as rule ids name it; None: the first."""


class AddException(Struct, frozen=True, tag="add_exception", forbid_unknown_fields=True):
    """A path to be taken out of a rule."""

    rule: str
    pattern: str
    """With its ``!``."""


class RemoveRule(Struct, frozen=True, tag="remove_rule", forbid_unknown_fields=True):
    """A rule to be taken out."""

    rule: str


Operation = AddRule | AddException | RemoveRule


class PolicyProposal(Struct, frozen=True):
    """A change that is asked for."""

    intent: str
    """In its author's words."""
    operations: tuple[Operation, ...]
    denial: str | None = None
    """Id of the denial that it answers."""


class ProposalState(Enum):
    """State of a proposal."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    """The same principal has proposed something newer for the same target."""
    STALE = "stale"
    """The base's policy is another by now."""


class Provenance(Struct, frozen=True):
    """Origin of a proposal: a claim of whoever handed it in, unless it was verified."""

    principal: str
    """With its at-sign."""
    verified: bool = False
    client: str = ""
    session: str = ""
    calls: tuple[str, ...] = ()
    """The client's ids of the calls that were denied."""
    commit: str = ""
    """The base's commit it was made at."""


class KeptProposal(Struct, frozen=True):
    """A proposal as it lies in the store."""

    id: str
    at: int
    """Milliseconds since 1970."""
    proposal: PolicyProposal
    provenance: Provenance
    base: str
    """Digest of the base's policy files."""
    state: ProposalState = ProposalState.PENDING
    guidance: str = ""
    """Words of whoever rejected it."""
    decided: int = 0
    """Milliseconds since 1970; 0 while nobody has."""
    superseded_by: str = ""
    pull_request: str = ""
    """Address of the pull request that it became."""

    def now(self, base: str) -> ProposalState:
        """The state, where the base's policy has this digest."""
        stale = self.state is ProposalState.PENDING and self.base != base
        return ProposalState.STALE if stale else self.state


class Instant(Struct, frozen=True):
    """A moment by two clocks, in milliseconds: one that people set, and one that nobody can."""

    wall: int
    steady: int
    """Since the machine started."""


class Grant(Struct, frozen=True):
    """One operation that holds at the tool calls of one principal, on one machine, for a while."""

    id: str
    proposal: str
    operation: Operation
    base: str
    """Digest of the base's policy files that it was granted for."""
    engine: str
    principal: str
    """With its at-sign."""
    session: str
    """The client's session; ``any`` for every one."""
    start: Instant
    minutes: int

    def holds(self, now: Instant) -> bool:
        """True from its start to its end, by both clocks: one that was set back, or a machine started anew, ends it."""
        length = min(max(self.minutes, 0), MAX_GRANT_MINUTES) * 60_000
        return all(
            begin <= moment < begin + length for begin, moment in ((self.start.wall, now.wall), (self.start.steady, now.steady))
        )

    def serves(self, principal: str, session: str, base: str, engine: str) -> bool:
        """True if it is for calls of this principal and session, under this policy."""
        same = (self.principal, self.base, self.engine) == (principal, base, engine)
        return same and self.session in (ANY_SESSION, session) and bool(self.session)


ANY_SESSION: Final = "any"
