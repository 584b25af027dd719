"""Which commit a revision is."""

from __future__ import annotations

from agentowners.git.clone import HEADS, REMOTES
from agentowners.git.objects import Objects
from agentowners.git.run import GitError
from agentowners.records import record


@record
class Revision:
    """A commit, by the name it was asked for."""

    name: str
    commit: str
    """40 or 64 hex digits."""
    branch: str | None = None
    """Full name of the branch that it is known to be the tip of."""


def resolve(objects: Objects, name: str) -> Revision:
    """The commit that a revision names.

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


def find_branch(objects: Objects, branch: str) -> Revision | None:
    """The commit at the tip of a branch given by its full name: the one fetched from ``origin``, else the local one."""
    for name in (REMOTES + "origin/" + branch.removeprefix(HEADS), branch):
        commit = objects.commit(name)
        if commit is not None:
            return Revision(name, commit, branch)
    return None
