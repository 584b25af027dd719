"""Which repositories hold a path: every one whose work tree has it, from the path's place upward."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from agentowners.diagnostics import AgentownersError

_MOST: Final = 64 << 10
"""Bytes of a file that points somewhere; such files hold one line."""


class Repository(Struct, frozen=True):
    """A work tree and the directory of its repository."""

    root: str
    """Absolute path, without links."""
    git_dir: str
    """Directory that this work tree has of its own: ``HEAD``, the index."""
    common_dir: str
    """Directory that all work trees of the repository share: objects and refs."""


class Repositories:
    """Looks repositories up, each directory once."""

    def __init__(self) -> None:
        self._known: dict[str, Repository | None] = {}
        self._above: dict[str, tuple[tuple[Repository, str], ...]] = {}

    def holding(self, path: str, *, directory: bool = True) -> list[tuple[Repository, str]]:
        """The repositories that hold an absolute path, the innermost first, each with the path from its root (``.`` is the root).

        A directory called ``.git`` that git would not take for a repository is none.

        Args:
            path: the path.
            directory: False if it is known that no directory stands there.
        """
        above = path[: path.rfind("/")] or "/"
        repositories = self._above.get(above)
        if repositories is None:
            repositories = self._above[above] = tuple(self._found(above))
        if directory:
            repository = self._at(path)
            repositories = (*([] if repository is None else [(repository, path)]), *(repositories if path != "/" else ()))
        return [(each, path[len(place) :].lstrip("/") or ".") for each, place in repositories]

    def _found(self, place: str) -> Iterator[tuple[Repository, str]]:
        """The repositories at a directory and above it, each with its place."""
        while True:
            repository = self._at(place)
            if repository is not None:
                yield repository, place
            if place == "/":
                return
            place = os.path.dirname(place)

    def _at(self, place: str) -> Repository | None:
        if place not in self._known:
            self._known[place] = _repository(place)
        return self._known[place]


def repository_here(directory: str | None = None, *, help: str = "run it inside a clone") -> Repository:
    """The innermost repository that holds a directory, by default the current one.

    Raises:
        AgentownersError: there is none; ``help`` says what to do then.
    """
    holding = Repositories().holding(os.path.realpath(directory or os.getcwd()))
    if not holding:
        raise AgentownersError("this is not a git repository", help=help)
    return holding[0][0]


def _repository(place: str) -> Repository | None:
    git = os.path.join(place, ".git").encode("utf-8", "surrogateescape")
    if not os.path.exists(git):
        return None
    if os.path.isfile(git):
        line = _first_line(git)
        if not line.startswith(b"gitdir: "):
            return None
        git = os.path.join(os.path.dirname(git), line[len(b"gitdir: ") :])
    if not os.path.isfile(os.path.join(git, b"HEAD")) and not os.path.islink(os.path.join(git, b"HEAD")):
        return None
    common = _first_line(os.path.join(git, b"commondir"))
    shared = os.path.join(git, common) if common else git
    if not os.path.isdir(os.path.join(shared, b"objects")):
        return None
    root = os.path.realpath(place.encode("utf-8", "surrogateescape"))
    paths = (root, os.path.realpath(git), os.path.realpath(shared))
    return Repository(*(path.decode("utf-8", "surrogateescape") for path in paths))


def _first_line(path: bytes) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST).split(b"\n")[0].rstrip(b"\r")
    except OSError:
        return b""


def head_branch(repository: Repository) -> str | None:
    """Full name of the branch that is checked out; None where it is none, or the repository does not keep it in a file."""
    return symbolic(os.path.join(repository.git_dir, "HEAD"))


def origin_branch(repository: Repository) -> str | None:
    """Full name, as on the server, of ``origin``'s default branch; None where the clone does not know it."""
    prefix = "refs/remotes/origin/"
    target = symbolic(os.path.join(repository.common_dir, prefix + "HEAD"))
    return None if target is None or not target.startswith(prefix) else "refs/heads/" + target.removeprefix(prefix)


def symbolic(path: str) -> str | None:
    """The full name of the ref that a ref in a file points to."""
    line = _first_line(path.encode("utf-8", "surrogateescape"))
    name = line.removeprefix(b"ref: ").strip().decode("utf-8", "surrogateescape")
    valid = line.startswith(b"ref: ") and name.startswith("refs/") and name.isprintable() and name != "refs/heads/.invalid"
    return name if valid else None
