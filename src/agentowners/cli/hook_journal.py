"""Entry of the local journal about a call: who, what, by which rule, how it was answered; no arguments and no contents."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

from agentowners.cli.hook_policies import RepositoryPolicies
from agentowners.dispatch.answers import Reply
from agentowners.dispatch.decide import CallDecision, CallFacts
from agentowners.dispatch.denial import Denial, denied_access, digest_of
from agentowners.dispatch.judging import AccessDecision
from agentowners.store import journal
from agentowners.store.machine import state_directory

_MOST: Final = 50
"""Accesses that a line holds."""


def keep(
    facts: CallFacts, decision: CallDecision, here: Sequence[RepositoryPolicies], principal: str, started: float
) -> str | None:
    """Write the line of a call.

    Returns:
        What the agent is told beside a pass, once a session: who has to approve the pull request.
    """
    directory = state_directory(here[0].repository.common_dir if here else "")
    if directory is None:
        return decision.note
    journal.append(directory, _entry(facts, decision, here, principal, started))
    told = decision.note is not None and journal.first_time(directory, facts.call.session, decision.note)
    return decision.note if told else None


def denial_of(
    decided: Sequence[AccessDecision], others: Sequence[AccessDecision], here: Sequence[RepositoryPolicies], principal: str
) -> Denial:
    """The denial of a call, without what would change it: that takes longer than a call has."""
    denied = {(each.access.action, each.access.path) for each in decided}
    allowed = [each.access.path for each in others if (each.access.action, each.access.path) not in denied]
    return Denial(
        "tool",
        digest_of([source for each in here for source in each.sources]),
        (f"@{principal}",),
        tuple(dict.fromkeys(ref for each in here for ref in each.refs)),
        tuple(
            denied_access(each.access.action.value, each.access.path, each.decision, each.rules)
            for each in dict.fromkeys(decided[:_MOST])
        ),
        allowed=tuple(dict.fromkeys(path for path in allowed[:_MOST] if path != ".")),
    )


def _entry(
    facts: CallFacts, decision: CallDecision, here: Sequence[RepositoryPolicies], principal: str, started: float
) -> dict[str, Any]:
    call = facts.call
    entry: dict[str, Any] = {
        "v": 1,
        "at": time.time_ns() // 1_000_000,
        "call": call.id,
        "session": call.session,
        "client": call.client.value,
        "tool": call.tool,
        "principal": f"@{principal}",
        "reply": decision.reply.value,
        "decision": decision.decision.value,
        "accesses": [
            {
                "action": each.access.action.value,
                "path": each.access.path,
                "decision": each.decision.value,
                "rules": [rule.id for rule in each.rules],
            }
            for each in (decision.carrying or facts.decided)[:_MOST]
        ],
        "guarded": list(facts.guarded[:_MOST]),
        "opaque": list(facts.opaque),
        "ms": round((time.monotonic() - started) * 1000),
    }
    if decision.reply is not Reply.PASS:
        entry["denial"] = denial_of(decision.carrying, facts.decided, here, principal).as_json()
    return entry
