"""Which commit a revision is, which branch it names, and what the clone says about where it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentowners.git.objects import Objects
from agentowners.git.run import Git, GitError, text

_HEADS = "refs/heads/"
_REMOTES = "refs/remotes/"


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, by the name it was asked for."""

    name: str
    commit: str
    """40 or 64 hex digits."""
    branch: str | None = None
    """Full name of the branch it names (``refs/heads/main`` for ``origin/main`` too); None for a tag or a bare commit."""


def resolve(objects: Objects, name: str) -> Revision:
    """The commit that a revision names; its branch is left to ``branch_of``.

    Raises:
        GitError: there is no such commit in the clone.
    """
    commit = objects.commit(name)
    if commit is None:
        raise GitError(f"there is no revision `{name}` in this clone", help=_help(objects, name))
    return Revision(name, commit)


def _help(objects: Objects, name: str) -> str:
    if objects.commit(f"origin/{name}") is not None:
        return f"a remote branch has that name: write `origin/{name}`"
    return "fetch it first; in a workflow, check out with `fetch-depth: 0`"


def branch_of(git: Git, name: str) -> str | None:
    """Full name of the branch that a revision names, as it is called on the server; None where it names no branch."""
    full = text(git.run("rev-parse", "--symbolic-full-name", name, accept=(0, 128))).strip()
    if full.startswith(_HEADS):
        return full
    if full.startswith(_REMOTES):
        return _HEADS + full.removeprefix(_REMOTES).partition("/")[2]
    return None


def default_branch(git: Git) -> str | None:
    """Full name of the repository's default branch, as the clone remembers it; None where it does not."""
    target = text(git.run("for-each-ref", "--format=%(symref)", _REMOTES + "origin/HEAD")).strip()
    prefix = _REMOTES + "origin/"
    return _HEADS + target.removeprefix(prefix) if target.startswith(prefix) else None


def find_branch(objects: Objects, branch: str) -> Revision | None:
    """The commit at the tip of a branch given by its full name: the one fetched from ``origin``, else the local one."""
    for name in (_REMOTES + "origin/" + branch.removeprefix(_HEADS), branch):
        commit = objects.commit(name)
        if commit is not None:
            return Revision(name, commit, branch)
    return None


def top_level(git: Git) -> str | None:
    """The root of the work tree, None where there is none."""
    return text(git.run("rev-parse", "--show-toplevel", accept=(0, 128))).removesuffix("\n") or None


def origin_repository(git: Git) -> str | None:
    """``owner/name`` from the URL of the remote ``origin``; None where the URL does not have that form."""
    url = text(git.run("config", "--get", "remote.origin.url", accept=(0, 1))).strip()
    return repository_of(url)


_URL = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^/@\s]*@)?[^/\s:]+(?::\d+)?/|[^/@\s:]+@[^/\s:]+:)/?([\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


def repository_of(url: str) -> str | None:
    """``owner/name`` of a clone URL as GitHub writes it (https, ssh, or ``git@host:owner/name``)."""
    found = _URL.fullmatch(url)
    return found[1] if found is not None else None
