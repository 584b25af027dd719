"""Entries for tests, and clocks that take no time."""

from __future__ import annotations

from agentowners.audit.chain import CheckedLog, StoredEntry, check_log
from agentowners.audit.entry import NOTHING, LogEntry, log_prefix, place_of
from agentowners.sinks.log import LogClock, ObjectLog
from agentowners.sinks.store import ObjectStore

LOG = "github.com/5"
AT = 1_796_031_063


def said(what: str, log: str = LOG) -> LogEntry:
    """An entry that is not written yet."""
    return LogEntry(log, 0, NOTHING, what.encode().hex().rjust(64, "0")[-64:], AT, ({"message": what},))


class FakeTime:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses = 0

    def pause(self, seconds: float) -> None:
        self.now += seconds
        self.pauses += 1

    @property
    def waiting(self) -> LogClock:
        return LogClock(lambda: self.now, self.pause, lambda: 0.5)


def a_log(store: ObjectStore, epoch: int = 0, log: str = LOG, prefix: str = "audit") -> ObjectLog:
    return ObjectLog(store, prefix, log, epoch, FakeTime().waiting)


def checked(store: ObjectStore, log: str = LOG, prefix: str = "audit") -> CheckedLog:
    """What verification says of a log."""
    found = []
    for kept in store.versions(log_prefix(prefix, log)):
        place = place_of(kept.key, prefix)
        assert place is not None
        found.append(StoredEntry(place, kept.written, kept.marked, store.read(kept.key)))
    return check_log(log, found)
