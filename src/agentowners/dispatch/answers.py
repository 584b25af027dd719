"""An answer in a client's own words: the only bytes that a hook may write, and how it has to end."""

from __future__ import annotations

import json
from enum import Enum
from typing import Final, assert_never

from msgspec import Struct

from agentowners.dispatch.model import Client, Moment


class Reply(Enum):
    """Answer to a client."""

    PASS = "pass"  # noqa: S105 (no secret)
    """Nothing: its own flow goes on."""
    ASK = "ask"
    """A person has to be asked."""
    DENY = "deny"


class Wire(Struct, frozen=True):
    """Output of a hook, and its exit code: 0 or 2. Clients take an exit code of 2 without a reason on standard error for a yes,
    and any other code too."""

    out: bytes
    err: bytes
    code: int


_SILENCE: Final = Wire(b"", b"", 0)
_ASKING: Final = frozenset({Client.COPILOT, Client.CURSOR, Client.CLAUDE, Client.QWEN, Client.VSCODE})


def wire(client: Client | None, moment: Moment, reply: Reply, reason: str, *, note: str | None = None) -> Wire:
    """The bytes of an answer.

    Args:
        client: whose words to use; None where nobody knows who asks, which can only be refused.
        moment: when it asks.
        reply: what it is told.
        reason: one line, for the model.
        note: for PASS, what the model is told beside; only where the client takes that.
    """
    if reply is Reply.PASS:
        if not note or client is not Client.CLAUDE or moment is not Moment.CALL:
            return _SILENCE
        return Wire(_json(_of_hook("PreToolUse", additionalContext=note)), b"", 0)
    if reply is Reply.ASK and client is not None:
        if moment is Moment.PERMISSION:
            return _SILENCE
        if client not in _ASKING:
            raise ValueError(f"{client} cannot ask")
        return Wire(_json(_said(client, moment, "ask", reason)), b"", 0)
    line = f"{reason}\n".encode("utf-8", "backslashreplace")
    match client:
        case None | Client.OPENCODE:
            return Wire(b"", line, 2)
        case Client.CLINE:
            return Wire(_json({"cancel": True, "errorMessage": reason}), b"", 0)
        case _:
            return Wire(_json(_said(client, moment, "deny", reason)), line, 2)


def _said(client: Client, moment: Moment, decision: str, reason: str) -> dict[str, object]:
    match client:
        case Client.GEMINI:
            return {"decision": decision, "reason": reason}
        case Client.COPILOT:
            return {"permissionDecision": decision, "permissionDecisionReason": reason}
        case Client.CURSOR:
            return {"permission": decision, "user_message": reason, "agent_message": reason}
        case Client.CLAUDE | Client.CODEX | Client.DROID | Client.QWEN | Client.VSCODE:
            if moment is Moment.PERMISSION:
                return _of_hook("PermissionRequest", decision={"behavior": decision, "message": reason})
            return _of_hook("PreToolUse", permissionDecision=decision, permissionDecisionReason=reason)
        case Client.CLINE | Client.OPENCODE:
            raise ValueError(f"{client} is answered otherwise")
        case _:
            assert_never(client)


def _of_hook(event: str, **members: object) -> dict[str, object]:
    return {"hookSpecificOutput": {"hookEventName": event, **members}}


def _json(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode("ascii") + b"\n"
