"""What git says changed between two commits, with renames, and each file's patch the way GitHub cuts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.github_server.gitstore import GitStore

STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One changed file; `patch` holds hunks only, None where git shows none (binary, mode only, pure rename)."""

    status: str
    path: bytes
    previous: bytes | None
    mode: str
    sha: str
    additions: int
    deletions: int
    patch: bytes | None


class Differ:
    """Diffs of one repository, remembered by their two ends."""

    def __init__(self, store: GitStore) -> None:
        self.store = store
        self._known: dict[tuple[str, str], list[FileDiff]] = {}

    def diff(self, old: str, new: str) -> list[FileDiff]:
        """The changed files in git's order (bytes of the path)."""
        if (old, new) not in self._known:
            self._known[old, new] = self._compute(old, new)
        return self._known[old, new]

    def _compute(self, old: str, new: str) -> list[FileDiff]:
        options = ("-r", "-M", "-l0", "--no-color", "--no-ext-diff", "--no-textconv")
        # one NUL more than ends the last field is before the patches
        whole = self.store.git("diff-tree", *options, "--no-abbrev", "--raw", "--numstat", "-p", "-z", old, new)
        if not whole:
            return []
        summary, _, patches = whole.partition(b"\0\0diff --git ")
        if b"\n" in summary:
            # a line end in a path is as it is in what came with -z, and quoted without
            patches = self.store.git("diff-tree", *options, "-p", old, new).removeprefix(b"diff --git ")
        entries, counts = _parse_summary(summary + b"\0")
        split = _split_patches(b"diff --git " + patches)
        found = []
        for (status, modes, shas, path, previous), (additions, deletions) in zip(entries, counts, strict=True):
            # git spells a change of type as a removal and an addition
            sections = [next(split) for _ in range(2 if status == "T" else 1)]
            patch = b"\n".join(section for section in sections if section) or None
            removed = status == "D"
            mode, sha = (modes[0], shas[0]) if removed else (modes[1], shas[1])
            found.append(FileDiff(STATUS[status], path, previous, mode, sha, additions, deletions, patch))
        return found


Raw = tuple[str, tuple[str, str], tuple[str, str], bytes, bytes | None]


def _parse_summary(output: bytes) -> tuple[list[Raw], list[tuple[int, int]]]:
    fields = iter(output.split(b"\0")[:-1])
    entries: list[Raw] = []
    counts: list[tuple[int, int]] = []
    for field in fields:
        if field.startswith(b":"):
            old_mode, new_mode, old_sha, new_sha, status = field[1:].decode().split()
            path, previous = next(fields), None
            if status[0] in "RC":
                path, previous = next(fields), path
            entries.append((status[0], (old_mode, new_mode), (old_sha, new_sha), path, previous))
        else:
            added, deleted, path = field.split(b"\t", 2)
            if not path:
                next(fields), next(fields)
            counts.append((0, 0) if added == b"-" else (int(added), int(deleted)))
    return entries, counts


def _split_patches(output: bytes) -> Iterator[bytes | None]:
    # only headers begin a line with "diff --git": every line of content has a mark before it
    for section in re.split(rb"^diff --git ", output, flags=re.MULTILINE)[1:]:
        start = re.search(rb"^@@ ", section, flags=re.MULTILINE)
        yield section[start.start() :].removesuffix(b"\n") if start else None
