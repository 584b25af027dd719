"""Ids of requests under way in both directions."""

from __future__ import annotations

import re
from typing import Final

from agentowners.mcp.frames import RequestId

MOST_IDS: Final = 100_000
"""Ids that are remembered, about 10 MB; numbers that follow on each other, which most clients give, count as none."""
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,15}")


class RequestLedger:
    """Requests of one side. ``1`` and ``"1"`` are one id, since some readers take them for one."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}
        self._run: range | None = None
        """Used numbers without a gap, from the first that came."""
        self._used: set[int] = set()
        """Hashes of all other ids that were used: two with the same do not come up by chance, and the second would be refused."""

    @property
    def is_full(self) -> bool:
        """True if no further id can be remembered, so that none may come."""
        return len(self._used) + len(self._open) >= MOST_IDS

    def is_open(self, id: RequestId) -> bool:
        """True if a request with this id waits for its answer."""
        return str(id) in self._open

    def was_used(self, id: RequestId) -> bool:
        """True if a request bore this id that must not come again."""
        text = str(id)
        counted = self._run is not None and _NUMBER.fullmatch(text) is not None and int(text) in self._run
        return counted or hash(text) in self._used

    def open(self, id: RequestId, method: str, *, once: bool) -> None:
        """Enter a request; with ``once``, its id must not come again in this session."""
        text = str(id)
        self._open[text] = method
        if not once:
            return
        self._used.add(hash(text))
        if self._run is None and _NUMBER.fullmatch(text):
            self._run = range(int(text), int(text))
        while self._run is not None and (following := hash(str(self._run.stop))) in self._used:
            self._used.remove(following)
            self._run = range(self._run.start, self._run.stop + 1)

    def close(self, id: RequestId) -> str | None:
        """Strike a request, and return its method; None where it waits for nothing."""
        return self._open.pop(str(id), None)
