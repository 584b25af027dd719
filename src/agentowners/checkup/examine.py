"""Facts in, findings out."""

from __future__ import annotations

from agentowners.checkup.facts import RepositoryFacts, known
from agentowners.checkup.findings import Checkup
from agentowners.checkup.gate import gates
from agentowners.checkup.questions.access import on_access
from agentowners.checkup.questions.branches import on_branches
from agentowners.checkup.questions.forging import on_forging
from agentowners.checkup.questions.policies import on_the_policy
from agentowners.checkup.questions.proving import on_proof
from agentowners.checkup.questions.wiring import on_the_gate


def examine(facts: RepositoryFacts) -> Checkup:
    """Answer every question about a repository. What could not be read is never strong."""
    all_gates = gates(known(facts.workflows) or ())
    findings = (
        *on_the_policy(facts),
        *on_the_gate(facts, all_gates),
        *on_branches(facts, all_gates),
        *on_forging(facts, all_gates),
        *on_access(facts),
        *on_proof(facts, all_gates),
    )
    return Checkup(facts.repository, facts.default_branch, tuple(branch.name for branch in facts.branches), findings)
