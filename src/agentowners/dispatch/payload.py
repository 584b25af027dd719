"""Reads a client's payload to its hook, strictly: the shape tells whose it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from agentowners.dispatch.model import CallError, Client, Moment, ToolCall
from agentowners.tokens.strict_json import TwiceError, once

MAX_BYTES: Final = 64 << 20
"""A call may carry the whole text of a file; more than this no client sends."""
_UNATTENDED: Final = frozenset({"bypassPermissions", "dontAsk", "yolo"})


def read_call(data: bytes, *, named: Client | None, directory: str) -> ToolCall:
    """The tool call that a client announces.

    Args:
        data: all of standard input.
        named: the client that the command line names, which has to be the one that the shape tells.
        directory: absolute path of the directory the hook runs in; used where the client names none.

    Raises:
        CallError: it is no JSON object, no known shape, another client's, or what it says is of the wrong type.
    """
    payload = _Payload(_parse(data))
    shape = next((shape for shape in _SHAPES if shape.fits(payload)), None)
    if shape is None:
        raise CallError("the payload has no shape that is known", help="name a client that `agentowners hook --help` lists")
    client = shape.clients[0]
    if named is not None:
        if named not in shape.clients:
            raise CallError(f"the payload is one of `{client}`, not of `{named}`", help=f"run it with `--client {client}`")
        client = named
    call = shape.read(client, payload)
    cwd = call.cwd or directory
    if not cwd.startswith("/"):
        raise CallError("the working directory is no absolute path")
    return replace(call, cwd=cwd)


class _Payload(dict[str, Any]):
    """A JSON object, with members that have to be of one type."""

    def text(self, name: str, default: str | None = None) -> str:
        value = self.get(name, default)
        if not isinstance(value, str):
            raise CallError(f"`{name}` is missing" if value is None else f"`{name}` is no text")
        return value

    def first(self, *names: str) -> str:
        """The first of these members that is a text; empty where none is."""
        return next((value for name in names if isinstance(value := self.get(name), str)), "")

    def object(self, name: str) -> _Payload:
        value = self.get(name)
        if not isinstance(value, dict):
            raise CallError(f"`{name}` is missing" if value is None else f"`{name}` is no object")
        return _Payload(value)

    def arguments(self, name: str) -> Mapping[str, Any]:
        """The members of an object, which some clients send as JSON in a text."""
        value = self.get(name)
        return _parse(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else self.object(name)

    def says(self, name: str, *values: str) -> bool:
        value = self.get(name)
        return isinstance(value, str) and value in values


class _Shape(NamedTuple):
    """A form of payload, and the clients that send it; the first where the command line names none."""

    clients: tuple[Client, ...]
    fits: Callable[[_Payload], bool]
    read: Callable[[Client, _Payload], ToolCall]


def _parse(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise CallError("the payload is too large")
    if not data.strip():
        raise CallError("there is no payload on standard input")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=once)
    except UnicodeDecodeError:
        raise CallError("the payload is not valid UTF-8") from None
    except TwiceError as error:
        raise CallError(f"the payload names `{error.args[0]}` twice") from None
    except (ValueError, RecursionError):
        raise CallError("the payload is no JSON") from None
    if not isinstance(value, dict):
        raise CallError("the payload is no JSON object")
    return value


def _tool_use(client: Client, payload: _Payload) -> ToolCall:
    tool = payload.text("tool_name")
    event = payload.text("hook_event_name" if "hook_event_name" in payload else "hookEventName")
    context = payload.get("mcp_server") or payload.get("mcp_context") or {}
    server = context.get("name", context.get("server_name")) if isinstance(context, dict) else None
    return ToolCall(
        client,
        tool,
        payload.arguments("tool_input"),
        payload.text("cwd", ""),
        Moment.PERMISSION if event == "PermissionRequest" else Moment.CALL,
        server=server if isinstance(server, str) else None,
        attended=not payload.says("permission_mode", *_UNATTENDED),
        session=payload.first("session_id", "sessionId", "conversation_id"),
        id=payload.first("tool_use_id", "tool_call_id"),
    )


def _copilot(client: Client, payload: _Payload) -> ToolCall:
    asks = payload.says("hookName", "permissionRequest")
    return ToolCall(
        client,
        payload.text("toolName"),
        payload.arguments("toolInput" if asks else "toolArgs"),
        payload.text("cwd", ""),
        Moment.PERMISSION if asks else Moment.CALL,
        session=payload.first("sessionId"),
        id=payload.first("toolCallId"),
    )


def _cline(client: Client, payload: _Payload) -> ToolCall:
    call = payload.object("tool_call")
    workspace = payload.get("workspaceInfo")
    root = workspace.get("rootPath") if isinstance(workspace, dict) else None
    if not isinstance(root, str):
        roots = payload.get("workspaceRoots")
        root = roots[0] if isinstance(roots, list) and len(roots) == 1 and isinstance(roots[0], str) else ""
    return ToolCall(
        client, call.text("name"), call.arguments("input"), root, session=payload.first("taskId"), id=call.first("id")
    )


def _opencode(client: Client, payload: _Payload) -> ToolCall:
    about = payload.object("input")
    return ToolCall(
        client,
        about.text("tool"),
        payload.object("output").arguments("args"),
        payload.text("directory", ""),
        session=about.first("sessionID"),
        id=about.first("callID"),
    )


def _is_tool_use(payload: _Payload) -> bool:
    return payload.says("hook_event_name", "PreToolUse", "PermissionRequest") and "tool_name" in payload


_SHAPES: Final = (
    _Shape((Client.CLINE,), lambda p: p.says("hookName", "tool_call") and "tool_call" in p, _cline),
    _Shape((Client.OPENCODE,), lambda p: p.says("ev", "tool.execute.before"), _opencode),
    _Shape((Client.GEMINI,), lambda p: p.says("hook_event_name", "BeforeTool") and "tool_name" in p, _tool_use),
    _Shape((Client.COPILOT,), lambda p: "toolName" in p and ("toolArgs" in p or "toolInput" in p), _copilot),
    _Shape((Client.CURSOR,), lambda p: p.says("hook_event_name", "preToolUse") and "tool_name" in p, _tool_use),
    _Shape((Client.VSCODE,), lambda p: p.says("hookEventName", "PreToolUse") and "tool_name" in p, _tool_use),
    _Shape((Client.CODEX,), lambda p: _is_tool_use(p) and "turn_id" in p, _tool_use),
    _Shape((Client.QWEN,), lambda p: _is_tool_use(p) and ("tool_call_id" in p or _timed(p, transcript=True)), _tool_use),
    _Shape((Client.COPILOT, Client.VSCODE), lambda p: _is_tool_use(p) and _timed(p, transcript=False), _tool_use),
    _Shape(
        (Client.DROID, Client.CLAUDE),
        lambda p: _is_tool_use(p) and p.says("permission_mode", "off", "spec", "auto-low", "auto-medium", "auto-high"),
        _tool_use,
    ),
    _Shape((Client.CLAUDE, Client.DROID, Client.QWEN, Client.CODEX), _is_tool_use, _tool_use),
)
"""The narrower before the wider."""


def _timed(payload: _Payload, *, transcript: bool) -> bool:
    return "timestamp" in payload and ("transcript_path" in payload) is transcript
