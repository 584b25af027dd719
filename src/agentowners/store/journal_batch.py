"""Lines for the journals of several repositories, written together: a long session decides many calls at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agentowners.store.journal import append
from agentowners.store.machine import state_directory


class JournalBatch:
    """Lines that are not written yet."""

    def __init__(self) -> None:
        self._lines: dict[str, list[Mapping[str, Any]]] = {}
        self.written = True
        """False if lines were lost when some were written last."""

    def add(self, common_dir: str, entry: Mapping[str, Any]) -> None:
        """Keep a line for the journal of the repository with this common git directory."""
        self._lines.setdefault(common_dir, []).append(entry)

    def write(self) -> None:
        """Write all that was added; what cannot be written is lost, and the decisions stand."""
        lines, self._lines = self._lines, {}
        written = [_written(common_dir, entries) for common_dir, entries in lines.items()]
        self.written = all(written) if written else self.written


def _written(common_dir: str, entries: Sequence[Mapping[str, Any]]) -> bool:
    directory = state_directory(common_dir)
    return directory is not None and append(directory, *entries)
