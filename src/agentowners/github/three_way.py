"""Finds where a merge differs from what merging its parents makes, by comparing trees.

A path that one side left as it was has what the other side made of it, and so has a whole directory. Where git merges without
a conflict, that is what git makes of it too; what both sides changed is looked into: directories by their entries, and some files
by their lines. Any other file that both changed is git's business or a person's: it cannot be told here which, and is taken for
a person's.

Which lines of one version are which of another is not always clear, and git has several ways to tell. They agree on lines that
stand once in each version, in the same order, as long as nothing was moved past them. What lies between two such lines is taken
from the side that changed it; where both did, and not alike, it is git's business or a person's.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct, field

from agentowners.github.trees import Tree, TreeEntry, Trees

MAX_TREES: Final = 60
"""As many directories are read for one merge."""
MAX_TREES_IN_ALL: Final = 400
"""As many are for all merges and rebased commits of one pull request."""
MAX_BYTES: Final = 1024 * 1024
"""Largest version of a file that is merged."""
MAX_TEXTS: Final = 20
"""As many files that both sides changed are merged for one pull request."""
_NOTHING: Final[Tree] = {}
_UNREADABLE: Final = "\ufffd"
"""Stands in a name for what GitHub cannot show, so that two names may look alike."""
_FILES: Final = frozenset({"100644", "100755"})

_Ids = tuple[str | None, str | None, str | None, str | None]


class Allowance(Struct):
    """Work that may still be done for one pull request."""

    texts: int = MAX_TEXTS
    """Files to be merged by their lines."""
    trees: int = MAX_TREES_IN_ALL
    """Directories to be read."""
    merged: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    """The ids of files that were merged, by those of their three versions, so that one is not counted twice."""


def is_merge(trees: Trees, base: str, ours: str, theirs: str, merged: str, allowance: Allowance) -> bool:
    """True if the tree of a commit is nothing but the merge of two others, by ids; False also where that cannot be told."""
    return not any(True for _ in _differences(trees, (base, ours, theirs, merged), allowance))


def unlike_merge(trees: Trees, base: str, ours: str, theirs: str, merged: str, allowance: Allowance) -> frozenset[str] | None:
    """The paths at which the tree of a commit is not the merge of two others, by ids; None where that cannot be told."""
    paths = set(_differences(trees, (base, ours, theirs, merged), allowance))
    return None if None in paths else frozenset(path for path in paths if path is not None)


def _differences(trees: Trees, commits: _Ids, allowance: Allowance) -> Iterator[str | None]:
    """The paths, in no order; None, and nothing more, where the rest cannot be told."""
    todo: list[tuple[str, _Ids]] = [("", commits)]
    read = 0
    while todo:
        prefix, ids = todo.pop()
        new = len({sha for sha in ids if sha is not None})
        read, allowance.trees = read + new, allowance.trees - new
        if read > MAX_TREES or allowance.trees < 0:
            yield None
            return
        listed = [_NOTHING if sha is None else trees.tree(sha) for sha in ids]
        for name in set().union(*listed):
            entries = [tree.get(name, ()) for tree in listed]
            if _UNREADABLE in name or any(len(each) > 1 for each in entries):
                yield None
                return
            before, first, second, after = (each[0] if each else None for each in entries)
            if first == second or before == second:
                expected = first
            elif before == first:
                expected = second
            elif all(entry is None or entry.is_tree for entry in (before, first, second, after)):
                todo.append((f"{prefix}{name}/", (_id(before), _id(first), _id(second), _id(after))))
                continue
            elif any(entry is not None and entry.is_tree for entry in (before, first, second, after)) or (
                before is not None and (first is None or second is None)
            ):
                # what one side has deleted it may have moved, and the other's change with it
                yield None
                return
            else:
                expected = _merged(trees, before, first, second, allowance)
                if expected is None or after != expected:
                    yield f"{prefix}{name}"
                continue
            if after == expected:
                continue
            if any(entry is not None and not entry.is_tree for entry in (expected, after)):
                yield f"{prefix}{name}"
            inner = _id(expected)
            if inner is not None or _id(after) is not None:
                todo.append((f"{prefix}{name}/", (inner, inner, inner, _id(after))))


def _merged(
    trees: Trees, before: TreeEntry | None, first: TreeEntry | None, second: TreeEntry | None, allowance: Allowance
) -> TreeEntry | None:
    """The file that git makes of two versions of one; None where that cannot be told."""
    if before is None or first is None or second is None or not {before.mode, first.mode, second.mode} <= _FILES:
        return None
    mode = second.mode if first.mode == before.mode else first.mode
    if before.sha in (first.sha, second.sha) or first.sha == second.sha:
        return TreeEntry(mode, second.sha if first.sha == before.sha else first.sha)
    versions = before.sha, first.sha, second.sha
    if versions not in allowance.merged:
        if any(entry.size is None or entry.size > MAX_BYTES for entry in (before, first, second)) or not allowance.texts:
            return None
        allowance.texts -= 1
        text = merge_text(*map(trees.blob, versions))
        allowance.merged[versions] = None if text is None else blob_id(text, first.sha)
    merged = allowance.merged[versions]
    return None if merged is None else TreeEntry(mode, merged)


def blob_id(data: bytes, like: str) -> str:
    """The id that git gives to a file, by the kind of hash of another id."""
    kind = hashlib.sha1 if len(like) == 40 else hashlib.sha256  # git's own name for it
    return kind(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _id(entry: TreeEntry | None) -> str | None:
    return entry.sha if entry is not None and entry.is_tree else None


def merge_text(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Merge two versions of a text that come from one; None where git may find a conflict or merge otherwise.

    Takes time linear in the lines.
    """
    texts = (base, ours, theirs)
    if any(b"\0" in text or len(text) > MAX_BYTES for text in texts):
        return None
    versions = [text.split(b"\n") for text in texts]
    lines = [[line + b"\n" for line in version[:-1]] + ([version[-1]] if version[-1] else []) for version in versions]
    anchors = _anchors(lines)
    if anchors is None:
        return None
    merged: list[bytes] = []
    gone: tuple[list[bytes], list[bytes]] = ([], [])
    new: tuple[list[bytes], list[bytes]] = ([], [])
    for was, first, second, anchor in _gaps(lines, anchors):
        for side, version in enumerate((first, second)):
            if version != was:
                removed, added = _trimmed(was, version)
                gone[side].extend(removed)
                new[side].extend(added)
        if first == second or second == was:
            merged += first
        elif first == was:
            merged += second
        else:
            return None
        merged += anchor
    # a line that is taken out in one place and put in elsewhere may be what git keeps
    if any(not set(removed).isdisjoint(added) for removed, added in zip(gone, new, strict=True)):
        return None
    return b"".join(merged)


