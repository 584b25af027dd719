"""Bytes of a connection become frames: one line each, holding one JSON object that has one meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final

from msgspec import Struct

from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.tools import fold
from agentowners.tokens.strict_json import TokenJsonError, read_object

MAX_FRAME: Final = 64 << 20
"""Bytes of a client's frame: a call may carry the whole text of a file."""
_LARGEST: Final = (1 << 53) - 1
"""The largest number that every JSON reader tells from its neighbours."""

RequestId = int | str


class FaultCode(IntEnum):
    """Codes of JSON-RPC's errors, and the one of MCP that a gateway has a use for."""

    UNREADABLE = -32700
    INVALID_REQUEST = -32600
    UNKNOWN_METHOD = -32601
    INVALID_PARAMS = -32602
    UNKNOWN_REVISION = -32022


class FrameError(AgentownersError):
    """A frame that is refused."""

    def __init__(
        self,
        code: FaultCode,
        message: str,
        *,
        help: str | None = None,
        id: RequestId | None = None,
        data: dict[str, object] | None = None,
    ) -> None:
        super().__init__(message, help=help)
        self.code = code
        self.id = id
        """Id to answer; None where it cannot be told for certain, or somebody else's answer bears it."""
        self.data = data


class FrameLine(Struct, frozen=True):
    """Bytes up to a line feed, without it."""

    data: bytes
    fits: bool = True
    """False if there were more than is read; ``data`` is empty then."""


class LineSplitter:
    """Takes a stream apart into lines; what is over the limit is passed over, not kept."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> Iterator[FrameLine]:
        """Lines that end in these bytes."""
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            if self._size or end - start > self._limit:
                self._keep(data[start:end])
                yield self._take_line()
            else:
                yield FrameLine(data[start:end])
            start = end + 1
        self._keep(data[start:])

    def rest(self) -> bool:
        """True if the stream ended within a line."""
        return self._size > 0

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            self._parts.clear()
        elif part:
            self._parts.append(part)

    def _take_line(self) -> FrameLine:
        line = FrameLine(b"".join(self._parts), self._size <= self._limit)
        self._parts.clear()
        self._size = 0
        return line


def read_frame(line: FrameLine) -> dict[str, object]:
    """Members of the object in a frame.

    Raises:
        FrameError: it is too large, no JSON in UTF-8, a batch, or has two meanings.
    """
    if not line.fits:
        raise FrameError(FaultCode.INVALID_REQUEST, "the frame is too large")
    if b"\r" in line.data:
        help = "end lines with a line feed alone"
        raise FrameError(FaultCode.UNREADABLE, "the frame holds a carriage return", help=help, id=salvaged_id(line.data))
    if line.data.lstrip(b" \t").startswith(b"["):
        raise FrameError(FaultCode.INVALID_REQUEST, "the frame is a batch", help="send each message on a line of its own")
    try:
        return read_object(line.data, "the frame")
    except TokenJsonError as error:
        id = salvaged_id(line.data)
        code = FaultCode.UNREADABLE if id is None else FaultCode.INVALID_REQUEST
        raise FrameError(code, error.message, id=id) from None


def salvaged_id(data: bytes) -> RequestId | None:
    """Id of a refused frame, where it holds exactly one: a client waits for the answer to it."""
    outermost: Sequence[tuple[str, object]] = ()

    def keep(pairs: Sequence[tuple[str, object]]) -> None:
        nonlocal outermost
        outermost = pairs  # the last object to end is the one around all others

    try:
        whole = json.loads(data.decode(), object_pairs_hook=keep)
    except (ValueError, RecursionError):
        return None
    ids = [(name, value) for name, value in outermost if fold(name) == "id"]
    return valid_id(ids[0][1]) if whole is None and len(ids) == 1 and ids[0][0] == "id" else None


def valid_id(value: object) -> RequestId | None:
    """The id, where it is one that everybody reads alike."""
    if isinstance(value, str):
        return value if value.isprintable() or value.isascii() else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    return None
