"""Proof of who an agent is, roles that it can assume, and the store of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.checkup.facts import RepositoryFacts, known
from agentowners.checkup.findings import Asked, CheckupFinding, Question
from agentowners.checkup.gate import Gate
from agentowners.checkup.workflows import Workflow, may_write
from agentowners.engine.facts import Unavailable
from agentowners.text.wording import quote

_ASKS: Final = "id-token"
_ROLE: Final = "role-to-assume"


def on_proof(facts: RepositoryFacts, gates: Sequence[Gate]) -> Iterator[CheckupFinding]:
    """The findings about agents of the policy, about roles, and about the store of the audit trail."""
    policy = known(facts.policy)
    if policy is not None:
        entries = [agent for layer in policy.layers for agent in layer.agents]
        question = Asked(Question.AGENT_PROOF, "proof of the policy's agents")
        claimed = [quote(agent.name) for agent in entries if not agent.ids and not agent.oidc]
        if claimed:
            why = f"{', '.join(claimed[:5])} can be claimed, and renamed away from: no numeric id and no token proves it"
            yield question.best_effort(why, "give each agent's entry the `ids` of its accounts, or `oidc`")
        elif entries:
            yield question.strong("each has a numeric id or a token")
    yield from _roles(known(facts.workflows) or (), {gate.workflow.path for gate in gates})
    question = Asked(Question.AUDIT_STORE, "the store of the audit trail")
    if facts.audit_unasked is not None:
        fix = "run it where the bucket's credentials are, with `agentowners[audit]`, or name the bucket with `--audit`"
        yield question.untold(Unavailable(facts.audit_unasked), fix)
    elif facts.audit_store:
        failed = [f"{name} ({seen})" for name, holds, seen in facts.audit_store if not holds]
        if failed:
            yield question.unavailable(f"does not hold: {', '.join(failed)}", "set the bucket up as docs/audit.md says")
        else:
            yield question.strong(", ".join(f"{name}: {seen}" for name, _, seen in facts.audit_store))


def _roles(workflows: Sequence[Workflow], gates: set[str]) -> Iterator[CheckupFinding]:
    open_to: dict[str, None] = {}
    for workflow in workflows:
        for job in workflow.jobs if workflow.path not in gates else ():
            permissions = workflow.of(job)
            if permissions is None or not may_write(permissions, _ASKS) or job.environment is not None:
                continue
            roles = [step.inputs[_ROLE] for step in job.steps if _ROLE in step.inputs]
            open_to[quote(workflow.path) + (f" ({', '.join(map(quote, roles))})" if roles else "")] = None
    if open_to:
        question = Asked(Question.ROLES, "roles that a workflow can assume")
        why = f"{', '.join(list(open_to)[:5])} can ask for a token without an environment, and so can an agent's branch"
        yield question.best_effort(why, "bind each role to an environment that only the default branch may use")
