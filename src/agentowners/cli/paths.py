"""Paths as people type them, wherever they stand, as the paths of a repository."""

from __future__ import annotations

import os

from agentowners.change.model import Kind
from agentowners.cli.shell import UsageError
from agentowners.cli.work_tree import WorkTree


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
