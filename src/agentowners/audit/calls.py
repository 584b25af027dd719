"""Tool calls as events of the audit trail: an API Activity for each, by the line of the local journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from agentowners.audit.acts import Act, ActVerb, act_event
from agentowners.audit.canonical import Json, JsonValue
from agentowners.audit.events import path_digest
from agentowners.audit.redaction import without_addresses
from agentowners.policy.model import Action

_MOST: Final = 50
_REPLIES: Final = {"pass": (1, 1, 1), "ask": (3, 2, 23), "deny": (4, 2, 2)}
"""``severity_id``, ``action_id`` and ``disposition_id`` of each reply, as of the verdicts that it is like."""
_VERBS: Final = {
    Action.FILE_READ: ActVerb.READ,
    Action.FILE_CREATE: ActVerb.CREATE,
    Action.FILE_DELETE: ActVerb.DELETE,
    Action.FILE_WRITE: ActVerb.UPDATE,
    Action.FILE_MODIFY: ActVerb.UPDATE,
    Action.FILE_RENAME: ActVerb.UPDATE,
}


class TokenFacts(Struct, frozen=True):
    """Parts of a token that may be written down."""

    issuer: str = ""
    subject: str = ""
    jti: str = ""
    digest: str = ""
    """SHA-256 of the token, in hex."""


class CallAccess(Struct, frozen=True):
    """One access of a call, and what was decided on it."""

    action: str = ""
    path: str = ""
    decision: str = ""
    rules: tuple[str, ...] = ()


class CallRecord(Struct, frozen=True, kw_only=True):
    """A call that was answered, as the journal has it."""

    at: int = 0
    """In milliseconds since 1970."""
    call: str = ""
    session: str = ""
    client: str | None = None
    tool: str | None = None
    principal: str = ""
    reply: str = "deny"
    accesses: tuple[CallAccess, ...] = ()
    opaque: tuple[str, ...] = ()
    refused: str | None = None
    """Why it could not be judged, where it could not."""
    token: TokenFacts | None = None


def call_event(record: CallRecord, log: str) -> Json:
    """The event of a call; ``log`` names whose journal it is from."""
    severity, action, disposition = _REPLIES.get(record.reply, _REPLIES["deny"])
    client, tool = record.client or "an unknown client", record.tool or "an unknown tool"
    shown = record.accesses[:_MOST]
    details: dict[str, JsonValue] = {
        "reply": record.reply,
        "call": record.call,
        "principals": [{"name": record.principal}] if record.principal else [],
        "opaque": [without_addresses(why) for why in record.opaque[:_MOST]],
        "accesses_omitted": len(record.accesses) - len(shown),
    }
    if record.refused is not None:
        details["refused"] = without_addresses(record.refused)
    if record.token is not None:
        details["token_sha256"] = record.token.digest
    act = Act(
        kind="tool_call",
        verb=_verb(record.accesses),
        operation=tool,
        message=f"{tool} of {client}: {record.reply}",
        service=client,
        actor=_actor(record),
        source=client,
        resources=tuple(_resource(access) for access in shown),
        details=details,
        severity=severity,
        action=action,
        disposition=disposition,
    )
    return act_event(act, at=record.at // 1000, uid=record.call or f"{record.session}:{record.at}", log=log)


def _actor(record: CallRecord) -> Json:
    user: dict[str, JsonValue] = {"name": record.principal or "unknown"}
    session: dict[str, JsonValue] = {"uid": record.session} if record.session else {}
    if record.token is not None:
        user |= {"uid": record.token.subject, "credential_uid": record.token.jti}
        session["issuer"] = record.token.issuer
    named: dict[str, JsonValue] = {"user": {name: value for name, value in user.items() if value}}
    return named | ({"session": session} if session else {})


def _verb(accesses: Sequence[CallAccess]) -> ActVerb:
    known: Mapping[str, ActVerb] = {action.value: verb for action, verb in _VERBS.items()}
    verbs = {known.get(access.action, ActVerb.OTHER) for access in accesses}
    return verbs.pop() if len(verbs) == 1 else ActVerb.OTHER


def _resource(access: CallAccess) -> Json:
    labels: list[JsonValue] = [f"decision:{access.decision}", f"action:{access.action}", *(f"rule:{id}" for id in access.rules)]
    found: dict[str, Any] = {"type": "file", "name": access.path or ".", "uid": path_digest(access.path), "labels": labels}
    return found
