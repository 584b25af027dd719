"""Proposals and grants of one repository on this machine. Whoever runs the agent can edit them: what is read is a claim."""

from __future__ import annotations

import json
from typing import Final

from msgspec.structs import replace

from agentowners.diagnostics import AgentownersError
from agentowners.proposals.merge import target_of
from agentowners.proposals.model import (
    MAX_PENDING,
    MAX_PENDING_IN_ALL,
    Grant,
    Instant,
    KeptProposal,
    PolicyProposal,
    ProposalState,
    Provenance,
)
from agentowners.store.folder import StateFolder
from agentowners.store.machine import digest, state_directory

_KEPT: Final = 500
"""Proposals that are kept when they have been decided; the oldest go first."""


class QuotaError(AgentownersError):
    """Too many proposals wait for a person."""


class ProposalStore:
    """Proposals and grants of a repository."""

    def __init__(self, common_dir: str) -> None:
        """Find the place of a repository's state.

        Raises:
            AgentownersError: the machine names no home directory, or nothing can be kept there.
        """
        directory = state_directory(common_dir)
        if directory is None:
            raise AgentownersError("nothing can be kept on this machine", help="let your home directory be yours to write")
        self.directory = directory
        self._proposals = StateFolder(directory, "proposals", KeptProposal)
        self._grants = StateFolder(directory, "grants", Grant)

    def submit(self, proposal: PolicyProposal, provenance: Provenance, base: str, at: int) -> KeptProposal:
        """Keep a proposal; older ones of its principal for the same target are superseded.

        Args:
            proposal: one that can be merged.
            provenance: whose it is.
            base: digest of the base's policy files.
            at: milliseconds since 1970.

        Raises:
            QuotaError: its principal, or everybody together, has too many that wait.
            StateError: it cannot be kept.
        """
        parts = [proposal.intent, repr(proposal.operations), proposal.denial, repr(provenance), at]
        id = "p-" + digest(json.dumps(parts).encode("ascii"))[:16]
        entry = KeptProposal(id, at, proposal, provenance, base)
        with self._proposals.locked():
            pending = [other for other in self.proposals() if other.now(base) is ProposalState.PENDING]
            own = [other for other in pending if other.provenance.principal == provenance.principal]
            target = target_of(proposal.operations)
            older = [other for other in own if target_of(other.proposal.operations) == target]
            if len(own) - len(older) >= MAX_PENDING:
                raise QuotaError(
                    f"{MAX_PENDING} proposals of {provenance.principal} wait for a person already",
                    help="wait until one is decided, or propose something newer for the same target",
                )
            if len(pending) - len(older) >= MAX_PENDING_IN_ALL:
                raise QuotaError(f"{MAX_PENDING_IN_ALL} proposals wait for a person already")
            for predecessor in older:
                self._keep(replace(predecessor, state=ProposalState.SUPERSEDED, superseded_by=entry.id, decided=at))
            self._keep(entry)
            self._forget(base)
        return entry

    def proposals(self) -> list[KeptProposal]:
        """All that can be read, newest first."""
        proposals = (proposal for id, proposal in self._proposals.every() if proposal.id == id)
        return sorted(proposals, key=lambda proposal: (-proposal.at, proposal.id))

    def get(self, id: str) -> KeptProposal | None:
        """One proposal; None where there is none, or its file is not as this tool writes it."""
        proposal = self._proposals.get(id)
        return proposal if proposal is not None and proposal.id == id else None

    def kept(self, id: str) -> KeptProposal:
        """One proposal.

        Raises:
            AgentownersError: there is none of this id.
        """
        proposal = self.get(id)
        if proposal is None:
            raise AgentownersError(f"there is no proposal `{id}`", help="`agentowners inbox list` shows those that there are")
        return proposal

    def attach(self, id: str, pull_request: str) -> None:
        """Note the pull request that a proposal became.

        Raises:
            AgentownersError: it does not wait any more.
        """
        with self._proposals.locked():
            self._keep(replace(self._waiting(id), pull_request=pull_request))

    def reject(self, id: str, guidance: str, at: int) -> KeptProposal:
        """Reject a proposal that waits.

        Raises:
            AgentownersError: it does not wait.
        """
        with self._proposals.locked():
            proposal = replace(self._waiting(id), state=ProposalState.REJECTED, guidance=guidance, decided=at)
            self._keep(proposal)
        return proposal

    def approve(self, proposal: KeptProposal, session: str, engine: str, start: Instant, minutes: int) -> tuple[Grant, ...]:
        """Grant each operation of a proposal that waits, and that is still the one that was read.

        Raises:
            AgentownersError: it does not wait, or is another by now.
        """
        with self._proposals.locked():
            if self._waiting(proposal.id) != proposal:
                raise AgentownersError(f"proposal `{proposal.id}` has changed", help="look at it again")
            grants = tuple(
                Grant(
                    f"g-{proposal.id.removeprefix('p-')}-{number}", proposal.id, operation, proposal.base, engine,
                    proposal.provenance.principal, session, start, minutes,
                )
                for number, operation in enumerate(proposal.proposal.operations, 1)
            )  # fmt: skip
            for grant in grants:
                self._grants.put(grant.id, grant)
            self._keep(replace(proposal, state=ProposalState.APPROVED, decided=start.wall))
        return grants

    def grants(self) -> list[Grant]:
        """All grants, in the order of their ids, those that have ended too."""
        return [grant for _, grant in self._grants.every()]

    def _waiting(self, id: str) -> KeptProposal:
        proposal = self.kept(id)
        if proposal.state is not ProposalState.PENDING:
            raise AgentownersError(f"proposal `{id}` is {proposal.state.value}", help="only one that is pending can be decided")
        return proposal

    def _keep(self, proposal: KeptProposal) -> None:
        self._proposals.put(proposal.id, proposal)

    def _forget(self, base: str) -> None:
        over = [proposal for proposal in self.proposals() if proposal.now(base) is not ProposalState.PENDING][_KEPT:]
        for entry in over:
            self._proposals.remove(entry.id)
            for number in range(1, len(entry.proposal.operations) + 1):
                self._grants.remove(f"g-{entry.id.removeprefix('p-')}-{number}")
