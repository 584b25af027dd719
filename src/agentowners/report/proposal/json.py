"""The answer to a proposal, as JSON: ``schemas/proposal-1.schema.json`` describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import to_builtins

from agentowners.diagnostics import AgentownersError, Diagnostic, PolicyError, Severity
from agentowners.proposals import model
from agentowners.proposals.validation import Validated
from agentowners.report.diff.json import to_json

if TYPE_CHECKING:
    from agentowners.report.proposal import document as types

MOST_REGIONS: Final = 20
_MOST_FINDINGS: Final = 50
_LOOSER: Final = ("looser", "incomparable")


def answer_json(
    id: str | None, state: model.ProposalState, validation: types.ValidationJson, guidance: str
) -> types.ProposalJson:
    """The document."""
    return {"schema": 1, "id": id, "state": state.value, "validation": validation, "guidance": guidance}


def validation_json(validation: Validated, version: str) -> types.ValidProposalJson:
    """Validation of a proposal that can be merged: the signals, each by itself, and what becomes looser, with witnesses."""
    compatibility = validation.compatibility
    whole = None if validation.signals is None else to_json(validation.signals, validation.old, validation.new, version)
    looser = [region for region in whole["regions"] if region["change"] in _LOOSER] if whole else []
    return {
        "status": "valid",
        "engine": version,
        "result": whole["result"] if whole else "unknown",
        "prover": {"status": validation.prover.value, "unknown": [gap.question for gap in validation.unknown]},
        "mode_compatibility": "no mode declared" if compatibility is None else compatibility.value,
        "modes": whole["modes"] if whole else [],
        "reviewer": {"recommends": "needs_human"},
        "looser": looser[:MOST_REGIONS],
        "looser_count": len(looser),
        "everywhere": whole["everywhere"] if whole else [],
        "promises": [promise for promise in whole["promises"] if promise["status"] != "passed"] if whole else [],
        "lint": [_finding(finding) for finding in validation.findings[:_MOST_FINDINGS]],
        "policy": [source.path for source in validation.new],
    }


def invalid_json(error: AgentownersError) -> types.InvalidProposalJson:
    """Validation of a proposal that cannot be merged, or of one to a policy that does not parse."""
    if isinstance(error, PolicyError):
        errors: list[types.ProposalErrorJson] = [
            {"message": diagnostic.message, "help": diagnostic.help, "path": diagnostic.span.path, "line": diagnostic.span.line}
            for diagnostic in error.diagnostics[:_MOST_FINDINGS]
            if diagnostic.severity is Severity.ERROR
        ]
    else:
        errors = [{"message": error.message, "help": error.help, "path": None, "line": None}]
    return {"status": "invalid", "errors": errors}


def kept_json(proposal: model.KeptProposal, state: model.ProposalState, validation: types.ValidationJson) -> types.ProposalJson:
    """A proposal in the store, with who says it is theirs."""
    return answer_json(proposal.id, state, validation, proposal.guidance) | {
        "at": proposal.at,
        "intent_summary": proposal.proposal.intent,
        "operations": [operation_json(operation) for operation in proposal.proposal.operations],
        "denial": proposal.proposal.denial,
        "provenance": provenance_json(proposal.provenance),
        "base": proposal.base,
        "superseded_by": proposal.superseded_by or None,
        "pull_request": proposal.pull_request or None,
    }


def summary_json(proposal: model.KeptProposal, state: model.ProposalState) -> types.ProposalSummaryJson:
    """A proposal in a list."""
    return {
        "id": proposal.id,
        "state": state.value,
        "at": proposal.at,
        "intent_summary": proposal.proposal.intent,
        "provenance": provenance_json(proposal.provenance),
    }


def provenance_json(provenance: model.Provenance) -> types.ProvenanceJson:
    """The origin of a proposal; ``strength`` is ``declared`` where it is a claim."""
    return {
        "principal": provenance.principal,
        "strength": "verified" if provenance.verified else "declared",
        "client": provenance.client or None,
        "session": provenance.session or None,
        "calls": list(provenance.calls),
        "commit": provenance.commit or None,
    }


def operation_json(operation: model.Operation) -> dict[str, dict[str, str]]:
    """An operation as it is handed in."""
    members = {name: value for name, value in to_builtins(operation).items() if value is not None}
    return {members.pop("type"): members}


def _finding(diagnostic: Diagnostic) -> types.ProposalFindingJson:
    return {
        "id": diagnostic.id,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "path": diagnostic.span.path,
        "line": diagnostic.span.line,
        "help": diagnostic.help,
    }
