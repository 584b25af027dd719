"""Commits that one commit has and another has not, and where the two part."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from agentowners.git.clone import Clone
from agentowners.git.run import PLAIN_LOG, Git, GitError, text
from agentowners.identity.commits import Commit

COMMIT_FIELDS: Final = ("%H", "%an", "%ae", "%cn", "%ce", "%B")
"""Fields of a commit, for ``commit_of``."""
_FIELDS: Final = ("%m", *COMMIT_FIELDS)
_WHOLE = "fetch the whole history: `git fetch --unshallow`, or check out with `fetch-depth: 0`"


class History(Struct, frozen=True):
    """A head seen from a base."""

    commits: tuple[Commit, ...]
    """Every commit that the head has and the base has not, through all parents of merges; newest first. Nothing is proved."""
    bases: tuple[str, ...]
    """Every best common ancestor: the base itself, unless the two went apart."""


def history_between(git: Git, clone: Clone, base: str, head: str) -> History:
    """Read what lies between two commits.

    A shallow clone is cut at its boundary commits. Where each of them is behind both ends, what is hidden is older than the
    common ancestor; where one is behind a single end, commits, and so contributors, may be missing, and the ancestor be wrong.

    Raises:
        GitError: the two have no common ancestor, or the clone may hide part of what lies between them.
    """
    rows = _log(git, f"{base}...{head}")
    if any(row[1] in clone.boundary for row in rows):
        raise GitError("this clone is shallow and does not hold every commit of the range", help=_WHOLE)
    commits = tuple(commit_of(row[1:]) for row in rows if row[0] == ">")
    if len(commits) == len(rows):
        return History(commits, (base,))
    if not commits:
        return History((), (head,))
    return History(commits, _merge_bases(git, base, head))


def recent_commits(git: Git, revision: str, limit: int) -> tuple[Commit, ...]:
    """The newest commits of a history, at most so many; in a shallow clone those that it has. Nothing is proved.

    Raises:
        GitError: there is no such revision.
    """
    return tuple(commit_of(row[1:]) for row in _log(git, revision, f"--max-count={limit}"))


def commit_of(row: list[str]) -> Commit:
    """A commit of its fields, as git lists them. Nothing is proved."""
    sha, name, email, by, by_email, message = row
    return Commit(sha=sha, author_name=name, author_email=email, committer_name=by, committer_email=by_email, message=message)


def _log(git: Git, revisions: str, *options: str) -> list[list[str]]:
    shape = ("--left-right", "--no-patch", "--encoding=UTF-8", f"--format=tformat:{'%x00'.join(_FIELDS)}")
    raw = git.run(*PLAIN_LOG, *options, *shape, revisions, "--")
    fields = [text(field) for field in raw.split(b"\0")[:-1]]
    if len(fields) % len(_FIELDS) != 0:
        raise GitError("git's list of commits has a form that is not understood")
    return [fields[at : at + len(_FIELDS)] for at in range(0, len(fields), len(_FIELDS))]


def _merge_bases(git: Git, base: str, head: str) -> tuple[str, ...]:
    bases = text(git.run("merge-base", "--all", base, head, accept=(0, 1))).split()
    if not bases:
        raise GitError(f"{base[:7]} and {head[:7]} have no common ancestor in this clone", help=_WHOLE)
    return tuple(bases)
