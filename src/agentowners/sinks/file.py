"""A log in a file: an entry a line, each with the digest of the one before it. Whoever may write the file may write it anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from agentowners.audit.canonical import digest
from agentowners.audit.entry import MAX_ENTRY, NOTHING, EntryError, LogEntry, Receipt, read_entry
from agentowners.sinks.store import StoreError

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
                number, previous = (1, NOTHING) if last is None else (self._read(last).number + 1, digest(last))
                stored = replace(entry, log=self._log, number=number, previous=previous).stored()
                file.write(stored + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"the audit file cannot be written: {error.strerror}") from None
        return Receipt(self._log, number, digest(stored))

    def _read(self, line: bytes) -> LogEntry:
        try:
            found = read_entry(line)
        except EntryError as error:
            raise StoreError(f"the audit file does not end in an entry: {error.message}", help="name another file") from None
        if found.log != self._log:
            raise StoreError("the audit file is another repository's", help="name another file")
        return found


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
