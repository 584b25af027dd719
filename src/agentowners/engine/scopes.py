"""Principals by path: everybody on every path, but those known from commits alone only on the paths of those commits.

Sets of principals are integers, a bit for each index: a change may have thousands of files and of people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from agentowners.change.model import Change, FileChange, Status, Strength
from agentowners.engine.facts import Facts, Known, PathsOf
from agentowners.engine.verdict import members
from agentowners.identity.model import Principal


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
        self._makers: dict[str, int] = {}
        everywhere = 0
        for index, principal in enumerate(principals):
            if principal.commits is None:
                everywhere |= 1 << index
            for commit in principal.commits or ():
                self._makers[commit] = self._makers.get(commit, 0) | 1 << index
        self.divided = everywhere != self.everyone
        """True where anybody is judged on some paths only."""
        self._principals = tuple(principals)
        self._all = Scope(self.everyone, self.everyone)
        self._everywhere = everywhere
        self._answered_for = any(p.commits is None and p.strength is Strength.VERIFIED for p in principals)
        self._facts = facts
        self._own = frozenset(change.commits)
        self._commits = tuple(dict.fromkeys((*change.commits, *self._makers)))
        self._files = change.files
        self._unread: tuple[str, ...] = ()
        self._open = 0
        self._known: dict[str, int] = {}
        self._explained: set[str] = set()
        self._kept: dict[str, Scope] = {}
        if self.divided:
            self._look()

    @cached_property
    def _linked(self) -> _Linked:
        return _Linked(self._files)

    def of(self, path: str) -> Scope:
        """The principals who are judged on a path."""
        if not self.divided:
            return self._all
        root = self._linked.root(path)
        scope = self._kept.get(root)
        if scope is None:
            scope = self._at(root)
            for other in self._linked.stands_for.get(root, ()):
                its = self._at(self._linked.root(other))
                scope = Scope(scope.surely | its.surely, scope.perhaps | its.perhaps)
            if not scope.surely:
                scope = self._anybody(scope.surely)
            self._kept[root] = scope
        return scope

    def those(self, principals: int) -> tuple[Principal, ...]:
        """The principals in a set."""
        return tuple([self._principals[index] for index in members(principals)])

    def unread(self, sought: int, *, everybodys: bool) -> Iterator[PathsOf]:
        """The commits to be looked into: those of a set of principals, or, for what is everybody's, all of the change."""
        return (PathsOf(commit) for commit in self._unread if everybodys or self._makers.get(commit, 0) & sought)

    def is_everybodys(self, path: str) -> bool:
        """True if no commit that was looked into explains a path, so that it is judged for everybody."""
        root = self._linked.root(path)
        others = map(self._linked.root, self._linked.stands_for.get(root, ()))
        return not self.of(path).surely or any(map(self._unexplained, (root, *others)))

    def names(self, path: str) -> Iterator[str]:
        """A path with those that go together with it: a contributor to one of them is one to all."""
        root = self._linked.root(path)
        yield from self._linked.members.get(root, (path,))
        for other in self._linked.stands_for.get(root, ()):
            yield from self._linked.members.get(self._linked.root(other), (other,))

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

    def _look(self) -> None:
        unread: list[str] = []
        root, known = self._linked.root, self._known
        for commit in self._commits:
            makers = self._makers.get(commit, 0)
            answer = self._facts.get(PathsOf(commit))
            if answer is None:
                unread.append(commit)
                self._open |= makers
            elif isinstance(answer, Known) and isinstance(answer.value, frozenset):
                for path in answer.value:
                    at = root(path)
                    known[at] = known.get(at, 0) | makers
                if commit in self._own:
                    self._explained.update(map(root, answer.value))
            else:
                self._everywhere |= makers
        self._unread = tuple(unread)


class _Linked:
    """Paths that go together."""

    def __init__(self, files: Iterable[FileChange]) -> None:
        self._parents: dict[str, str] = {}
        unusual = [f for f in files if f.status is Status.RENAMED or f.stands_for is not None or f.everybodys]
        for file in unusual:
            if file.status is Status.RENAMED and file.previous_path is not None:
                one, other = self.root(file.path), self.root(file.previous_path)
                if one != other:
                    self._parents[other] = one
        self.members: dict[str, list[str]] = {}
        for path in dict.fromkeys(p for f in unusual for p in (f.path, f.previous_path) if p is not None):
            self.members.setdefault(self.root(path), []).append(path)
        self.everybodys = frozenset(self.root(file.path) for file in unusual if file.everybodys)
        self.stands_for: dict[str, list[str]] = {}
        for file in unusual:
            if file.stands_for is not None:
                self.stands_for.setdefault(self.root(file.path), []).append(file.stands_for)

    def root(self, path: str) -> str:
        """The path that stands for all that go together with one."""
        parents = self._parents
        found = path
        while (parent := parents.get(found)) is not None:
            found = parent
        while path != found:
            parents[path], path = found, parents[path]
        return found
