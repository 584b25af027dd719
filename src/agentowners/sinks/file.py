"""Logs as they are kept, in a bucket or in a file; and a log in a file: an entry a line, each with the digest of the one before
it. Whoever may write the file may write it anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.audit.canonical import digest
from agentowners.audit.chain import StoredEntry
from agentowners.audit.entry import MAX_ENTRY, NOTHING, EntryError, EntryPlace, LogEntry, Receipt, place_of, read_entry
from agentowners.sinks.store import ObjectStore, ObjectVersions, StoreError
from agentowners.text.wording import reason

_BLOCK: Final = 64 << 10


class FileLog:
    """One log in one file."""

    def __init__(self, path: Path, log: str) -> None:
        """Name the file, which need not be there yet, and the log."""
        self._path = path
        self._log = log

    def append(self, entry: LogEntry) -> Receipt:
        """Write an entry behind the last one; its number and what it follows are filled in.

        Raises:
            StoreError: the file cannot be written, or does not end in an entry of this log.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o644)
            with os.fdopen(handle, "r+b") as file:
                last = _last_line(file.fileno())
                number, previous = (1, NOTHING) if last is None else (self._read_last(last).number + 1, digest(last))
                stored = replace(entry, log=self._log, number=number, previous=previous).stored()
                file.write(stored + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"the audit file cannot be written: {reason(error)}") from None
        return Receipt(self._log, number, digest(stored))

    def _read_last(self, line: bytes) -> LogEntry:
        try:
            entry = read_entry(line)
        except EntryError as error:
            raise StoreError(f"the audit file does not end in an entry: {error.message}", help="name another file") from None
        if entry.log != self._log:
            raise StoreError("the audit file is another repository's", help="name another file")
        return entry


def _last_line(handle: int) -> bytes | None:
    """The last line of a file, without its end; None of an empty file."""
    size = os.fstat(handle).st_size
    if not size:
        return None
    data, start = b"", size
    while start and b"\n" not in data[:-1] and len(data) <= MAX_ENTRY:
        step = min(_BLOCK, start)
        start -= step
        data = os.pread(handle, step, start) + data
    if not data.endswith(b"\n"):
        raise StoreError("the audit file ends within an entry", help="name another file")
    return data[:-1].rpartition(b"\n")[2]


class KeptLogs(Struct, frozen=True):
    """Every log below a prefix, and what is none."""

    logs: dict[str, list[tuple[EntryPlace, ObjectVersions]]]
    """By name, in the order of epochs and numbers."""
    strangers: tuple[str, ...]
    """Names of objects that are no entry's."""


def kept_logs(store: ObjectStore, prefix: str) -> KeptLogs:
    """Look for logs in a bucket."""
    logs: dict[str, list[tuple[EntryPlace, ObjectVersions]]] = {}
    strangers = []
    for versions in store.versions(f"{prefix}/" if prefix else ""):
        place = place_of(versions.key, prefix)
        if place is None:
            strangers.append(versions.key)
        else:
            logs.setdefault(place.log, []).append((place, versions))
    for entries in logs.values():
        entries.sort(key=lambda entry: (entry[0].epoch, entry[0].number))
    return KeptLogs(logs, tuple(strangers))


def stored_entries(store: ObjectStore, entries: list[tuple[EntryPlace, ObjectVersions]]) -> Iterator[StoredEntry]:
    """The entries of a log, read one by one."""
    for place, versions in entries:
        yield StoredEntry(place, versions.written, versions.marked, store.read(versions.key))


def file_entries(path: Path) -> tuple[str, list[StoredEntry]]:
    """The log in a file: its name, and its lines.

    Raises:
        StoreError: it cannot be read, or does not begin with an entry.
    """
    try:
        with path.open("rb") as file:
            lines = [line.removesuffix(b"\n") for line in iter(lambda: file.readline(MAX_ENTRY), b"")]
    except OSError as error:
        raise StoreError(f"`{path}` cannot be read: {reason(error)}") from None
    try:
        first = read_entry(lines[0] if lines else b"")
    except EntryError as error:
        raise StoreError(f"`{path}` is not an audit log: {error.message}") from None
    numbers = range(first.number, first.number + len(lines))
    return first.log, [StoredEntry(EntryPlace(first.log, 0, n), 1, False, line) for n, line in zip(numbers, lines, strict=True)]
