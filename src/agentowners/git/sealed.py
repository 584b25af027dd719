"""Reading a repository where nothing around it is trusted: git by its absolute path, and no variable of this process."""

from __future__ import annotations

import os
from typing import Final

from msgspec import Struct

from agentowners.diagnostics import Source
from agentowners.git.clone import HEADS, REMOTES
from agentowners.git.objects import Objects
from agentowners.git.revisions import Revision, policy_sources
from agentowners.git.run import Git, NoRepositoryError, Sealed
from agentowners.policy.builtin import POLICY_NAMES

_PLACES: Final = (
    "/usr/bin/git",
    "/usr/local/bin/git",
    "/bin/git",
    "/opt/homebrew/bin/git",
    "/run/current-system/sw/bin/git",
    "/opt/local/bin/git",
)
"""Path of git. The search path is the agent's to set, so it is not looked at."""
_STANDARD: Final = ("refs/heads/main", "refs/heads/master")


class BasePolicy(Struct, frozen=True):
    """The policy on the branch that changes are merged into."""

    ref: str
    """Full name of that branch; ``refs/heads/main`` where there is no commit."""
    sources: tuple[Source, ...] = ()
    commit: str = ""
    """Its commit; empty where there is none yet."""


def sealed_git(root: str, git_dir: str) -> Git:
    """The git of a work tree, given by absolute paths.

    Raises:
        NoRepositoryError: git is in none of the places where it is installed.
    """
    program = next((place for place in _PLACES if os.access(place, os.X_OK)), None)
    if program is None:
        raise NoRepositoryError("git is not installed", help=f"put it in one of {', '.join(_PLACES[:4])}")
    return Git(root, sealed=Sealed(program, git_dir))


def base_policy(git: Git, origin: str | None, head: str | None) -> BasePolicy:
    """The policy files on ``origin``'s default branch; without a remote on ``main``, ``master`` or what is checked out.

    Args:
        git: a sealed git.
        origin: full name, as on the server, of ``origin``'s default branch, where the clone knows it.
        head: full name of the branch that is checked out, where there is one.

    Raises:
        GitError: the repository cannot be read, or what stands at a policy's place is no file.
    """
    with Objects.of(git) as objects:
        for ref, name in _candidates(origin, head):
            commit = objects.commit(name)
            if commit is not None:
                revision = Revision(name, commit, ref)
                return BasePolicy(ref, policy_sources(objects, revision, POLICY_NAMES), commit)
    return BasePolicy(origin or head or _STANDARD[0])


def _candidates(origin: str | None, head: str | None) -> list[tuple[str, str]]:
    """Refs, each with the name to ask the clone for, best first."""
    remote = [origin] if origin is not None else list(_STANDARD)
    tracked = [(ref, f"{REMOTES}origin/{ref.removeprefix(HEADS)}") for ref in remote]
    return [*tracked, *((ref, ref) for ref in _STANDARD), (head or _STANDARD[0], "HEAD")]


def tracked_below(git: Git, path: str) -> tuple[str, ...]:
    """Paths of all files below a directory, or of the file, that the index holds; ``.`` is the whole work tree."""
    listed = git.run("ls-files", "-z", "--cached", "--full-name", "--", path)
    return tuple(dict.fromkeys(listed.decode("utf-8", "surrogateescape").split("\0")[:-1]))
