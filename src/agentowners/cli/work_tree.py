"""The policy files that an author is working on: as they stand on disk, saved but perhaps not committed."""

from __future__ import annotations

import os
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from agentowners.cli.output import complain
from agentowners.cli.policies import from_disk
from agentowners.cli.unread import misnamed_on_disk, nested, refuse_misnamed, unread_remarks
from agentowners.diagnostics import AgentownersError, Source
from agentowners.git.clone import top_level
from agentowners.git.run import Git, NoRepositoryError
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.report.shared.escape import for_terminal


class WorkTree(Struct, frozen=True):
    """A directory with policies in it: the root of a work tree, or the current directory where there is no repository."""

    root: str
    """Absolute path."""
    is_repository: bool

    def path(self, name: str) -> str:
        """Path on disk of a file of the repository."""
        return os.path.join(self.root, *name.split("/"))

    def refuse_links(self, name: str) -> None:
        """Make sure that a path of the repository leads where it says: whoever wrote the repository may have put a symbolic link
        there, which leads out of it, and which the gate does not follow. Outside of a repository nobody else wrote it.

        Raises:
            AgentownersError: the path, or a directory above it, is a symbolic link.
        """
        parts = name.split("/") if self.is_repository else []
        for end in range(1, len(parts) + 1):
            place = "/".join(parts[:end])
            if os.path.islink(self.path(place)):
                what = "the file itself" if end == len(parts) else "a directory"
                raise AgentownersError(f"`{place}` is a symbolic link", help=f"put {what} in its place")

    def read(self, name: str) -> Source:
        """A policy, or another file of the repository, by its path from the root.

        Raises:
            AgentownersError: it cannot be read, or is no file.
        """
        self.refuse_links(name)
        place = self.path(name)
        if os.path.lexists(place) and not os.path.isfile(place):
            raise AgentownersError(f"`{name}` is not a file", help="put the file itself there")
        return replace(from_disk([place])[0], path=name)


class PolicyFile(Struct, frozen=True):
    """A policy file on disk."""

    source: Source
    """Its path is the name by which people know it: as given on the command line, else from the repository's root."""
    place: str
    """Its path on disk."""


def find_work_tree(git: Git) -> WorkTree:
    """The work tree around the current directory, or the current directory itself."""
    top = _top(git)
    return WorkTree(os.path.abspath(top if top is not None else os.curdir), top is not None)


def find_policies(
    tree: WorkTree, named: Sequence[str] = (), *, required: bool = True, remarks: list[str] | None = None
) -> tuple[PolicyFile, ...]:
    """The policy files that are named, else every one that stands in the work tree under a policy's name.

    Args:
        tree: where to look.
        named: paths of files on disk.
        required: whether there has to be one.
        remarks: takes a line about each file that is meant as a policy and not read; without it these go to standard error.

    Raises:
        AgentownersError: one of them cannot be read, or one is required and there is none, or the only ones have wrong names.
    """
    if named:
        return tuple(PolicyFile(source, source.path) for source in from_disk(named))
    places = {name: tree.path(name) for name in POLICY_NAMES}
    found = [(name, place) for name, place in places.items() if os.path.lexists(place)]
    misnamed = misnamed_on_disk(tree.root)
    if not found:
        refuse_misnamed(misnamed)
    if not found and required:
        where = "repository" if tree.is_repository else "directory"
        raise AgentownersError(
            f"there is no policy in this {where}", help="`agentowners init` writes one; `--policy-file` names one elsewhere"
        )
    lines = unread_remarks([*misnamed, *(nested(Git(tree.root)) if tree.is_repository else ())])
    if remarks is not None:
        remarks += lines
    elif lines:
        complain("".join(f"note: {for_terminal(line)}\n" for line in lines))
    return tuple(PolicyFile(tree.read(name), place) for name, place in found)


def _top(git: Git) -> str | None:
    try:
        return top_level(git)
    except NoRepositoryError:  # git is not installed, and policies are text all the same
        return None
