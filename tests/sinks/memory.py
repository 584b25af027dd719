"""A store in memory that answers as S3 does, and as it does not."""

from __future__ import annotations

import threading
from collections.abc import Callable

from agentowners.sinks.store import Listing, Made, ObjectVersions, StoreError

PAGE = 1000


class MemoryStore:
    """Objects with all of their versions; ``faults`` are asked before each request, by its name and the object's."""

    def __init__(self) -> None:
        self.kept: dict[str, list[bytes | None]] = {}
        """By name, every version; None is a mark of deletion."""
        self.requests: list[tuple[str, str]] = []
        self.heeds_condition = True
        self.keeps_versions = True
        self.fault: Callable[[str, str], str | None] = lambda request, key: None
        self._lock = threading.Lock()

    def listing(self, prefix: str) -> Listing:
        self._ask("list", prefix)
        folders, keys = set[str](), set[str]()
        for key in self._current():
            if key.startswith(prefix):
                below, slash, _ = key.removeprefix(prefix).partition("/")
                (folders if slash else keys).add(f"{prefix}{below}{slash}")
        found = sorted([*folders, *keys])[:PAGE]
        whole = len(folders) + len(keys) <= PAGE
        return Listing(tuple(f for f in found if f.endswith("/")), tuple(f for f in found if not f.endswith("/")), whole)

    def read(self, key: str) -> bytes | None:
        self._ask("read", key)
        return self._current().get(key)

    def create(self, key: str, data: bytes) -> Made:
        answer = self._ask("create", key, lost=False)
        if answer == "busy":
            return Made.UNSURE
        with self._lock:
            if self.heeds_condition and key in self._current():
                return Made.EXISTS
            versions = self.kept.setdefault(key, [])
            if not self.keeps_versions:
                versions.clear()
            versions.append(data)
        return Made.UNSURE if answer == "lost" else Made.CREATED

    def versions(self, prefix: str) -> list[ObjectVersions]:
        self._ask("versions", prefix)
        return [
            ObjectVersions(key, sum(version is not None for version in versions), None in versions)
            for key, versions in sorted(self.kept.items())
            if key.startswith(prefix)
        ]

    def put(self, key: str, data: bytes) -> None:
        """Write a version, whatever there is."""
        self.kept.setdefault(key, []).append(data)

    def delete(self, key: str) -> None:
        """Hide an object, as S3 does."""
        self.kept[key].append(None)

    def _current(self) -> dict[str, bytes]:
        return {key: versions[-1] for key, versions in list(self.kept.items()) if versions[-1] is not None}

    def _ask(self, request: str, key: str, *, lost: bool = True) -> str | None:
        self.requests.append((request, key))
        answer = self.fault(request, key)
        if answer is not None and (lost or answer == "down"):
            raise StoreError(f"the store does not answer: {answer}")
        return answer
