"""Differences between two commits, found by comparing their trees: exact however many files there are, links told from files.

Only directories that differ are looked into. A directory is asked for with all that lies below it; where that is more than
GitHub lists, it is asked for by itself, and what differs in it likewise. So there is one request for each directory that differs
and each side, at most, and one more for each whose contents GitHub cut off.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from msgspec import Struct

from agentowners.change.model import FileChange, Kind, Status
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import CommitChange, Comparison, Difference
from agentowners.github.trees import Tree, TreeEntry, Trees, kind_of

MAX_REQUESTS: Final = 400
"""The Actions token has 1,000 an hour for the whole repository."""
MAX_PATHS: Final = 1_000_000
_EVERY: Final = 20
"""Requests between two lines that tell how far it is."""
_NOTHING: Final[Tree] = {}

_Content = tuple[str, Kind]
"""Entry at a path, by its id and kind; the executable bit does not matter to a rename."""


class _Change(Struct, frozen=True):
    """A path with different entries before and after; several on a side where GitHub shows several names alike."""

    path: str
    before: tuple[TreeEntry, ...]
    after: tuple[TreeEntry, ...]


class TreeChanges:
    """Compares commits of one repository."""

    def __init__(self, trees: Trees, say: Callable[[str], None]) -> None:
        """Remember where trees come from, and who is told in a line how far it is."""
        self._trees = trees
        self._say = say

    def between(self, base: str, head: str) -> tuple[FileChange, ...]:
        """Every file that is different in one commit and the other, sorted by path.

        A file that is gone from one place and stands unchanged in another is a rename; one that was changed on the way is
        a deletion and an addition.

        Raises:
            PlatformError: a tree cannot be had, or there are too many.
        """
        changes = _TreeWalk(self._trees, self._say).run(base, head)
        return tuple(sorted(_with_renames(changes), key=lambda file: file.path))

    def whole(self, listed: Comparison | Difference | CommitChange, base: str, head: str) -> tuple[FileChange, ...]:
        """The files that GitHub lists of a change between two commits, or all of them where it lists only some."""
        return listed.files if listed.files_complete else self.between(base, head)


class _TreeWalk:
    """One comparison."""

    def __init__(self, trees: Trees, say: Callable[[str], None]) -> None:
        self._trees = trees
        self._say = say
        self._requests = 0
        self._todo: list[tuple[str, str | None, str | None]] = []
        self._found: list[_Change] = []

    def run(self, base: str, head: str) -> list[_Change]:
        self._todo = [("", base, head)]
        while self._todo:
            self._directory(*self._todo.pop())
        self._say(f"compared the trees of {base[:7]} and {head[:7]}: {len(self._found):,} paths differ")
        return self._found

    def _directory(self, prefix: str, before: str | None, after: str | None) -> None:
        old = self._list(self._trees.whole, before)
        new = None if old is None else self._list(self._trees.whole, after)
        if old is not None and new is not None:
            self._compare(prefix, _files(old), _files(new))
            return
        old, new = self._list(self._trees.tree, before) or _NOTHING, self._list(self._trees.tree, after) or _NOTHING
        self._compare(prefix, _files(old), _files(new))
        for name in old.keys() | new.keys():
            old_ids, new_ids = _directories(old, name), _directories(new, name)
            if old_ids != new_ids:
                # in the order of their ids: which is which cannot be told where names look alike, and does not matter
                self._todo += [(f"{prefix}{name}/", before, after) for before, after in zip_longest(old_ids, new_ids)]

    def _list(self, ask: Callable[[str], Tree | None], sha: str | None) -> Tree | None:
        if sha is None:
            return _NOTHING
        self._requests += 1
        if self._requests > MAX_REQUESTS:
            raise PlatformError(
                Trouble.INCOMPLETE,
                f"more than {MAX_REQUESTS} directories would have to be compared to find every change",
            )
        if self._requests % _EVERY == 0:
            self._say(f"comparing trees: {self._requests} requests, {len(self._found):,} paths differ so far")
        return ask(sha)

    def _compare(self, prefix: str, old: Tree, new: Tree) -> None:
        for name in old.keys() | new.keys():
            before, after = _sorted(old.get(name, ())), _sorted(new.get(name, ()))
            if before != after:
                self._found.append(_Change(f"{prefix}{name}", before, after))
        if len(self._found) > MAX_PATHS:
            raise PlatformError(Trouble.INCOMPLETE, f"more than {MAX_PATHS:,} paths differ")


def _files(tree: Tree) -> Tree:
    files = {name: tuple(entry for entry in entries if not entry.is_tree) for name, entries in tree.items()}
    return {name: entries for name, entries in files.items() if entries}


def _directories(tree: Tree, name: str) -> tuple[str, ...]:
    return tuple(sorted(entry.sha for entry in tree.get(name, ()) if entry.is_tree))


def _sorted(entries: Sequence[TreeEntry]) -> tuple[TreeEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.sha, entry.mode)))


def _with_renames(changes: Sequence[_Change]) -> Iterator[FileChange]:
    """The changes; a file that is gone and a new one with the same contents are a rename, first where the name is the same."""
    gone: dict[_Content, list[str]] = defaultdict(list)
    additions: list[_Change] = []
    for change in sorted(changes, key=lambda change: change.path):
        if not change.after and len(change.before) == 1:
            gone[_content(change.before)].append(change.path)
        elif not change.before and len(change.after) == 1:
            additions.append(change)
        else:
            yield _change(change)
    sources = _pair(gone, additions, same_name=True)
    sources |= _pair(gone, [change for change in additions if change.path not in sources], same_name=False)
    for change in additions:
        _, kind = _content(change.after)
        source = sources.get(change.path)
        if source is None:
            yield FileChange(change.path, Status.ADDED, None, Kind.NOTHING, kind)
        else:
            yield FileChange(change.path, Status.RENAMED, source, kind, kind)
    for (_, kind), paths in gone.items():
        for path in paths:
            yield FileChange(path, Status.REMOVED, None, kind, Kind.NOTHING)


def _pair(gone: Mapping[_Content, list[str]], additions: Sequence[_Change], *, same_name: bool) -> dict[str, str]:
    """The path that each new file came from; it is taken out of ``gone``."""
    waiting: dict[tuple[_Content, str], list[str]] = defaultdict(list)
    for content, paths in gone.items():
        for path in reversed(paths):
            waiting[content, _base_name(path) if same_name else ""].append(path)
    pairs: dict[str, str] = {}
    for change in additions:
        sources = waiting.get((_content(change.after), _base_name(change.path) if same_name else ""))
        if sources:
            pairs[change.path] = sources.pop()
    origins = set(pairs.values())
    for paths in gone.values():
        paths[:] = [path for path in paths if path not in origins]
    return pairs


def _content(entries: Sequence[TreeEntry]) -> _Content:
    return entries[0].sha, entries[0].kind


def _base_name(path: str) -> str:
    return path.rpartition("/")[2]


def _change(change: _Change) -> FileChange:
    before, after = kind_of(change.before), kind_of(change.after)
    status = Status.ADDED if not change.before else Status.REMOVED if not change.after else Status.MODIFIED
    same = {entry.sha for entry in change.before} == {entry.sha for entry in change.after}
    if status is Status.MODIFIED and (same or before is not after):
        status = Status.CHANGED
    return FileChange(change.path, status, None, before, after)