def _anchors(lines: Sequence[Sequence[bytes]]) -> list[bytes] | None:
    """The lines that stand once in each version, in order; None where the order is not the same."""
    counts = [Counter(version) for version in lines]
    orders = [[line for line in version if all(count[line] == 1 for count in counts)] for version in lines]
    return orders[0] if orders[0] == orders[1] == orders[2] else None


def _gaps(
    lines: Sequence[Sequence[bytes]], anchors: Sequence[bytes]
) -> Iterator[tuple[Sequence[bytes], Sequence[bytes], Sequence[bytes], Sequence[bytes]]]:
    """Lines before each anchor in each version, with the anchor; at last those after all of them."""
    places = [{line: index for index, line in enumerate(version)} for version in lines]
    starts = [0, 0, 0]
    for anchor in anchors:
        ends = [place[anchor] for place in places]
        was, first, second = (version[start:end] for version, start, end in zip(lines, starts, ends, strict=True))
        yield was, first, second, (anchor,)
        starts = [end + 1 for end in ends]
    was, first, second = (version[start:] for version, start in zip(lines, starts, strict=True))
    yield was, first, second, ()


def _trimmed(was: Sequence[bytes], now: Sequence[bytes]) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """Two runs of lines without what they have in common at either end."""
    start = 0
    while start < min(len(was), len(now)) and was[start] == now[start]:
        start += 1
    end = 0
    while end < min(len(was), len(now)) - start and was[-1 - end] == now[-1 - end]:
        end += 1
    return was[start : len(was) - end], now[start : len(now) - end]
