"""Which files a repository has."""

from __future__ import annotations

from agentowners.change.model import Kind
from agentowners.git.diff import kind_of
from agentowners.git.revisions import Revision
from agentowners.git.run import Git, text


def tracked_files(git: Git) -> tuple[str, ...]:
    """Paths of all files that the index of the work tree holds, in git's order; ``git`` runs in the root of the work tree."""
    return _paths(git.run("ls-files", "-z", "--cached"))


def files_at(git: Git, revision: Revision) -> tuple[str, ...]:
    """Paths of all files of a commit, from the repository's root, in git's order."""
    return _paths(git.run("ls-tree", "-r", "-z", "--full-tree", "--name-only", revision.commit))


def tracked_kinds(git: Git) -> dict[str, Kind]:
    """Every path that the index of the work tree holds, with what is there; ``git`` runs in the root of the work tree."""
    entries = text(git.run("ls-files", "-z", "--cached", "--stage")).split("\0")[:-1]
    rows = (entry.split("\t", 1) for entry in entries)
    return {path: kind_of(fields[:6]) for fields, path in rows}


def _paths(listed: bytes) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text(listed).split("\0")[:-1]))
