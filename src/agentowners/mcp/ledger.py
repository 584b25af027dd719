"""Ids of requests under way in both directions."""

from __future__ import annotations

import re
from typing import Final

from agentowners.mcp.frames import RequestId

MOST_IDS: Final = 100_000
"""Ids that are remembered, about 10 MB; numbers that follow on each other, which most clients give, count as none."""
_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]{0,15}")


class RequestLedger:
    """Requests of one side. ``1`` and ``"1"`` are one id, since some readers take them for one."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}
        self._run = range(0)
        """Used numbers without a gap, from the first that came."""
        self._numbers: set[int] = set()
        """Other numbers that were used."""
        self._texts: set[int] = set()
        """Hashes of other texts that were used: two with the same do not come up by chance, and the second would be refused."""

    @property
    def is_full(self) -> bool:
        """True if no further id can be remembered, so that none may come."""
        return len(self._numbers) + len(self._texts) + len(self._open) >= MOST_IDS

    def is_open(self, id: RequestId) -> bool:
        """True if a request with this id waits for its answer."""
        return str(id) in self._open

    def was_used(self, id: RequestId) -> bool:
        """True if a request bore this id that must not come again."""
        number = _number(id)
        return hash(id) in self._texts if number is None else number in self._run or number in self._numbers

    def open(self, id: RequestId, method: str, *, once: bool) -> None:
        """Enter a request; with ``once``, its id must not come again in this session."""
        self._open[str(id)] = method
        if not once:
            return
        number = _number(id)
        if number is None:
            self._texts.add(hash(id))
        elif self._run and number != self._run.stop:
            self._numbers.add(number)
        else:
            self._run = range(self._run.start if self._run else number, number + 1)
            while self._run.stop in self._numbers:
                self._numbers.remove(self._run.stop)
                self._run = range(self._run.start, self._run.stop + 1)

    def close(self, id: RequestId) -> str | None:
        """Strike a request, and return its method; None where it waits for nothing."""
        return self._open.pop(str(id), None)


def _number(id: RequestId) -> int | None:
    """The number that an id is, or spells; None for another text."""
    if isinstance(id, int):
        return id
    return int(id) if _NUMBER.fullmatch(id) else None
