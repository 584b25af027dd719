"""Ids of requests under way in both directions."""

from __future__ import annotations

from agentowners.mcp.frames import RequestId


class RequestLedger:
    """Requests of one side. ``1`` and ``"1"`` are one id, since some readers take them for one."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}
        self._used: set[str] = set()

    def is_open(self, id: RequestId) -> bool:
        """True if a request with this id waits for its answer."""
        return str(id) in self._open

    def was_used(self, id: RequestId) -> bool:
        """True if a request bore this id that must not come again."""
        return str(id) in self._used

    def open(self, id: RequestId, method: str, *, once: bool) -> None:
        """Enter a request; with ``once``, its id must not come again in this session."""
        self._open[str(id)] = method
        if once:
            self._used.add(str(id))

    def close(self, id: RequestId) -> str | None:
        """Strike a request, and return its method; None where it waits for nothing."""
        return self._open.pop(str(id), None)
