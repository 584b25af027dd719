"""Facts in, findings out."""

from __future__ import annotations

from agentowners.checkup.agents import Agents
from agentowners.checkup.facts import RepositoryFacts
from agentowners.checkup.findings import Checkup
from agentowners.checkup.gate import gates
from agentowners.checkup.questions.access import on_access
from agentowners.checkup.questions.branches import on_branches
from agentowners.checkup.questions.forging import on_forging
from agentowners.checkup.questions.policies import on_the_policy
from agentowners.checkup.questions.proving import on_proof
from agentowners.checkup.questions.wiring import on_the_gate
from agentowners.engine.facts import Known


def examine(facts: RepositoryFacts) -> Checkup:
    """Answer every question about a repository. What could not be read is never strong."""
    found = gates(facts.workflows.value) if isinstance(facts.workflows, Known) else ()
    agents = Agents(facts.policy)
    findings = (
        *on_the_policy(facts),
        *on_the_gate(facts, found),
        *on_branches(facts, found, agents),
        *on_forging(facts, found, agents),
        *on_access(facts, agents),
        *on_proof(facts, found),
    )
    return Checkup(facts.repository, facts.default_branch, tuple(branch.name for branch in facts.branches), findings)
