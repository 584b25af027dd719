"""Logs as they are kept: in a bucket, or in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from agentowners.audit.chain import StoredEntry
from agentowners.audit.entry import MAX_ENTRY, EntryError, EntryPlace, place_of, read_entry
from agentowners.sinks.store import ObjectStore, ObjectVersions, StoreError


class KeptLogs(Struct, frozen=True):
    """Every log below a prefix, and what is none."""

    logs: dict[str, list[tuple[EntryPlace, ObjectVersions]]]
    """By name, in the order of epochs and numbers."""
    strangers: tuple[str, ...]
    """Names of objects that are no entry's."""


def kept_logs(store: ObjectStore, prefix: str) -> KeptLogs:
    """Look for logs in a bucket.

    Raises:
        StoreError: it cannot be looked at.
    """
    logs: dict[str, list[tuple[EntryPlace, ObjectVersions]]] = {}
    strangers = []
    for kept in store.versions(f"{prefix}/" if prefix else ""):
        place = place_of(kept.key, prefix)
        if place is None:
            strangers.append(kept.key)
        else:
            logs.setdefault(place.log, []).append((place, kept))
    for entries in logs.values():
        entries.sort(key=lambda entry: (entry[0].epoch, entry[0].number))
    return KeptLogs(logs, tuple(strangers))


def stored_entries(store: ObjectStore, entries: list[tuple[EntryPlace, ObjectVersions]]) -> Iterator[StoredEntry]:
    """The entries of a log, read one by one.

    Raises:
        StoreError: one cannot be read.
    """
    for place, kept in entries:
        yield StoredEntry(place, kept.written, kept.marked, store.read(kept.key))


def file_entries(path: Path) -> tuple[str, list[StoredEntry]]:
    """The log in a file: its name, and its lines.

    Raises:
        StoreError: it cannot be read, or does not begin with an entry.
    """
    try:
        with path.open("rb") as file:
            lines = [line.removesuffix(b"\n") for line in iter(lambda: file.readline(MAX_ENTRY), b"")]
    except OSError as error:
        raise StoreError(f"`{path}` cannot be read: {error.strerror}") from None
    try:
        first = read_entry(lines[0] if lines else b"")
    except EntryError as error:
        raise StoreError(f"`{path}` is not an audit log: {error.message}") from None
    numbers = range(first.number, first.number + len(lines))
    return first.log, [StoredEntry(EntryPlace(first.log, 0, n), 1, False, line) for n, line in zip(numbers, lines, strict=True)]
