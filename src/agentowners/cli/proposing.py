"""A repository's proposals, as every command that handles them sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from agentowners import __version__
from agentowners.cli.moments import now
from agentowners.cli.policies import home_owner
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.denial import digest_of
from agentowners.dispatch.markers import MARKERS, marker_in
from agentowners.dispatch.model import Client
from agentowners.git.listing import files_at
from agentowners.git.revisions import Revision
from agentowners.git.sealed import BasePolicy, base_policy, sealed_git
from agentowners.proof.compare import Terms
from agentowners.proposals.model import KeptProposal, PolicyProposal, ProposalState, Provenance
from agentowners.proposals.validation import Validated, validate
from agentowners.report.proposal.json import answer_json, invalid_json, kept_json, validation_json
from agentowners.store import journal
from agentowners.store.proposals import ProposalStore
from agentowners.store.repositories import head_branch, origin_branch, repository_here

if TYPE_CHECKING:
    from agentowners.report.proposal.document import ProposalJson, ValidationJson

SUBMITTED: Final = (
    "Wait for a person: `agentowners inbox show {id} --format json` says what became of it. Then try the same call again;"
    " until then leave these files as they are, and do the rest of the work."
)
_INVALID: Final = (
    "Nothing was handed in. Mend what is wrong, and propose again; `agentowners explain PATH` shows rules by their ids."
)
_MOST_CALLS: Final = 20
_MOST_FILES: Final = 100_000


class Desk:
    """Proposals of the repository around a directory, and the base's policy by which they are judged."""

    def __init__(self, directory: str | None = None) -> None:
        """Find the repository.

        Raises:
            AgentownersError: there is none, it cannot be read, or nothing can be kept on this machine.
        """
        self.repository = repository_here(directory)
        self.git = sealed_git(self.repository.root, self.repository.git_dir)
        self.store = ProposalStore(self.repository.common_dir)

    def base(self) -> BasePolicy:
        """The base's policy as it is now."""
        return base_policy(self.git, origin_branch(self.repository), head_branch(self.repository))

    def validate(self, proposal: PolicyProposal, base: BasePolicy) -> Validated | AgentownersError:
        """Merge a proposal on the base's policy and prove it; an error where that does not parse, or it cannot be merged."""
        try:
            files = files_at(self.git, Revision(base.commit, base.commit)) if base.commit else ()
            terms = Terms(files=files[:_MOST_FILES], owner=home_owner(self.git))
            return validate(base.sources, proposal.operations, terms)
        except AgentownersError as error:
            return error

    def submit(self, proposal: PolicyProposal, claimed: Provenance) -> Submitted:
        """Hand a proposal in, where it can be merged; with its origin as it is claimed, else as the journal has it of the denial.

        Raises:
            AgentownersError: too many wait, or it cannot be kept.
        """
        base = self.base()
        validation = self.validate(proposal, base)
        if isinstance(validation, AgentownersError):
            return Submitted(answer_json(None, ProposalState.REJECTED, invalid_json(validation), _INVALID), None, base)
        provenance = self._provenance(proposal.denial, claimed, base.commit)
        stored = self.store.submit(proposal, provenance, digest_of(base.sources), now().wall)
        self.note("proposal", stored)
        guidance = SUBMITTED.format(id=stored.id)
        return Submitted(
            answer_json(stored.id, stored.state, validation_json(validation, __version__), guidance), stored, base, validation
        )

    def _provenance(self, denial: str | None, claimed: Provenance, commit: str) -> Provenance:
        of_denial = self._denied(denial) if denial is not None else Provenance("")
        return Provenance(
            claimed.principal or of_denial.principal or "@agents",
            claimed.verified,
            claimed.client or of_denial.client,
            claimed.session or of_denial.session,
            claimed.calls or of_denial.calls,
            commit,
        )

    def look(self, proposal: KeptProposal) -> Looked:
        """A proposal, read, merged and proved anew."""
        base = self.base()
        return Looked(proposal, proposal.now(digest_of(base.sources)), self.validate(proposal.proposal, base))

    def note(self, event: str, proposal: KeptProposal, **more: object) -> bool:
        """Add a line about a proposal to the journal, and say whether it was written."""
        origin = proposal.provenance
        entry = {
            "v": 1,
            "at": now().wall,
            "event": event,
            "proposal": proposal.id,
            "principal": origin.principal,
            "client": origin.client,
            "session": origin.session,
            **more,
        }
        return journal.append(self.store.directory, entry)

    def _denied(self, id: str) -> Provenance:
        provenance = Provenance("")
        for entry in journal.entries(self.store.directory):
            denial = entry.get("denial")
            if not isinstance(denial, dict) or denial.get("id") != id:
                continue
            names = ("principal", "client", "session", "call")
            principal, client, session, call = (entry[name] if isinstance(entry.get(name), str) else "" for name in names)
            if (not provenance.principal or provenance.session == session) and len(provenance.calls) < _MOST_CALLS:
                provenance = Provenance(
                    principal, client=client, session=session, calls=(*provenance.calls, *filter(None, [call]))
                )
        return provenance


class Submitted(Struct, frozen=True):
    """The answer to a proposal that was handed in."""

    answer: ProposalJson
    kept: KeptProposal | None
    """None where it cannot be merged, and so was not kept."""
    base: BasePolicy
    found: Validated | None = None


class Looked(Struct, frozen=True):
    """A proposal and what came of looking at it anew."""

    kept: KeptProposal
    state: ProposalState
    found: Validated | AgentownersError

    def as_json(self) -> ProposalJson:
        """The document that is printed of it."""
        validation = self.found
        document: ValidationJson = (
            invalid_json(validation) if isinstance(validation, AgentownersError) else validation_json(validation, __version__)
        )
        return kept_json(self.kept, self.state, document)


def claimed_principal(name: str | None, client: str | None, environment: Mapping[str, str]) -> Provenance:
    """The origin that a command line, else a client's marker variable, claims."""
    caller = MARKERS.get(marker_in(environment) or "") if client is None else Client(client)
    principal = "" if caller is None else f"@{CLIENTS[caller].identity}"
    if name is not None:
        principal = f"@{name.removeprefix('@')}"
    return Provenance(principal, client="" if caller is None else caller.value)
