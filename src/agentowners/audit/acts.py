"""Events of acts that are no verdicts, as an API Activity of OCSF: what the gate or a person's command does, and tool calls."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

from msgspec import Struct, field

from agentowners.audit.canonical import Json, JsonValue
from agentowners.audit.events import PRODUCT, metadata, path_digest
from agentowners.audit.redaction import without_addresses
from agentowners.policy.model import Action

_API_ACTIVITY: Final = 6003
_INFORMATIONAL: Final = 1
_OBSERVED: Final = 3
_LOGGED: Final = 17


class ActVerb(Enum):
    """Kinds of acts; each value is OCSF's number."""

    CREATE = 1
    READ = 2
    UPDATE = 3
    DELETE = 4
    OTHER = 99


class Act(Struct, frozen=True, kw_only=True):
    """An act, before it is done or as it was."""

    kind: str
    """In this tool's own words: ``policy_change``."""
    verb: ActVerb
    operation: str
    """Request or tool by which it is done."""
    message: str
    """One sentence for people."""
    service: str
    """Program or host that carries it out."""
    actor: Json = field(default_factory=lambda: {"app_name": PRODUCT})
    source: str = PRODUCT
    """Place that it comes from."""
    resources: tuple[Json, ...] = ()
    details: Json = {}
    severity: int = _INFORMATIONAL
    action: int = _OBSERVED
    """OCSF's ``action_id``."""
    disposition: int = _LOGGED
    """OCSF's ``disposition_id``."""


def act_event(act: Act, *, at: int, uid: str, log: str) -> Json:
    """The event of an act.

    Args:
        act: the act.
        at: in seconds since 1970.
        uid: the entry's, or the call's.
        log: name of the log.
    """
    event: Json = {
        "activity_id": act.verb.value,
        "category_uid": _API_ACTIVITY // 1000,
        "class_uid": _API_ACTIVITY,
        "type_uid": _API_ACTIVITY * 100 + act.verb.value,
        "time": at * 1000,
        "severity_id": act.severity,
        "action_id": act.action,
        "disposition_id": act.disposition,
        "message": without_addresses(act.message),
        "metadata": metadata(log, uid),
        "actor": act.actor,
        "api": {"operation": act.operation, "service": {"name": act.service}},
        "src_endpoint": {"name": act.source},
        "unmapped": {"agentowners": {"kind": act.kind, **act.details}},
    }
    return event | ({"resources": list[JsonValue](act.resources)} if act.resources else {})


_MOST: Final = 50
_REPLIES: Final = {"pass": (1, 1, 1), "ask": (3, 2, 23), "deny": (4, 2, 2)}
"""``severity_id``, ``action_id`` and ``disposition_id`` of each reply, as of the verdicts that it is like."""
_VERBS: Final = {
    Action.FILE_READ.value: ActVerb.READ,
    Action.FILE_CREATE.value: ActVerb.CREATE,
    Action.FILE_DELETE.value: ActVerb.DELETE,
    Action.FILE_WRITE.value: ActVerb.UPDATE,
    Action.FILE_MODIFY.value: ActVerb.UPDATE,
    Action.FILE_RENAME.value: ActVerb.UPDATE,
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
    accesses = record.accesses[:_MOST]
    details: dict[str, JsonValue] = {
        "reply": record.reply,
        "call": record.call,
        "principals": [{"name": record.principal}] if record.principal else [],
        "opaque": [without_addresses(why) for why in record.opaque[:_MOST]],
        "accesses_omitted": len(record.accesses) - len(accesses),
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
        resources=tuple(_resource(access) for access in accesses),
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
    verbs = {_VERBS.get(access.action, ActVerb.OTHER) for access in accesses}
    return verbs.pop() if len(verbs) == 1 else ActVerb.OTHER


def _resource(access: CallAccess) -> Json:
    labels: list[JsonValue] = [f"decision:{access.decision}", f"action:{access.action}", *(f"rule:{id}" for id in access.rules)]
    resource: dict[str, Any] = {"type": "file", "name": access.path or ".", "uid": path_digest(access.path), "labels": labels}
    return resource
