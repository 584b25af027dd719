"""Proof of who agents are, roles, and the audit trail's store, in each of their states."""

from __future__ import annotations

from agentowners.checkup.facts import RepositoryFacts
from agentowners.checkup.workflows import read_workflow
from agentowners.diagnostics import Source
from agentowners.engine.facts import Known
from agentowners.policy.load import load_policy
from agentowners.sinks.probe import QUESTIONS
from tests.checkup.repository import State, facts
from tests.checkup.situations import BEST, NO, STRONG, Q

HELD = tuple((name, True, "yes") for name in QUESTIONS)
DEPLOY = """
on: push
permissions: {}
jobs:
  deploy:
    permissions: {id-token: write}
    runs-on: x
    steps: [{uses: "aws-actions/configure-aws-credentials@v6", with: {role-to-assume: "arn:aws:iam::1:role/x"}}]
"""


def agents(text: str) -> RepositoryFacts:
    """A repository whose policy defines these."""
    return facts(policy=Known(load_policy([Source(".agentowners.yml", f"agents: {{{text}}}\n".encode())])))


def deploying(text: str = DEPLOY) -> RepositoryFacts:
    """A repository with another workflow."""
    given = facts()
    assert isinstance(given.workflows, Known)
    workflow = read_workflow(".github/workflows/deploy.yml", text.encode())
    return facts(workflows=Known((*given.workflows.value, workflow)))


STATES: list[State] = [
    (
        Q.AGENT_PROOF,
        agents("a: {ids: [5]}, b: {oidc: [{issuer: i, claims: {sub: b}}]}"),
        STRONG,
        "a numeric id or a token",
        False,
    ),
    (Q.AGENT_PROOF, agents("a: {ids: [5]}, b: {logins: [b]}"), BEST, "`b` can be claimed", True),
    (Q.AGENT_PROOF, agents("a: {branches: [a/**]}"), BEST, "`a` can be claimed", True),
    (Q.ROLES, deploying(), BEST, "`.github/workflows/deploy.yml` (`arn:aws:iam::1:role/x`)", True),
    (Q.AUDIT_STORE, facts(audit_store=HELD), STRONG, "marker-refused: yes", False),
    (Q.AUDIT_STORE, facts(audit_store=(*HELD[:-1], ("marker-refused", False, "done"))), NO, "marker-refused (done)", True),
]
