"""Which commit a revision is, and the policy files as they stand on it; the work tree is never looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from agentowners.diagnostics import Source
from agentowners.git.clone import HEADS, REMOTES
from agentowners.git.objects import GitEntry, Objects
from agentowners.git.run import GitError, text


class Revision(Struct, frozen=True):
    """A commit, by the name it was asked for."""

    name: str
    commit: str
    """40 or 64 hex digits."""
    branch: str | None = None
    """Full name of the branch that it is known to be the tip of."""


def resolve(objects: Objects, name: str) -> Revision:
    """The commit that a revision names.

    Raises:
        GitError: there is no such commit in the clone, or the name is a tag's and a branch's. (git would take the tag, and
            whoever may push one could choose what ``origin/main`` is.)
    """
    commit = objects.commit(name)
    if commit is None:
        raise GitError(f"there is no revision `{name}` in this clone", help=_help(objects, name))
    ref = _SUFFIX.split(name, maxsplit=1)[0]
    places = () if ref.startswith("refs/") or not ref else (place.format(ref) for place in _PLACES)
    names = [full for full in places if objects.commit(full) is not None]
    if len(names) > 1:
        raise GitError(f"`{name}` may mean `{names[0]}` or `{names[-1]}`", help="write the full name of the one that is meant")
    return Revision(name, commit)


_SUFFIX: Final = re.compile(r"[~^]|@\{")
"""Suffix that leads on from a name, as in ``main~2``."""
_PLACES: Final = ("refs/{}", "refs/tags/{}", HEADS + "{}", REMOTES + "{}", REMOTES + "{}/HEAD")
"""Prefixes that git tries for a short name, in its order. Source: https://git-scm.com/docs/gitrevisions"""


def _help(objects: Objects, name: str) -> str:
    if objects.commit(f"origin/{name}") is not None:
        return f"a remote branch has that name: write `origin/{name}`"
    if name == "HEAD":
        return "this branch has no commit yet: make one, or name another revision"
    return "`git branch --all` lists the branches; what is missing can be fetched, in a workflow with `fetch-depth: 0`"


def find_branch(objects: Objects, branch: str) -> Revision | None:
    """The commit at the tip of a branch given by its full name: the one fetched from ``origin``, else the local one."""
    for name in (REMOTES + "origin/" + branch.removeprefix(HEADS), branch):
        commit = objects.commit(name)
        if commit is not None:
            return Revision(name, commit, branch)
    return None


def policy_sources(objects: Objects, revision: Revision, names: Sequence[str]) -> tuple[Source, ...]:
    """The files among ``names`` (paths from the repository's root) that a commit has, in that order.

    Raises:
        GitError: one of them is there and is not a plain file.
    """
    trees: dict[str, dict[bytes, GitEntry]] = {}
    sources: list[Source] = []
    for name in names:
        folder, _, base = name.rpartition("/")
        if folder not in trees:
            trees[folder] = objects.tree(f"{revision.commit}:{folder}")
        entry = trees[folder].get(base.encode("utf-8", "surrogateescape"))
        if entry is None:
            continue
        if not entry.mode.startswith(b"100"):
            raise GitError(f"`{name}` is {_what(entry.mode)}, not a file", help="put the policy itself there")
        sources.append(Source(name, objects.blob(entry.oid), revision.branch or revision.commit, revision.commit))
    return tuple(sources)


def _what(mode: bytes) -> str:
    known = {"120000": "a symbolic link", "160000": "a submodule", "040000": "a directory", "40000": "a directory"}
    return known.get(text(mode)) or f"of mode {text(mode)}"
