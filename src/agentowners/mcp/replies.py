"""Frames that a client gets in a server's place: a refused tool call is a result that its model reads, all else an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from agentowners.dispatch.document import DenialJson
from agentowners.mcp.frames import FaultCode, FrameError, RequestId


def fault_frame(error: FrameError) -> bytes:
    """The error of a frame that is refused; without an id where none can be told."""
    message = error.message if error.help is None else f"{error.message}. {error.help[:1].upper()}{error.help[1:]}"
    return error_frame(error.id, error.code, message, error.data)


def error_frame(id: RequestId | None, code: FaultCode, message: str, data: Mapping[str, object] | None = None) -> bytes:
    """An error; ``data`` is for programs."""
    error = {"code": int(code), "message": message} | ({} if data is None else {"data": data})
    return _frame({"jsonrpc": "2.0"} | ({} if id is None else {"id": id}) | {"error": error})


def refusal_frame(id: RequestId, reason: str, denial: DenialJson, *, structured: bool) -> bytes:
    """The result of a tool call that is refused.

    Args:
        id: the call's.
        reason: one line, for the model.
        denial: the same as data.
        structured: True if the tool promises results of a shape: a client that holds this one to it would drop the reason, so
            the data is a second text then.
    """
    content = [{"type": "text", "text": reason}]
    result: dict[str, Any] = {"content": content, "isError": True, "resultType": "complete"}
    if structured:
        content.append({"type": "text", "text": json.dumps(denial)})
    else:
        result["structuredContent"] = denial
    return _frame({"jsonrpc": "2.0", "id": id, "result": result})


def _frame(members: dict[str, Any]) -> bytes:
    return json.dumps(members).encode("ascii") + b"\n"
