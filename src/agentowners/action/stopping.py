"""Being told to stop, by the runner or by the time limit: whatever is being done ends, and little time is left to say so."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import Final

from agentowners.action.failure import StoppedError, TurnOverError
from agentowners.github.model import Patience

_REQUESTS: Final = (signal.SIGTERM, signal.SIGINT)
_LIMIT: Final = signal.SIGALRM
_SOON: Final = 0.001
"""An alarm that is due already is set for as many seconds from now: none at all would take it off."""
_AGAIN: Final = 1.0
"""Seconds until a turn that has not ended yet is told to end again."""

_Handler = Callable[[int, FrameType | None], object] | int | None
Turn = Callable[[], AbstractContextManager[None]]
"""Gives a block of code a time of its own, after which ``TurnOverError`` ends it; the run goes on."""


class _Alarm:
    """The one timer that a process has, for the whole run and for turns within it."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._end = 0.0
        self._in_turn = False
        self._stopped = False

    def begin(self) -> None:
        """Set it for the end of the run."""
        self._end = time.monotonic() + self._patience.whole_run
        self._set(self._end)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let what is done end when its own time is over.

        Raises:
            TurnOverError: out of it, when it is.
        """
        self._in_turn = True
        self._set(min(time.monotonic() + self._patience.one_of_many, self._end))
        try:
            yield
        finally:
            if not self._stopped:
                self._in_turn = False
                self._set(self._end)

    def rings(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal."""
        if number == _LIMIT and not self._stopped and time.monotonic() < self._end:
            if self._in_turn:
                # once more, should it strike where Python lets no error out, as while an object is being let go of
                self._set(min(time.monotonic() + _AGAIN, self._end))
                raise TurnOverError
            self._set(self._end)
            return
        # once is enough: what follows must be able to say so, but not for ever
        self._stopped = True
        for each in _REQUESTS:
            signal.signal(each, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, self._patience.last_words)
        raise StoppedError(in_time=number != _LIMIT)

    @staticmethod
    def _set(when: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, max(when - time.monotonic(), _SOON))


@contextmanager
def stoppable(patience: Patience) -> Iterator[Turn]:
    """Let a request to stop, as a cancelled job gets it, and the end of a run's time end what is being done, as an error would.

    Raises:
        StoppedError: out of whatever is being done then; a second time when the time for the last words is over too.
    """
    if threading.current_thread() is not threading.main_thread():
        yield nullcontext
        return
    alarm = _Alarm(patience)
    before: dict[signal.Signals, _Handler] = {}
    try:
        for each in (*_REQUESTS, _LIMIT):
            before[each] = signal.signal(each, alarm.rings)
        alarm.begin()
        yield alarm.turn
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for each, handler in before.items():
            signal.signal(each, handler)
