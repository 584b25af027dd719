"""Events of acts that are no verdicts, as an API Activity of OCSF: what the gate or a person's command does, and tool calls."""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct, field

from agentowners.audit.canonical import Json, JsonValue
from agentowners.audit.events import PRODUCT, metadata
from agentowners.audit.redaction import without_addresses

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
