"""Whether a merge has added anything of its own, found by comparing trees.

A path that one side left as it was has what the other side made of it, and so has a whole directory. Where git merges without
a conflict, that is what git makes of it too; what both sides changed is looked into as long as it is directories. A file that
both changed is git's business or a person's: it cannot be told here which, and is taken for a person's.
"""

from __future__ import annotations

from typing import Final

from agentowners.github.trees import Entry, Tree, Trees

MAX_TREES: Final = 60
"""As many directories are read for one merge."""
_NOTHING: Final[Tree] = {}
_UNREADABLE: Final = "\ufffd"
"""Stands in a name for what GitHub cannot show, so that two names may look alike."""

_Ids = tuple[str | None, str | None, str | None, str | None]


def is_merge(trees: Trees, base: str, ours: str, theirs: str, merged: str) -> bool:
    """Whether the tree of a commit is nothing but the merge of two others, by ids; False also where that cannot be told.

    Raises:
        PlatformError: a tree cannot be had, or not whole.
    """
    todo: list[_Ids] = [(base, ours, theirs, merged)]
    read = 0
    while todo:
        ids = todo.pop()
        read += sum(sha is not None for sha in ids)
        if read > MAX_TREES:
            return False
        listed = [_NOTHING if sha is None else trees.tree(sha) for sha in ids]
        for name in set().union(*listed):
            found = [tree.get(name, ()) for tree in listed]
            if _UNREADABLE in name or any(len(entries) > 1 for entries in found):
                return False
            before, one, other, after = (entries[0] if entries else None for entries in found)
            if one == other or before == other:
                expected = one
            elif before == one:
                expected = other
            elif all(entry is None or entry.is_tree for entry in (before, one, other, after)):
                todo.append((_id(before), _id(one), _id(other), _id(after)))
                continue
            else:
                return False
            if after != expected:
                return False
    return True


def _id(entry: Entry | None) -> str | None:
    return None if entry is None else entry.sha
