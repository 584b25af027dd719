"""True if a log is whole: every entry there, none changed, each following the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from agentowners.audit.canonical import digest
from agentowners.audit.entry import NOTHING, EntryError, EntryPlace, LogEntry, Receipt, read_entry


class StoredEntry(NamedTuple):
    """An entry as a store has it."""

    place: EntryPlace
    versions: int
    """Number of times its object was written."""
    marked: bool
    """True if a deletion hides it, or one of its versions."""
    data: bytes | None
    """Its bytes; None where there are none any more."""


class Fault(Struct, frozen=True):
    """A fault of a log, and the entry from which on it holds."""

    log: str
    epoch: int
    number: int
    why: str


class CheckedLog(Struct, frozen=True):
    """Result of looking at a log."""

    log: str
    entries: tuple[tuple[EntryPlace, LogEntry], ...]
    """Those that are good, in order."""
    receipts: tuple[Receipt, ...]
    """Summaries of the good entries."""
    faults: tuple[Fault, ...]
    """In order; none where the log is whole."""
    remarks: tuple[str, ...]
    """Remarks that are no faults."""


def check_log(log: str, stored: Iterable[StoredEntry]) -> CheckedLog:
    """Look at a log's entries, in the order of epochs and numbers."""
    return _Check(log).run(stored)


def unwitnessed(checked: CheckedLog, witnesses: Sequence[Receipt]) -> tuple[Fault, ...]:
    """Faults that receipts tell of and the log by itself does not: an end that was cut off, a log that was replaced."""
    there = {(receipt.number, receipt.digest) for receipt in checked.receipts}
    missing = sorted(
        {(witness.number, witness.digest) for witness in witnesses if witness.log in (checked.log, "")} - there,
    )
    epoch = checked.entries[-1][0].epoch if checked.entries else 0
    return tuple(
        Fault(checked.log, epoch, number, f"a receipt tells of another entry {number}, {digest}, and it is not there")
        for number, digest in missing
    )


class _Check:
    def __init__(self, log: str) -> None:
        self._log = log
        self._faults: list[Fault] = []
        self._remarks: list[str] = []
        self._good: list[tuple[EntryPlace, LogEntry]] = []
        self._receipts: list[Receipt] = []
        self._uids: dict[str, int] = {}
        self._digests: dict[int, str] = {}
        """Ids of the current epoch's entries, by number."""

    def run(self, stored: Iterable[StoredEntry]) -> CheckedLog:
        before: StoredEntry | None = None
        for entry in stored:
            read = _read(entry)
            content = read if isinstance(read, LogEntry) else None
            if before is None or entry.place.epoch != before.place.epoch:
                first_faults = list(self._beginning(entry, content, before))  # which may take faults back
                self._faults += first_faults
                self._digests = {}
            else:
                self._faults += self._following(entry, content, before)
            self._faults += self._itself(entry, read)
            before = entry
        ordered = sorted(self._faults, key=lambda fault: (fault.epoch, fault.number))
        return CheckedLog(self._log, tuple(self._good), tuple(self._receipts), tuple(ordered), tuple(self._remarks))

    def _beginning(self, entry: StoredEntry, content: LogEntry | None, before: StoredEntry | None) -> Iterator[Fault]:
        place = entry.place
        if before is None:
            if (place.epoch, place.number) != (0, 1):
                self._remarks.append(
                    f"it begins at entry {place.number} of epoch {place.epoch}: what was before is not there any more"
                )
            elif content is not None and content.previous != NOTHING:
                yield self._fault(entry, "the first entry follows another")
            return
        broken = min((fault.number for fault in self._faults if fault.epoch == before.place.epoch), default=None)
        if place.number != 1:
            yield self._fault(entry, "the epoch's first entry is missing")
        elif content is not None and content.why is None:
            yield self._fault(entry, "it begins a new epoch and does not say why")
        elif content is not None and content.previous not in self._ends(before, broken):
            yield self._fault(entry, "it does not follow the last good entry of the epoch before it")
        elif content is not None:
            # what was damaged before is what this epoch is for
            self._faults = [fault for fault in self._faults if fault.epoch != before.place.epoch]
            damage = "" if broken is None else f", which is damaged at entry {broken}"
            self._remarks.append(f"epoch {place.epoch} follows epoch {before.place.epoch}{damage}: {content.why}")

    def _ends(self, before: StoredEntry, broken: int | None) -> set[str | None]:
        """Digests that a new epoch may follow: the last entry's; of a damaged epoch that of the damage, or the one before it."""
        if broken is None:
            return {self._digests.get(before.place.number)}
        return {self._digests.get(broken - 1, NOTHING if broken == 1 else None), self._digests.get(broken)}

    def _following(self, entry: StoredEntry, content: LogEntry | None, before: StoredEntry) -> Iterator[Fault]:
        wanted = before.place.number + 1
        if entry.place.number != wanted:
            to = entry.place.number - 1
            why = f"entries {wanted} to {to} are missing" if to > wanted else "it is missing"
            yield Fault(self._log, entry.place.epoch, wanted, why)
            return
        if content is not None and content.previous != self._digests.get(before.place.number, content.previous):
            yield Fault(self._log, entry.place.epoch, before.place.number, f"entry {wanted} follows another entry than it")

    def _itself(self, entry: StoredEntry, content: LogEntry | EntryError | None) -> Iterator[Fault]:
        if entry.versions > 1:
            yield self._fault(entry, f"it was written {entry.versions} times")
        if entry.marked:
            yield self._fault(entry, "it is marked as deleted")
        if entry.data is None or content is None:
            yield self._fault(entry, "it has no bytes any more")
            return
        self._digests[entry.place.number] = digest(entry.data)
        if isinstance(content, EntryError):
            yield self._fault(entry, content.message)
            return
        if content.number != entry.place.number:
            yield self._fault(entry, f"it says that it is entry {content.number}")
        if content.log != self._log:
            yield self._fault(entry, f"it is an entry of `{content.log}`")
        if content.uid in self._uids:
            yield self._fault(entry, f"it says the same as entry {self._uids[content.uid]}")
        self._uids.setdefault(content.uid, entry.place.number)
        self._good.append((entry.place, content))
        self._receipts.append(Receipt(self._log, entry.place.number, self._digests[entry.place.number]))

    def _fault(self, entry: StoredEntry, why: str) -> Fault:
        return Fault(self._log, entry.place.epoch, entry.place.number, why)


def _read(entry: StoredEntry) -> LogEntry | EntryError | None:
    """The entry, or what is wrong with its bytes; None where there are none."""
    try:
        return None if entry.data is None else read_entry(entry.data)
    except EntryError as error:
        return error
