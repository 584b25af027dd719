"""Being told to stop, by the runner or by the time limit: whatever is being done ends, and little time is left to say so."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from agentowners.action.failure import StoppedError
from agentowners.github.model import Patience

_REQUESTS: Final = (signal.SIGTERM, signal.SIGINT)
_LIMIT: Final = signal.SIGALRM

_Handler = Callable[[int, FrameType | None], object] | int | None


@contextmanager
def stoppable(patience: Patience) -> Iterator[None]:
    """Let a request to stop, as a cancelled job gets it, and the end of a run's time end what is being done, as an error would.

    Raises:
        StoppedError: out of whatever is being done then; a second time when the time for the last words is over too.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        # once is enough: what follows must be able to say so, but not for ever
        for each in _REQUESTS:
            signal.signal(each, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, patience.last_words)
        raise StoppedError(in_time=number != _LIMIT)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[signal.Signals, _Handler] = {}
    try:
        for each in (*_REQUESTS, _LIMIT):
            before[each] = signal.signal(each, stop)
        signal.setitimer(signal.ITIMER_REAL, patience.whole_run)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for each, handler in before.items():
            signal.signal(each, handler)
