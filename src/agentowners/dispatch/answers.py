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


def wire(client: Client | None, moment: Moment, reply: Reply, reason: str, *, note: str | None = None) -> Wire:
    """The bytes of an answer.

    Args:
        client: whose words to use; None where nobody knows who asks, which can only be refused.
        moment: when it asks.
        reply: what it is told.
        reason: one line, for the model.
        note: for PASS, what the model is told beside; only where the client takes that.
    """
    match reply:
        case Reply.PASS:
            return _noted(client, moment, note) if note else _SILENCE
        case Reply.ASK:
            if client is None or moment is Moment.PERMISSION:
                return _SILENCE if client is not None else _denied(client, moment, reason)
            return Wire(_json(_asking(client, reason)), b"", 0)
        case Reply.DENY:
            return _denied(client, moment, reason)
        case _:
            assert_never(reply)


def _denied(client: Client | None, moment: Moment, reason: str) -> Wire:
    said = f"{reason}\n".encode("utf-8", "backslashreplace")
    match client:
        case None | Client.OPENCODE:
            return Wire(b"", said, 2)
        case Client.CLINE:
            return Wire(_json({"cancel": True, "errorMessage": reason}), b"", 0)
        case Client.GEMINI:
            body: dict[str, object] = {"decision": "deny", "reason": reason}
        case Client.COPILOT:
            body = {"permissionDecision": "deny", "permissionDecisionReason": reason}
        case Client.CURSOR:
            body = {"permission": "deny", "user_message": reason, "agent_message": reason}
        case Client.CLAUDE | Client.CODEX | Client.DROID | Client.QWEN | Client.VSCODE:
            body = _tool_use(moment, "deny", reason)
        case _:
            assert_never(client)
    return Wire(_json(body), said, 2)


def _asking(client: Client, reason: str) -> dict[str, object]:
    match client:
        case Client.COPILOT:
            return {"permissionDecision": "ask", "permissionDecisionReason": reason}
        case Client.CURSOR:
            return {"permission": "ask", "user_message": reason, "agent_message": reason}
        case Client.CLAUDE | Client.QWEN | Client.VSCODE:
            return _tool_use(Moment.CALL, "ask", reason)
        case Client.CODEX | Client.GEMINI | Client.DROID | Client.CLINE | Client.OPENCODE:
            raise ValueError(f"{client} cannot ask")
        case _:
            assert_never(client)


def _tool_use(moment: Moment, decision: str, reason: str) -> dict[str, object]:
    if moment is Moment.PERMISSION:
        return {
            "hookSpecificOutput": {
                "hookEventName": "PermissionRequest",
                "decision": {"behavior": decision, "message": reason},
            }
        }
    return {
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": decision,
            "permissionDecisionReason": reason,
        }
    }


def _noted(client: Client | None, moment: Moment, note: str) -> Wire:
    if client is not Client.CLAUDE or moment is not Moment.CALL:
        return _SILENCE
    return Wire(_json({"hookSpecificOutput": {"hookEventName": "PreToolUse", "additionalContext": note}}), b"", 0)


def _json(body: dict[str, object]) -> bytes:
    return json.dumps(body).encode("ascii") + b"\n"
