"""The target of a proposal: of two by one principal with the same target, the newer stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from agentowners.diagnostics import AgentownersError
from agentowners.policy.model import Rule
from agentowners.proposals.merge import added_statement
from agentowners.proposals.model import AddException, AddRule, Operation, PolicyProposal, Provenance, RemoveRule


def target_of(operations: Sequence[Operation]) -> tuple[str, ...]:
    """The places that operations are about: rules by their ids, and what a new rule is for, whatever it decides."""
    return tuple(sorted({_place(operation) for operation in operations}))


def proposal_id(proposal: PolicyProposal, provenance: Provenance, at: int) -> str:
    """Id of a proposal that is handed in at a time, in milliseconds."""
    parts = [proposal.intent, repr(proposal.operations), proposal.denial, repr(provenance), at]
    return "p-" + hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:16]


def _place(operation: Operation) -> str:
    match operation:
        case AddException() | RemoveRule():
            return f"rule {operation.rule}"
        case AddRule():
            try:
                statement = added_statement(operation)
            except AgentownersError:
                return f"text {operation.text}"
            refs = statement.refs if isinstance(statement, Rule) else ()
            who = sorted(str(principal) for principal in statement.principals)
            return f"new {sorted(map(str, statement.patterns))} {sorted(map(str, refs))} {who}"
