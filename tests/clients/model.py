"""A model that says what it is told to: one tool call after the other, over loopback, in the protocol of each client's vendor.

How far it is, it reads off the conversation that the client sends along, so a request that is repeated gets the same answer.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Wanted(NamedTuple):
    """A tool call that the model asks for."""

    tool: str
    arguments: dict[str, Any]
    custom: bool = False
    """Whether the arguments are one text, ``input``, as OpenAI's custom tools take."""
    namespace: str = ""
    """What the tool's name stands in, as OpenAI's models say of a server's tools."""


class Model:
    """What the model is to ask for, and everything that it was sent."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self.wanted = tuple(wanted)
        self.requests: list[tuple[str, str]] = []
        self.url = ""

    @property
    def heard(self) -> str:
        """Everything that reached the model."""
        return "\n".join(body for _, body in self.requests)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Answer on a port of loopback while the block runs."""
        model = self

        class Handler(_Handler):
            of = model

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()

    def next(self, done: int, offered: set[str]) -> Wanted | None:
        """The next call after so many results; none where the request offers no tools, as for a title."""
        if not offered or done >= len(self.wanted):
            return None
        return self.wanted[done]


class _Handler(BaseHTTPRequestHandler):
    of: Model
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._send(b"", "application/json")

    def do_GET(self) -> None:
        self.of.requests.append((self.path, ""))
        self._send(json.dumps({"data": [], "models": [], "object": "list"}).encode(), "application/json")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        self.of.requests.append((self.path, body))
        try:
            asked = json.loads(body or "{}")
        except ValueError:
            asked = {}
        path = self.path.partition("?")[0]
        if path.endswith("/messages"):
            self._events(_anthropic(self.of, asked))
        elif path.endswith(":streamGenerateContent"):
            self._events([("", _gemini(self.of, asked))])
        elif path.endswith(":generateContent"):
            self._send(json.dumps(_gemini(self.of, asked)).encode(), "application/json")
        elif path.endswith("/responses"):
            self._events(_openai(self.of, asked))
        elif path.endswith("/chat/completions"):
            self._events([*(("", part) for part in _chat(self.of, asked)), ("", None)])
        elif path.endswith(("/count_tokens", ":countTokens")):
            self._send(b'{"input_tokens": 1, "totalTokens": 1}', "application/json")
        else:
            self._send(b"{}", "application/json")

    def _events(self, events: Sequence[tuple[str, Any]]) -> None:
        text = ""
        for name, data in events:
            text += f"event: {name}\n" if name else ""
            text += f"data: {'[DONE]' if data is None else json.dumps(data)}\n\n"
        self._send(text.encode(), "text/event-stream")

    def _send(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _anthropic(model: Model, asked: dict[str, Any]) -> list[tuple[str, Any]]:
    blocks = [
        block for message in asked.get("messages", []) if isinstance(message.get("content"), list) for block in message["content"]
    ]
    done = sum(block.get("type") == "tool_result" for block in blocks)
    wanted = model.next(done, {tool.get("name") for tool in asked.get("tools") or []})
    start: dict[str, Any] = {"type": "message_start", "message": {
        "id": f"msg_{done}", "type": "message", "role": "assistant", "model": asked.get("model", "m"), "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    }}  # fmt: skip
    if wanted is None:
        block: dict[str, Any] = {"type": "text", "text": ""}
        delta: dict[str, Any] = {"type": "text_delta", "text": "done"}
    else:
        block = {"type": "tool_use", "id": f"toolu_{done}", "name": wanted.tool, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(wanted.arguments)}
    stop = "end_turn" if wanted is None else "tool_use"
    parts: list[dict[str, Any]] = [
        start,
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]
    return [(part["type"], part) for part in parts]


def _gemini(model: Model, asked: dict[str, Any]) -> dict[str, Any]:
    parts = [part for content in asked.get("contents", []) for part in content.get("parts", [])]
    done = sum("functionResponse" in part for part in parts)
    offered = {f["name"] for tool in asked.get("tools") or [] for f in tool.get("functionDeclarations", [])}
    wanted = model.next(done, offered)
    said: dict[str, Any] = (
        {"text": "done"} if wanted is None else {"functionCall": {"name": wanted.tool, "args": wanted.arguments}}
    )
    candidate = {"content": {"role": "model", "parts": [said]}, "finishReason": "STOP", "index": 0}
    return {"candidates": [candidate], "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}}


def _openai(model: Model, asked: dict[str, Any]) -> list[tuple[str, Any]]:
    items = asked.get("input") if isinstance(asked.get("input"), list) else []
    done = sum(str(item.get("type", "")).endswith("call_output") for item in items or [])
    wanted = model.next(done, {str(tool.get("name") or tool.get("type")) for tool in asked.get("tools") or []})
    if wanted is None:
        item: dict[str, Any] = {
            "type": "message", "id": "msg_1", "role": "assistant", "content": [{"type": "output_text", "text": "done"}],
        }  # fmt: skip
    elif wanted.custom:
        text = str(wanted.arguments["input"])
        item = {"type": "custom_tool_call", "id": f"ctc_{done}", "call_id": f"call_{done}", "name": wanted.tool, "input": text}
    else:
        item = {
            "type": "function_call", "id": f"fc_{done}", "call_id": f"call_{done}", "name": wanted.tool,
            "arguments": json.dumps(wanted.arguments), **({"namespace": wanted.namespace} if wanted.namespace else {}),
        }  # fmt: skip
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2, "input_tokens_details": {"cached_tokens": 0}}
    usage |= {"output_tokens_details": {"reasoning_tokens": 0}}
    ended = {"id": f"resp_{done}", "status": "completed", "output": [item], "usage": usage}
    return [
        ("response.created", {"type": "response.created", "response": {"id": f"resp_{done}"}}),
        ("response.output_item.done", {"type": "response.output_item.done", "output_index": 0, "item": item}),
        ("response.completed", {"type": "response.completed", "response": ended}),
    ]


def _chat(model: Model, asked: dict[str, Any]) -> list[dict[str, Any]]:
    done = sum(message.get("role") == "tool" for message in asked.get("messages", []))
    wanted = model.next(done, {str(tool.get("function", {}).get("name")) for tool in asked.get("tools") or []})
    if wanted is None:
        delta: dict[str, Any] = {"role": "assistant", "content": "done"}
    else:
        function = {"name": wanted.tool, "arguments": json.dumps(wanted.arguments)}
        delta = {
            "role": "assistant",
            "tool_calls": [{"index": 0, "id": f"call_{done}", "type": "function", "function": function}],
        }
    common = {"id": f"chat_{done}", "object": "chat.completion.chunk", "created": 1, "model": asked.get("model", "m")}
    end = {"index": 0, "delta": {}, "finish_reason": "stop" if wanted is None else "tool_calls"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return [
        common | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        common | {"choices": [end], "usage": usage},
    ]
