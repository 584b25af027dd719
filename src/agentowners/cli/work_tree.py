"""The work tree: policy files as they stand on disk, saved but perhaps not committed, and paths as people type them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Kind
from agentowners.cli.policies import from_disk, misnamed_on_disk, nested, refuse_misnamed, unread_remarks
from agentowners.cli.shell import UsageError, complain
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

    def names(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Paths of files on disk as the repository knows them, so that policies which are named there are protected."""
        if not self.is_repository:
            return tuple(paths)
        root = os.path.realpath(self.root)
        return tuple(os.path.relpath(os.path.realpath(path), root).replace(os.sep, "/") for path in paths)

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
        """A policy, or another file of the repository, by its path from the root."""
        self.refuse_links(name)
        place = self.path(name)
        if os.path.lexists(place) and not os.path.isfile(place):
            raise AgentownersError(f"`{name}` is not a file", help="put the file itself there")
        return replace(from_disk([place])[0], path=name)


class FileOnDisk(Struct, frozen=True):
    """A policy, or test cases, on disk."""

    source: Source
    """Its path is the name by which people know it: as given on the command line, else from the repository's root."""
    place: str
    """Its path on disk."""


def find_work_tree(git: Git) -> WorkTree:
    """The work tree around the current directory, or the current directory itself."""
    top = None
    with suppress(NoRepositoryError):  # git is not installed, and policies are text all the same
        top = top_level(git)
    return WorkTree(os.path.abspath(top if top is not None else os.curdir), top is not None)


def find_clone(help: str = "run it inside a clone") -> WorkTree:
    """The work tree around the current directory; where there is none, that is an error with this way out."""
    tree = find_work_tree(Git())
    if not tree.is_repository:
        raise NoRepositoryError("this is not the work tree of a git repository", help=help)
    return tree


def find_policies(
    tree: WorkTree, named: Sequence[str] = (), *, required: bool = True, remarks: list[str] | None = None
) -> tuple[FileOnDisk, ...]:
    """The policy files that are named by their paths on disk, else every one in the work tree under a policy's name.

    ``remarks`` takes a line about each file that is meant as a policy and not read; without it these go to standard error.

    Raises:
        AgentownersError: one of them cannot be read, or one is required and there is none, or the only ones have wrong names.
    """
    if named:
        return tuple(FileOnDisk(source, source.path) for source in from_disk(named))
    places = {name: tree.path(name) for name in POLICY_NAMES}
    files = [(name, place) for name, place in places.items() if os.path.lexists(place)]
    misnamed = misnamed_on_disk(tree.root)
    if not files:
        refuse_misnamed(misnamed)
    if not files and required:
        where = "repository" if tree.is_repository else "directory"
        raise AgentownersError(
            f"there is no policy in this {where}", help="`agentowners init` writes one; `--policy-file` names one elsewhere"
        )
    lines = unread_remarks([*misnamed, *(nested(Git(tree.root)) if tree.is_repository else ())])
    if remarks is not None:
        remarks += lines
    elif lines:
        complain("".join(f"note: {for_terminal(line)}\n" for line in lines))
    return tuple(FileOnDisk(tree.read(name), place) for name, place in files)


def repository_path(tree: WorkTree, typed: str) -> str:
    """The path from the repository's root of what was typed in the current directory.

    A path is read from the root, as git prints paths; one that begins with ``./`` or ``../``, from the current directory, as git
    reads them; an absolute one is what it is. Nothing has to exist.

    Raises:
        UsageError: it is empty, outside of the repository, a directory, or may mean a file here or another at the root.
    """
    if typed == "":
        raise UsageError("a path is empty", help="name a file from the repository's root")
    if "\0" in typed:
        raise UsageError("a path holds a NUL")
    if typed.endswith("/") or typed in (".", ".."):
        raise UsageError(f"`{typed}` is a directory", help=_in_it(typed))
    here = os.path.realpath(os.curdir)
    root = os.path.realpath(tree.root)
    if typed.startswith(("/", "./", "../")):
        path = _from(root, os.path.join(here, typed))
        if path is None:
            help = f"its root is `{root}`"
            if typed.startswith("/") and os.path.lexists(os.path.join(root, typed.strip("/"))):
                help = f"write paths without the slash at the start: `{typed.strip('/')}`"
            raise UsageError(f"`{typed}` is not in the repository", help=help)
    else:
        if any(segment in ("", ".", "..") for segment in typed.split("/")):
            raise UsageError(
                f"`{typed}` is not a plain path", help="write it from the repository's root, without `.`, `..` and `//`"
            )
        path = typed
        if here != root and os.path.lexists(os.path.join(here, typed)):
            at_root = os.path.relpath(os.path.join(root, typed), here)
            raise UsageError(
                f"`{typed}` may be the one in this directory or the one at the repository's root",
                help=f"write `./{typed}` for the one here, `{at_root}` for the other",
            )
    if os.path.isdir(os.path.join(root, path)) and kind_at(tree, path) is Kind.FILE:
        raise UsageError(f"`{typed}` is a directory", help=_in_it(typed))
    return path


def kind_at(tree: WorkTree, path: str) -> Kind:
    """Kind of the entry at a path of the work tree: a link, a submodule (directory rules match both), or a file."""
    place = tree.path(path)
    if os.path.islink(place):
        return Kind.SYMLINK
    return Kind.SUBMODULE if os.path.lexists(os.path.join(place, ".git")) else Kind.FILE


def _from(root: str, place: str) -> str | None:
    """A place as a path from the root; its directory is taken for what it is, a link at its end for the link."""
    place = os.path.normpath(place)
    place = os.path.join(os.path.realpath(os.path.dirname(place)), os.path.basename(place))
    path = os.path.relpath(place, root)
    return None if path == os.curdir or path.split(os.sep)[0] == os.pardir else path.replace(os.sep, "/")


def _in_it(typed: str) -> str:
    return f"name a file in it, which need not exist: `{typed.rstrip('/')}/<file>`"
