"""The protocol's revisions: what a client may send in each, and the members of its params, as the schemas list them."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

REVISION_KEY: Final = "io.modelcontextprotocol/protocolVersion"
"""Member of ``_meta`` that names the revision of a single request, from 2026-07-28 on."""
CLIENT_KEY: Final = "io.modelcontextprotocol/clientInfo"


class ProtocolRevision(Struct, frozen=True):
    """One revision of the protocol, as far as a client's side goes."""

    name: str
    requests: frozenset[str]
    notifications: frozenset[str]


_FIRST_REQUESTS: Final = (
    "initialize ping resources/list resources/templates/list resources/read resources/subscribe resources/unsubscribe"
    " prompts/list prompts/get tools/list tools/call logging/setLevel completion/complete"
)
_FIRST_NOTIFICATIONS: Final = (
    "notifications/cancelled notifications/initialized notifications/progress notifications/roots/list_changed"
)


def _revision(name: str, requests: str, notifications: str) -> ProtocolRevision:
    return ProtocolRevision(name, frozenset(requests.split()), frozenset(notifications.split()))


_NAMES_OF_FIRST: Final = ("2024-10-07", "2024-11-05", "2025-03-26", "2025-06-18")
LAST_WITH_HANDSHAKE: Final = _revision(
    "2025-11-25",
    f"{_FIRST_REQUESTS} tasks/get tasks/result tasks/cancel tasks/list",
    f"{_FIRST_NOTIFICATIONS} notifications/tasks/status",
)
WITH_HANDSHAKE: Final = {
    **{name: _revision(name, _FIRST_REQUESTS, _FIRST_NOTIFICATIONS) for name in _NAMES_OF_FIRST},
    LAST_WITH_HANDSHAKE.name: LAST_WITH_HANDSHAKE,
}
"""Revisions that a session agrees on by `initialize`."""
PER_REQUEST: Final = {
    "2026-07-28": _revision(
        "2026-07-28",
        "server/discover resources/list resources/templates/list resources/read subscriptions/listen prompts/list prompts/get"
        " tools/list tools/call completion/complete",
        "notifications/cancelled",
    )
}
"""Revisions that each request names in its ``_meta``."""

ENVELOPE: Final = frozenset({"jsonrpc", "id", "method", "params", "result", "error"})
META: Final = frozenset(
    {
        *("progressToken", "traceparent", "tracestate", "baggage", REVISION_KEY, CLIENT_KEY),
        *("io.modelcontextprotocol/clientCapabilities", "io.modelcontextprotocol/logLevel"),
        *("io.modelcontextprotocol/related-task", "io.modelcontextprotocol/subscriptionId"),
    }
)

_PARAMS: Final = {
    "initialize": "capabilities clientInfo protocolVersion",
    "tools/call": "arguments name task inputResponses requestState",
    "prompts/get": "arguments name inputResponses requestState",
    "resources/read": "uri inputResponses requestState",
    "resources/subscribe": "uri",
    "resources/unsubscribe": "uri",
    "subscriptions/listen": "notifications",
    "completion/complete": "argument context ref",
    "logging/setLevel": "level",
    "tasks/get": "taskId",
    "tasks/result": "taskId",
    "tasks/cancel": "taskId",
    "tasks/list": "cursor",
    "tools/list": "cursor",
    "prompts/list": "cursor",
    "resources/list": "cursor",
    "resources/templates/list": "cursor",
    "notifications/cancelled": "reason requestId",
    "notifications/progress": "message progress progressToken total",
    "notifications/tasks/status": "taskId status statusMessage createdAt lastUpdatedAt ttl pollInterval",
}
PARAMS: Final = {method: frozenset({"_meta", *names.split()}) for method, names in _PARAMS.items()}
"""Members of each method's params, of all revisions."""
ONLY_META: Final = frozenset({"_meta"})
FILTER: Final = frozenset({"toolsListChanged", "promptsListChanged", "resourcesListChanged", "resourceSubscriptions"})
"""Members of what `subscriptions/listen` asks for."""
