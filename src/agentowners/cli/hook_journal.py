"""Entry of the local journal about a call: who, what, by which rule, how it was answered; no arguments and no contents."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Evidence, Signal
from agentowners.cli.hook_policies import RepositoryPolicies
from agentowners.dispatch.answers import Reply
from agentowners.dispatch.decide import CallDecision, CallFacts
from agentowners.dispatch.judging import AccessDecision
from agentowners.dispatch.model import ToolCall
from agentowners.dispatch.words import remarked, visible
from agentowners.policy.model import Decision
from agentowners.store import journal
from agentowners.store.machine import state_directory
from agentowners.store.repositories import Repositories

if TYPE_CHECKING:
    from agentowners.dispatch.denial import Denial

_UNLOGGED: Final = "log: unavailable"
_MOST: Final = 50
"""Accesses that a line holds."""


class JudgedCall(Struct, frozen=True):
    """A call that was answered."""

    facts: CallFacts
    decision: CallDecision
    here: Sequence[RepositoryPolicies]
    """Policies of the repositories that it was made in."""
    principal: str
    evidence: Evidence
    at: int
    """Nanoseconds of the clock."""
    took: float
    """Seconds."""

    def entry(self) -> dict[str, Any]:
        """Its line in the journal."""
        call, decision = self.facts.call, self.decision
        entry: dict[str, Any] = {
            "v": 1,
            "at": self.at // 1_000_000,
            "call": call.id,
            "session": call.session,
            "client": client_of(call),
            "tool": call.tool,
            "principal": f"@{self.principal}",
            "reply": decision.reply.value,
            "decision": decision.decision.value,
            "accesses": [
                {
                    "action": each.access.action.value,
                    "path": each.access.path,
                    "decision": each.decision.value,
                    "rules": [rule.id for rule in each.rules],
                }
                for each in (decision.carrying or self.facts.decided)[:_MOST]
            ],
            "guarded": list(self.facts.guarded[:_MOST]),
            "opaque": list(self.facts.opaque),
            "ms": round(self.took * 1000),
        }
        grants = [id for each in self.here for id in each.grants]
        if grants:
            entry["grants"] = grants
        if decision.reply is not Reply.PASS:
            entry["denial"] = denial_of(decision.carrying, self.facts.decided, self.here, self.principal).as_json()
        return entry | _token_of(self.evidence)


def keep(record: JudgedCall) -> CallDecision:
    """Write the line of a call.

    Returns:
        The decision, with what the agent is told beside: who has to approve the pull request, once a session; a work tree's
        policy that is left out; with a denial or a question, that there is no journal.
    """
    decision, here = record.decision, record.here
    directory = state_directory(common_dir_of(here))
    logged = directory is not None and journal.append(directory, record.entry())
    if decision.reply is not Reply.PASS:
        return with_remarks(decision, here, logged=logged)
    session = record.facts.call.session
    notes = [
        visible(note)
        for note in (decision.note, *_left_out(here))
        if note is not None and (directory is None or journal.first_time(directory, session, note))
    ]
    return replace(decision, note=" ".join(notes) or None)


def with_remarks(decision: CallDecision, here: Sequence[RepositoryPolicies], *, logged: bool) -> CallDecision:
    """A denial or a question, with a work tree's policy that is left out; if it is not ``logged``, with that too."""
    return replace(decision, reason=remarked(decision.reason, [*_left_out(here), *([] if logged else [_UNLOGGED])]))


def _left_out(here: Sequence[RepositoryPolicies]) -> list[str]:
    return [each.left_out for each in here if each.left_out is not None]


def keep_refusal(call: ToolCall | None, named: str | None, message: str, started: float) -> None:
    """Write the line of a call that could not be judged, as far as it is known; in the journal of the directory's repository."""
    held = Repositories().holding(os.path.realpath(os.getcwd() if call is None or not call.cwd else call.cwd))
    directory = state_directory(held[0][0].common_dir if held else "")
    if directory is None:
        return
    entry = {
        "v": 1,
        "at": time.time_ns() // 1_000_000,
        "call": "" if call is None else call.id,
        "session": "" if call is None else call.session,
        "client": named if call is None else client_of(call),
        "tool": None if call is None else call.tool,
        "reply": Reply.DENY.value,
        "decision": Decision.BLOCK.value,
        "refused": visible(message),
        "accesses": [],
        "ms": round((time.monotonic() - started) * 1000),
    }
    journal.append(directory, entry)


def client_of(call: ToolCall) -> str:
    """Name of the client in the journal; at the gateway the one that it gives itself."""
    return call.caller if call.client is None else call.client.value


def common_dir_of(here: Sequence[RepositoryPolicies]) -> str:
    """Common git directory of the repository whose journal a call goes into; empty outside of all."""
    return here[0].repository.common_dir if here else ""


def denial_of(
    decided: Sequence[AccessDecision], others: Sequence[AccessDecision], here: Sequence[RepositoryPolicies], principal: str
) -> Denial:
    """The denial of a call, without what would change it: that takes longer than a call has."""
    # what takes OpenSSL to load is loaded for a denial alone
    from agentowners.dispatch.denial import Denial, denied_access, digest_of

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


def _token_of(evidence: Evidence) -> dict[str, Any]:
    """Parts of the caller's token that may be written down."""
    if evidence.signal is not Signal.TOKEN:
        return {}
    claims = json.loads(evidence.text or "{}")
    names = {"iss": "issuer", "sub": "subject", "jti": "jti"}
    parts = {names[name]: value for name, value in claims.items() if name in names and isinstance(value, str)}
    return {"token": parts | {"digest": (evidence.where or "").rpartition(":")[2]}}
