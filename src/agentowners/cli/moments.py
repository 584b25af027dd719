"""The moment, by two clocks."""

from __future__ import annotations

import time

from agentowners.proposals.model import Instant


def now() -> Instant:
    """The moment, by a clock that people set, and by one that nobody can: milliseconds since the machine started, also while it
    slept where that can be told."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    steady = time.monotonic_ns() if clock is None else time.clock_gettime_ns(clock)
    return Instant(time.time_ns() // 1_000_000, steady // 1_000_000)
