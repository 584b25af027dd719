"""Principals by path: everybody on every path, but those known from commits alone only on the paths of those commits.

Sets of principals are integers, a bit for each index: a change may have thousands of files and of people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

from agentowners.change.model import Change, FileChange, Status, Strength
from agentowners.engine.facts import Facts, Known, PathsOf
from agentowners.engine.verdict import members
from agentowners.identity.model import Principal
from agentowners.values import gathered


class Scope(NamedTuple):
    """The principals who are judged on a path, as sets."""

    surely: int
    """Whatever further commits are looked into."""
    perhaps: int
    """As far as is known, in the strictest sense; the same as ``surely`` once nothing is left to be looked into."""


class Scopes:
    """The principals who are judged on each path of a change.

    A commit that was not looked into, or cannot be, counts for every path. The two paths of a rename go together. A path that
    stands for another is judged for whoever is judged on that one. A path that no commit of the change explains is everybody's
    where the change says so, and where nobody is proved to answer for every path.
    """

    def __init__(self, change: Change, principals: Sequence[Principal], facts: Facts) -> None:
        """Hold the commits that were looked into against the files of a change."""
        self.everyone = (1 << len(principals)) - 1
        """Every principal."""
        self._principals = tuple(principals)
        self._everywhere = 0
        """Those judged on every path."""
        self._makers: dict[str, int] = {}
        for index, principal in enumerate(principals):
            if principal.commits is None:
                self._everywhere |= 1 << index
            for commit in principal.commits or ():
                self._makers[commit] = self._makers.get(commit, 0) | 1 << index
        self.divided = self._everywhere != self.everyone
        """True where anybody is judged on some paths only."""
        self._all = Scope(self.everyone, self.everyone)
        self._answered_for = any(p.commits is None and p.strength is Strength.VERIFIED for p in principals)
        self._files = change.files
        self._unread: list[str] = []
        self._open = 0
        """Those of commits that were not looked into yet."""
        self._known: dict[str, int] = {}
        self._explained: set[str] = set()
        self._kept: dict[str, Scope] = {}
        if self.divided:
            self._look_into(change, facts)

    @cached_property
    def _linked(self) -> _Linked:
        return _Linked(self._files)

    def of(self, path: str) -> Scope:
        """The principals who are judged on a path."""
        if not self.divided:
            return self._all
        root = self._linked.root(path)
        if root not in self._kept:
            scopes = [self._at(each) for each in self._linked.with_those_meant(root)]
            surely, perhaps = (reduce(or_, sets) for sets in zip(*scopes, strict=True))
            self._kept[root] = Scope(surely, perhaps) if surely else self._anybody(surely)
        return self._kept[root]

    def those(self, principals: int) -> tuple[Principal, ...]:
        """The principals in a set."""
        return tuple([self._principals[index] for index in members(principals)])

    def unread(self, sought: int, *, everybodys: bool) -> Iterator[PathsOf]:
        """The commits to be looked into: those of a set of principals, or, for what is everybody's, all of the change."""
        return (PathsOf(commit) for commit in self._unread if everybodys or self._makers.get(commit, 0) & sought)

    def is_everybodys(self, path: str) -> bool:
        """True if no commit that was looked into explains a path, so that it is judged for everybody."""
        return not self.of(path).surely or any(map(self._unexplained, self._linked.with_those_meant(self._linked.root(path))))

    def names(self, path: str) -> Iterator[str]:
        """A path with those that go together with it: a contributor to one of them is one to all."""
        for each in (path, *self._linked.stands_for.get(self._linked.root(path), ())):
            yield from self._linked.members.get(self._linked.root(each), (each,))

    def _at(self, root: str) -> Scope:
        surely = self._everywhere | self._known.get(root, 0)
        if self._unexplained(root):
            return self._anybody(surely)
        return Scope(surely, surely | self._open)

    def _anybody(self, surely: int) -> Scope:
        """Everybody, unless a commit that was not looked into explains it."""
        return Scope(surely if self._unread else self.everyone, self.everyone)

    def _unexplained(self, root: str) -> bool:
        return root not in self._explained and (root in self._linked.everybodys or not self._answered_for)

    def _look_into(self, change: Change, facts: Facts) -> None:
        root, own = self._linked.root, frozenset(change.commits)
        for commit in dict.fromkeys((*change.commits, *self._makers)):
            makers = self._makers.get(commit, 0)
            answer = facts.get(PathsOf(commit))
            if answer is None:
                self._unread.append(commit)
                self._open |= makers
            elif isinstance(answer, Known) and isinstance(answer.value, frozenset):
                roots = {root(path) for path in answer.value}
                for each in roots:
                    self._known[each] = self._known.get(each, 0) | makers
                if commit in own:
                    self._explained |= roots
            else:
                self._everywhere |= makers


class _Linked:
    """Paths that go together."""

    def __init__(self, files: Iterable[FileChange]) -> None:
        self._parents: dict[str, str] = {}
        unusual = [f for f in files if f.status is Status.RENAMED or f.stands_for is not None or f.everybodys]
        for file in unusual:
            if file.status is Status.RENAMED and file.previous_path is not None:
                new, old = self.root(file.path), self.root(file.previous_path)
                if new != old:
                    self._parents[old] = new
        paths = dict.fromkeys(p for f in unusual for p in (f.path, f.previous_path) if p is not None)
        self.members = gathered((self.root(path), path) for path in paths)
        self.everybodys = frozenset(self.root(file.path) for file in unusual if file.everybodys)
        self.stands_for = gathered((self.root(file.path), file.stands_for) for file in unusual if file.stands_for is not None)

    def root(self, path: str) -> str:
        """The path that stands for all that go together with one."""
        root = path
        while root in self._parents:
            root = self._parents[root]
        while path != root:
            self._parents[path], path = root, self._parents[path]
        return root

    def with_those_meant(self, root: str) -> list[str]:
        """A root, with those of the paths that it stands for."""
        return [root, *map(self.root, self.stands_for.get(root, ()))]
