"""Policy files as they stand on a commit; the work tree is never looked at."""

from __future__ import annotations

from collections.abc import Sequence

from agentowners.diagnostics import Source
from agentowners.git.objects import GitEntry, Objects
from agentowners.git.revisions import Revision
from agentowners.git.run import GitError, text


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
