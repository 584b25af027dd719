"""A log of which each entry is an object that can be created once: so many may write, and it never forks.

Nobody keeps the order but the store: who writes looks for the last entry, and creates the next. Where somebody else was quicker,
that one is the last, and it is tried again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.audit.canonical import digest
from agentowners.audit.entry import (
    LAST_NUMBER,
    NOTHING,
    EntryError,
    EntryPlace,
    LogEntry,
    Receipt,
    epoch_prefix,
    place_of,
    read_entry,
    said_log,
)
from agentowners.sinks.store import Made, ObjectStore, StoreError

PATIENCE: Final = 30.0
"""Seconds in which an entry is written, or not."""
_NO_ORDER: Final = "this store keeps no order"
_EPOCH: Final = "begin a new epoch, with the input `audit-epoch`, once it is clear what happened"


class LogClock(Struct, frozen=True):
    """Clock of the log."""

    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


STANDARD_WAITING: Final = LogClock()


class _Last(Struct, frozen=True):
    number: int
    digest: str
    uid: str | None
    """None where it is no entry."""
    why: str | None = None
    """Why a new epoch begins after it."""


class ObjectLog:
    """One repository's log in a store."""

    def __init__(self, store: ObjectStore, prefix: str, log: str, epoch: int = 0, waiting: LogClock = STANDARD_WAITING) -> None:
        """Name the store, what all names in it begin with, the log and its epoch."""
        self._store = store
        self._prefix = prefix
        self._log = log
        self._epoch = epoch
        self._waiting = waiting
        self._last: _Last | None = None

    def append(self, entry: LogEntry) -> Receipt:
        """Write an entry behind the last one; its number and what it follows are filled in.

        Raises:
            StoreError: it cannot be written in time, or the log is damaged.
        """
        end = self._waiting.clock() + PATIENCE
        tries = 0
        while True:
            try:
                receipt = self._try(entry)
                if receipt is not None:
                    return receipt
            except StoreError as error:
                if error.help is not None or self._waiting.clock() >= end:
                    raise
                self._last = None
            if self._waiting.clock() >= end:
                raise StoreError(f"the audit log `{self._log}` could not be written in {PATIENCE:g} seconds")
            tries += 1
            self._waiting.pause(min(2.0, 0.05 * 2 ** min(tries, 6)) * (0.5 + self._waiting.jitter()))

    def _try(self, entry: LogEntry) -> Receipt | None:
        """The receipt; None where it has to be looked at again."""
        last = self._last or self._find_last()
        while True:
            if last.uid == entry.uid:
                self._check_once(self._entry_key(last.number))
                return self._done(last)
            if last.number >= LAST_NUMBER:
                raise StoreError(f"entry {last.number} is the last that there can be", help=_EPOCH)
            number = last.number + 1
            stored = replace(entry, log=self._log, number=number, previous=last.digest, why=last.why).stored()
            key = self._entry_key(number)
            outcome = self._store.create(key, stored)
            if outcome is Made.CREATED:
                self._check_once(key)
                return self._done(_Last(number, digest(stored), entry.uid))
            there = self._store.read(key)
            if there is None and outcome is Made.UNSURE:
                self._last = last
                return None
            if there is None:
                raise StoreError(f"{_NO_ORDER}: entry {number} is there and is not", help=_EPOCH)
            last = self._as_last(number, there)

    def _done(self, last: _Last) -> Receipt:
        self._last = last
        return Receipt(self._log, last.number, last.digest)

    def _check_once(self, key: str) -> None:
        versions = [version for version in self._store.versions(key) if version.key == key]
        if [(version.written, version.marked) for version in versions] != [(1, False)]:
            help = "`agentowners audit probe` tells what it does not do; it has to be one that creates an object once"
            raise StoreError(f"{_NO_ORDER}: an entry could be written twice, or there are no versions", help=help)

    def _find_last(self) -> _Last:
        number = self._last_number(self._epoch)
        if number is None:
            return self._before_first()
        data = self._store.read(self._entry_key(number))
        if data is None:
            raise StoreError(f"{_NO_ORDER}: entry {number} is listed and cannot be read", help=_EPOCH)
        return self._as_last(number, data)

    def _as_last(self, number: int, data: bytes) -> _Last:
        log = said_log(data)
        if log is not None and log != self._log:
            raise StoreError(f"entry {number} is an entry of another log, `{log}`", help=_EPOCH)
        try:
            uid = read_entry(data).uid
        except EntryError:
            uid = None  # what follows it links to the bytes that are there
        return _Last(number, digest(data), uid)

    def _before_first(self) -> _Last:
        """Predecessor of the first entry: nothing, or the last good entry of the epoch before."""
        if self._epoch == 0:
            return _Last(0, NOTHING, None)
        why = f"`audit-epoch` was set to {self._epoch}"
        try:
            number = self._last_number(self._epoch - 1)
        except StoreError as error:
            number, why = self._last_without_gap(self._epoch - 1), f"{why}: {error.message}"
        data = None if number is None else self._store.read(self._entry_key(number, self._epoch - 1))
        return _Last(0, NOTHING if data is None else digest(data), None, why)

    def _last_number(self, epoch: int) -> int | None:
        """The number of the last entry, by three listings.

        Raises:
            StoreError: there is something that is no entry, or an entry without the one before it.
        """
        prefix = epoch_prefix(self._prefix, self._log, epoch)
        number, numbers = 0, list[int]()
        for level in range(3):
            numbers = self._numbers(prefix, leaf=level == 2)
            if not numbers and level == 0:
                return None
            if not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
                raise StoreError(f"the audit log `{self._log}` has entries without those before them", help=_EPOCH)
            number = number * 1000 + numbers[-1]
            prefix += f"{numbers[-1]:03}/"
        first = number % 1000 == 0 or numbers == [number % 1000]
        if first and number > 1 and self._store.read(self._entry_key(number - 1, epoch)) is None and self._leads(epoch, number):
            raise StoreError(f"the audit log `{self._log}` has entry {number} without the one before it", help=_EPOCH)
        return number

    def _leads(self, epoch: int, number: int) -> bool:
        """True if there is any entry before one: where there is none, those that were are past their retention."""
        listing = self._store.listing(epoch_prefix(self._prefix, self._log, epoch))
        data = self._store.read(self._entry_key(number, epoch))
        try:
            follows = None if data is None else read_entry(data).previous
        except EntryError:
            follows = None
        return len(listing.folders) > 1 or follows in (None, NOTHING)

    def _last_without_gap(self, epoch: int) -> int | None:
        """The last entry that has all before it, in a log that has gaps, or more than entries, in it."""
        versions = self._store.versions(epoch_prefix(self._prefix, self._log, epoch))
        places = [place_of(version.key, self._prefix) for version in versions]
        last = None
        for number in sorted(place.number for place in places if place is not None):
            if last is not None and number != last + 1:
                break
            last = number
        return last

    def _numbers(self, prefix: str, *, leaf: bool) -> list[int]:
        listing = self._store.listing(prefix)
        names = [name.removeprefix(prefix) for name in (listing.keys if leaf else listing.folders)]
        ends = ".json" if leaf else "/"
        others = listing.folders if leaf else listing.keys
        bare = [name.removesuffix(ends) for name in names]
        if others or not listing.whole or not all(len(name) == 3 and name.isascii() and name.isdecimal() for name in bare):
            raise StoreError(f"the audit log `{self._log}` has something in it that is no entry", help=_EPOCH)
        return sorted(map(int, bare))

    def _entry_key(self, number: int, epoch: int | None = None) -> str:
        return EntryPlace(self._log, self._epoch if epoch is None else epoch, number).key(self._prefix)
