"""Commits, trees and files of a repository by name, through one ``git cat-file --batch``."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from agentowners.git.run import Git, GitError, failure, pipe, text


class GitEntry(NamedTuple):
    """One name in a tree."""

    mode: bytes
    """As git writes it: ``100644``, ``120000`` for a symbolic link, ``40000`` for a tree, ``160000`` for a submodule."""
    oid: str


class Objects:
    """A conversation with git about objects."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Talk to a running ``git cat-file --batch``."""
        self._process = process
        self._ask = pipe(process.stdin)
        self._answer = pipe(process.stdout)

    @classmethod
    @contextmanager
    def of(cls, git: Git) -> Iterator[Objects]:
        """Open the conversation; it ends with the block."""
        with git.open("cat-file", "--batch", talk=True) as process:
            yield cls(process)

    def commit(self, revision: str) -> str | None:
        """The id of the commit that a revision names, None where it names none.

        Raises:
            GitError: the revision is not one that git could be asked about.
        """
        if revision == "" or revision.startswith("-") or not revision.isprintable() or ".." in revision:
            raise GitError(f"`{revision}` is not a revision", help="name a branch, a tag or a commit")
        entry = self._get(f"{revision}^{{commit}}")
        return entry[0] if entry is not None else None

    def tree(self, name: str) -> dict[bytes, GitEntry]:
        """The entries of a tree, none where ``name`` is no tree."""
        entry = self._get(name)
        return _entries(entry[2], len(entry[0]) // 2) if entry is not None and entry[1] == "tree" else {}

    def blob(self, oid: str) -> bytes:
        """The content of a file.

        Raises:
            GitError: the repository does not have it.
        """
        entry = self._get(oid)
        if entry is None or entry[1] != "blob":
            raise GitError(f"the file with id {oid} is missing from this clone", help="fetch the whole of it")
        return entry[2]

    def _get(self, name: str) -> tuple[str, str, bytes] | None:
        try:
            self._ask.write(name.encode("utf-8", "surrogateescape") + b"\n")
            self._ask.flush()
        except BrokenPipeError:
            raise self._gone() from None
        header = self._answer.readline()
        if header.endswith(b" missing\n"):
            return None
        words = text(header).split()
        if len(words) != 3:
            raise self._gone()
        oid, kind, size = words
        data = self._answer.read(int(size))
        if len(data) != int(size) or self._answer.read(1) != b"\n":
            raise self._gone()
        return oid, kind, data

    def _gone(self) -> GitError:
        _, err = self._process.communicate()
        return failure(err, ("cat-file",))


def _entries(data: bytes, oid_size: int) -> dict[bytes, GitEntry]:
    entries: dict[bytes, GitEntry] = {}
    at = 0
    while at < len(data):
        blank, end = data.index(b" ", at), data.index(b"\0", at)
        entries[data[blank + 1 : end]] = GitEntry(data[at:blank], data[end + 1 : end + 1 + oid_size].hex())
        at = end + 1 + oid_size
    return entries
