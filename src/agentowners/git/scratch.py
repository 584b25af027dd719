"""A place to merge in: git merges by what a repository's settings and attributes name, and writes what it makes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from agentowners.git.clone import Clone
from agentowners.git.run import Git, GitError

_SHA256: Final = 64
_CONFIG: Final = "[core]\n\trepositoryformatversion = {}\n\tbare = true\n"
_FORMAT: Final = "[extensions]\n\tobjectFormat = sha256\n"


@contextmanager
def scratch(clone: Clone, commit: str) -> Iterator[Git]:
    """An empty bare repository that borrows the objects of a clone, gone when the block is left.

    It has none of the clone's settings, hooks, attributes and merge drivers, and no work tree that could bring attributes, so
    that nothing that the clone names can run. Nothing is written into the clone.

    Args:
        clone: whose objects to borrow.
        commit: id of any commit in it, which shows how its objects are named.

    Raises:
        GitError: there is no room for it.
    """
    from tempfile import TemporaryDirectory

    try:
        made = TemporaryDirectory(prefix="agentowners-")
    except OSError as error:
        raise GitError("there is no directory for temporary files", help="set TMPDIR to one that can be written") from error
    with made as place:
        try:
            _lay_out(place, clone, commit)
        except OSError as error:
            raise GitError("a temporary repository to merge in cannot be made") from error
        yield Git(place, alone=True)


def _lay_out(place: str, clone: Clone, commit: str) -> None:
    os.makedirs(os.path.join(place, "objects", "info"))
    os.mkdir(os.path.join(place, "refs"))
    # a path of any characters, under a name of ours
    borrowed = os.path.join(place, "borrowed")
    os.symlink(os.path.abspath(clone.objects), borrowed)
    new = len(commit) == _SHA256
    texts = {
        "HEAD": "ref: refs/heads/none\n",
        "config": _CONFIG.format(1 if new else 0) + (_FORMAT if new else ""),
        os.path.join("objects", "info", "alternates"): f"{borrowed}\n",
    }
    if clone.boundary:
        texts["shallow"] = "".join(f"{boundary}\n" for boundary in sorted(clone.boundary))
    for name, content in texts.items():
        with open(os.path.join(place, name), "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(content)
