"""One connection between a client and a server: what each sends is read in order, and requests that reach for something are
handed out to be decided."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from agentowners.mcp.frames import FaultCode, FrameError, FrameLine, RequestId, read_frame
from agentowners.mcp.hints import ToolHints, hints_of
from agentowners.mcp.ledger import MOST_IDS, RequestLedger
from agentowners.mcp.messages import ClientAnswer, ClientNotification, ClientRequest, check_names, read_message
from agentowners.mcp.revisions import (
    CLIENT_KEY,
    FILTER,
    LAST_WITH_HANDSHAKE,
    PER_REQUEST,
    REVISION_KEY,
    WITH_HANDSHAKE,
    ProtocolRevision,
)

_SHOWN: Final = 80
MOST_ROOTS: Final = 50
"""Directories that a client may tell its server of; a relative path is judged in each."""


class ToolRequest(Struct, frozen=True):
    """A `tools/call`."""

    tool: str
    arguments: Mapping[str, object]
    hints: ToolHints


class ResourceRequest(Struct, frozen=True):
    """A `resources/read`, `resources/subscribe` or `subscriptions/listen`."""

    uris: tuple[str, ...]


class PromptRequest(Struct, frozen=True):
    """A `prompts/get`."""

    prompt: str
    arguments: Mapping[str, object]


Target = ToolRequest | ResourceRequest | PromptRequest


class Undecided(Struct, frozen=True):
    """A request that may pass if the policy lets it."""

    request: ClientRequest
    target: Target
    client: str
    """Name that the client gives itself; empty where it gives none."""
    size: int = 0
    """Bytes of its frame."""


class _ServerFrame(Struct):
    id: int | str | None = None
    method: str | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")


_SERVER_FRAMES: Final = msgspec.json.Decoder(_ServerFrame)


class McpSession:
    """State of a connection. Not to be used by two threads at once."""

    def __init__(self) -> None:
        self.roots: tuple[str, ...] = ()
        """URIs of the directories that the client told the server of."""
        self._requests = RequestLedger()
        self._questions = RequestLedger()
        self._hints: dict[str, ToolHints] = {}
        self._revision: ProtocolRevision | None = None
        self._named: ProtocolRevision | None = None
        self._client = ""

    def client_line(self, line: FrameLine) -> Undecided | None:
        """Read what the client sends: None for what passes as it is.

        Raises:
            FrameError: it must not pass.
        """
        message = read_message(read_frame(line))
        match message:
            case ClientRequest():
                return self._request(message, len(line.data))
            case ClientNotification():
                self._notification(message)
            case ClientAnswer():
                self._answer(message)
        return None

    def refused(self, id: RequestId) -> None:
        """Strike a request that is answered here, and does not reach the server."""
        self._requests.close(id)

    def server_line(self, data: bytes) -> None:
        """Learn from what the server sends; what cannot be read passes all the same, and nothing is learned."""
        try:
            frame = _SERVER_FRAMES.decode(data)
        except (msgspec.DecodeError, RecursionError):
            return
        if frame.id is None:
            return
        if frame.method is not None:
            self._questions.open(frame.id, frame.method, once=False)
            return
        method = self._requests.close(frame.id)
        if method == "tools/list":
            self._hints.update(hints_of(_decoded(frame.result)))
        elif method == "initialize":
            result = _decoded(frame.result)
            self._agree(result.get("protocolVersion") if isinstance(result, dict) else None)

    def _request(self, request: ClientRequest, size: int) -> Undecided | None:
        per_request = self._per_request(request)
        self._enter(request, once=per_request is None or per_request.name in WITH_HANDSHAKE)
        try:
            revision = per_request or self._revision or LAST_WITH_HANDSHAKE
            self._named = per_request or self._named
            if request.method not in revision.requests:
                message = f"`{request.method[:_SHOWN]}` is no request of a client in MCP {revision.name}"
                raise FrameError(FaultCode.UNKNOWN_METHOD, message, id=request.id)
            if request.method == "initialize":
                self._initialize(request)
            target = self._target(request)
            client = self._client_of(request, per_request)
        except FrameError:
            self._requests.close(request.id)
            raise
        return None if target is None else Undecided(request, target, client, size)

    def _per_request(self, request: ClientRequest) -> ProtocolRevision | None:
        """The revision that a request names itself; None where it names none."""
        name = request.meta.get(REVISION_KEY)
        if name is None:
            return None
        revision = PER_REQUEST.get(name, WITH_HANDSHAKE.get(name)) if isinstance(name, str) else None
        if revision is None:
            data: dict[str, object] = {"supported": [*PER_REQUEST, *reversed(WITH_HANDSHAKE)], "requested": name}
            raise FrameError(FaultCode.UNKNOWN_REVISION, "Unsupported protocol version", id=request.id, data=data)
        return revision

    def _enter(self, request: ClientRequest, *, once: bool) -> None:
        if self._requests.is_open(request.id):
            # an answer with this id would be taken for that of the request that waits
            raise FrameError(FaultCode.INVALID_REQUEST, f"the id `{str(request.id)[:_SHOWN]}` is that of a request under way")
        if once and self._requests.was_used(request.id):
            message = f"the id `{str(request.id)[:_SHOWN]}` was used before"
            raise FrameError(FaultCode.INVALID_REQUEST, message, id=request.id)
        if self._requests.is_full:
            message = f"this session has {MOST_IDS:,} ids to remember, and takes no more"
            raise FrameError(FaultCode.INVALID_REQUEST, message, help="let the client start the server anew", id=request.id)
        self._requests.open(request.id, request.method, once=once)

    def _initialize(self, request: ClientRequest) -> None:
        self._agree(request.params.get("protocolVersion"))
        self._client = _client_name(request.params.get("clientInfo"), request.id)

    def _agree(self, name: object) -> None:
        self._revision = WITH_HANDSHAKE.get(name if isinstance(name, str) else "", LAST_WITH_HANDSHAKE)

    def _client_of(self, request: ClientRequest, per_request: ProtocolRevision | None) -> str:
        return self._client if per_request is None else _client_name(request.meta.get(CLIENT_KEY), request.id)

    def _target(self, request: ClientRequest) -> Target | None:
        match request.method:
            case "tools/call":
                tool = _text_param(request, "name")
                self._learn_roots_of_inputs(request)
                return ToolRequest(tool, _members(request, "arguments"), self._hints.get(tool, ToolHints()))
            case "prompts/get":
                self._learn_roots_of_inputs(request)
                return PromptRequest(_text_param(request, "name"), _members(request, "arguments"))
            case "resources/read" | "resources/subscribe":
                self._learn_roots_of_inputs(request)
                return ResourceRequest((_text_param(request, "uri"),))
            case "subscriptions/listen":
                return ResourceRequest(_subscribed(request))
            case _:
                return None

    def _notification(self, notification: ClientNotification) -> None:
        revision = self._revision or self._named or LAST_WITH_HANDSHAKE
        if notification.method not in revision.notifications:
            message = f"`{notification.method[:_SHOWN]}` is no notification of a client in MCP {revision.name}"
            raise FrameError(FaultCode.UNKNOWN_METHOD, message)

    def _answer(self, answer: ClientAnswer) -> None:
        method = self._questions.close(answer.id)
        if method is None:
            raise FrameError(FaultCode.INVALID_REQUEST, "the frame answers what the server did not ask")
        if method == "roots/list":
            self._learn_roots(answer.result)

    def _learn_roots_of_inputs(self, request: ClientRequest) -> None:
        inputs = request.params.get("inputResponses")
        for answer in inputs.values() if isinstance(inputs, dict) else ():
            if isinstance(answer, dict) and "roots" in answer:
                self._learn_roots(answer)

    def _learn_roots(self, result: object) -> None:
        roots = result.get("roots") if isinstance(result, dict) else None
        uris = [root.get("uri") for root in (roots if isinstance(roots, list) else ()) if isinstance(root, dict)]
        known = dict.fromkeys([*self.roots, *(uri for uri in uris if isinstance(uri, str))])
        if len(known) > MOST_ROOTS:
            raise FrameError(FaultCode.INVALID_REQUEST, f"the client names more than {MOST_ROOTS} roots")
        self.roots = tuple(known)


def _text_param(request: ClientRequest, name: str) -> str:
    value = request.params.get(name)
    if not isinstance(value, str):
        raise FrameError(FaultCode.INVALID_PARAMS, f"`{name}` of `{request.method}` is no text", id=request.id)
    return value


def _members(request: ClientRequest, name: str) -> Mapping[str, object]:
    value = request.params.get(name, {})
    if not isinstance(value, dict):
        raise FrameError(FaultCode.INVALID_PARAMS, f"`{name}` of `{request.method}` is no object", id=request.id)
    return value


def _subscribed(request: ClientRequest) -> tuple[str, ...]:
    wanted = _members(request, "notifications")
    check_names(wanted, FILTER, "notifications", request.id)
    uris = wanted.get("resourceSubscriptions", [])
    if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
        raise FrameError(FaultCode.INVALID_PARAMS, "`resourceSubscriptions` is not a list of texts", id=request.id)
    return tuple(uris)


def _client_name(info: object, id: RequestId) -> str:
    if not isinstance(info, dict):
        return ""
    check_names(info, frozenset({"name"}), "clientInfo", id)
    name = info.get("name")
    return re.sub(r"[^\x20-\x7e]", "?", name[:_SHOWN]) if isinstance(name, str) else ""


def _decoded(raw: msgspec.Raw) -> object:
    try:
        value: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None
    return value
