"""The commits of a range, and whether the clone holds all of them."""

from __future__ import annotations

from agentowners.git.run import Git, GitError, text
from agentowners.identity.commits import Commit

_FIELDS = ("%H", "%an", "%ae", "%cn", "%ce", "%B")


def commits_between(git: Git, base: str, head: str) -> tuple[Commit, ...]:
    """Every commit that a head has and a base has not, through all parents of merges; newest first. Nothing is proved."""
    raw = git.run(
        "log",
        "-z",
        "--no-patch",
        "--no-color",
        "--no-decorate",
        "--no-notes",
        "--encoding=UTF-8",
        "--format=tformat:" + "%x00".join(_FIELDS),
        f"{base}..{head}",
        "--",
    )
    fields = [text(field) for field in raw.split(b"\0")[:-1]]
    if len(fields) % len(_FIELDS) != 0:
        raise GitError("git's list of commits has a form that is not understood")
    rows = (fields[at : at + len(_FIELDS)] for at in range(0, len(fields), len(_FIELDS)))
    return tuple(
        Commit(sha=sha, author_name=name, author_email=email, committer_name=by, committer_email=by_email, message=message)
        for sha, name, email, by, by_email, message in rows
    )


def check_complete(git: Git, base: str, head: str) -> None:
    """See to it that a shallow clone hides nothing of a range.

    A clone is cut at its boundary commits. Where each of them is behind both ends, what is hidden is older than the merge base;
    where one is behind a single end, commits, and so contributors, may be missing, and the merge base may be the wrong one.

    Raises:
        GitError: something of the range may be hidden.
    """
    said = text(git.run("rev-parse", "--is-shallow-repository", "--git-path", "shallow"))
    shallow, path = said.removesuffix("\n").split("\n", 1)
    if shallow == "false":
        return
    with open(git.path(path), encoding="ascii") as boundary_file:
        boundary = set(boundary_file.read().split())
    if boundary.intersection(text(git.run("rev-list", f"{base}...{head}", "--")).split()):
        raise GitError(
            "this clone is shallow and does not hold every commit of the range",
            help="fetch the whole history: `git fetch --unshallow`, or check out with `fetch-depth: 0`",
        )
