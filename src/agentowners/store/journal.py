"""The local journal of tool calls: one JSON line for each. It is no evidence: whoever runs the agent can edit it."""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from _thread import allocate_lock  # what `threading` adds costs a hook's start-up
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from agentowners.store.machine import digest, state_directory

MAX_BYTES: Final = 10 << 20
"""A journal that is longer begins again."""
KEPT: Final = 3
"""Older journals that are kept."""
PATIENCE: Final = 0.05
"""Seconds to wait for another call that writes."""
_NAME: Final = "journal.jsonl"
_MOST_TOLD: Final = 1_000
_MOST_WAITING: Final = 1_000
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))


def append(directory: str, *entries: Mapping[str, Any]) -> bool:
    """Add a line for each entry, and say whether they were written: the decisions stand either way."""
    line = b"".join([_ENCODER.encode(entry).encode("ascii") + b"\n" for entry in entries])
    path = os.path.join(directory, _NAME)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        lock = os.open(os.path.join(directory, "lock"), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return False
    try:
        if not _locked(lock):
            return False
        if _size(path) + len(line) > MAX_BYTES:
            _rotate(path)
        descriptor = os.open(path, flags, 0o600)
        try:
            return os.write(descriptor, line) == len(line)
        finally:
            os.close(descriptor)
    except OSError:
        return False
    finally:
        os.close(lock)


def entries(directory: str) -> Iterator[dict[str, Any]]:
    """The lines that can be read, newest first."""
    for number in range(KEPT + 1):
        try:
            with open(_numbered(os.path.join(directory, _NAME), number), "rb") as file:
                lines = file.read().splitlines()
        except OSError:
            continue
        for line in reversed(lines):
            with contextlib.suppress(ValueError, RecursionError):
                value = json.loads(line, parse_float=_finite, parse_constant=_finite)
                if isinstance(value, dict):
                    yield value


def _finite(text: str) -> float:
    """A number that JSON has, unlike ``NaN``."""
    if not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


def first_time(directory: str, session: str, what: str) -> bool:
    """True if a session is told something for the first time; where that cannot be kept, it is."""
    folder = os.path.join(directory, "told")
    name = digest(f"{session}\0{what}".encode("utf-8", "surrogatepass"))[:24]
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        os.close(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    except OSError:
        return True
    _forget(folder)
    return True


def _forget(folder: str) -> None:
    names = os.listdir(folder)
    if len(names) > _MOST_TOLD:
        with contextlib.suppress(OSError):
            for name in names:
                os.unlink(os.path.join(folder, name))


def _locked(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # no such locks on Windows: two writers at once may mix their lines there
        return True
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        else:
            return True


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _rotate(path: str) -> None:
    for number in range(KEPT, 0, -1):
        with contextlib.suppress(FileNotFoundError):
            os.replace(_numbered(path, number - 1), _numbered(path, number))


def _numbered(path: str, number: int) -> str:
    return path if number == 0 else f"{path}.{number}"


class JournalBatch:
    """Lines that are not written yet, each made when it is written: whoever waits for an answer does not wait for its line."""

    def __init__(self) -> None:
        self._lines: dict[str, list[Callable[[], Mapping[str, Any]]]] = {}
        self._turn = allocate_lock()
        """Held until lines are on disk, so that those of another thread come after them."""

    def add(self, common_dir: str, entry: Callable[[], Mapping[str, Any]]) -> None:
        """Keep a line for the journal of the repository with this common git directory."""
        with self._turn:
            if len(self._lines.get(common_dir, ())) >= _MOST_WAITING:
                self._write()  # before this line is added, of which the next one to write is told
            self._lines.setdefault(common_dir, []).append(entry)

    def write(self) -> bool:
        """Write all that was added, and say whether it was: what cannot be written is lost, and the decisions stand."""
        with self._turn:
            return self._write()

    def _write(self) -> bool:
        lines, self._lines = self._lines, {}
        written = [_written(common_dir, entries) for common_dir, entries in lines.items()]  # of each, whatever became of others
        return all(written)


def _written(common_dir: str, entries: Sequence[Callable[[], Mapping[str, Any]]]) -> bool:
    directory = state_directory(common_dir)
    return directory is not None and append(directory, *(entry() for entry in entries))
