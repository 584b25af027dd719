"""Merges of the base branch into a pull request: which commits are nothing but that, and so are nobody's contribution.

That a commit has GitHub's signature or the message of a merge proves nothing: conflicts are resolved on the site, too, and what
is written there is signed the same. Trees are compared instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from agentowners.action.host import Host
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import History, Pull

MAX_MERGES: Final = 5
"""As many are looked into for one pull request, the newest first; any further one is a contribution."""
MAX_SIDES: Final = 10
"""A head that has left the base branch at more commits than this is not looked into."""
_UNTOLD: Final = (Trouble.NOT_FOUND, Trouble.FORBIDDEN, Trouble.INCOMPLETE)


@dataclass(slots=True, frozen=True)
class Merge:
    """A commit of the pull request with two parents, of which one is the pull request's and the other is not."""

    ours: str
    theirs: str


@dataclass
class BaseMerges:
    """Those of one pull request."""

    host: Host
    pull: Pull
    history: History
    _clean: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def candidates(self) -> dict[str, Merge]:
        """By their place in history the merges of the base, newest first; what is in them is not looked at yet."""
        found: dict[str, Merge] = {}
        for listed in reversed(self.history.commits):
            ours = [sha for sha in listed.parents if sha in self._parents]
            theirs = [sha for sha in listed.parents if sha not in self._parents]
            if len(ours) == len(theirs) == 1:
                found[listed.sha] = Merge(ours[0], theirs[0])
        return found

    def adds_nothing(self, sha: str) -> bool:
        """Whether a commit is a merge of the base branch into the pull request that git would make the same.

        Raises:
            PlatformError: GitHub does not answer.
        """
        merge = self.candidates.get(sha)
        if merge is None or (sha not in self._clean and len(self._clean) == MAX_MERGES):
            return False
        if sha not in self._clean:
            self._clean[sha] = self._is_clean(sha, merge)
        return self._clean[sha]

    def on_base(self, sha: str) -> bool:
        """Whether a commit is on the base branch, and so nothing of the pull request's.

        Raises:
            PlatformError: GitHub does not answer.
        """
        return self.host.commits.contains(self.tip, sha)

    def unchanged_since(self, approved: Iterable[str]) -> tuple[str, ...]:
        """Of the commits that were approved those after which, up to the head, only the base was merged in.

        Raises:
            PlatformError: GitHub does not answer.
        """
        line: list[str] = []
        tip = self.pull.head
        while tip in self.candidates and len(line) < MAX_MERGES:
            tip = self.candidates[tip].ours
            line.append(tip)
        found: list[str] = []
        wanted = set(approved)
        tip = self.pull.head
        while not wanted.isdisjoint(line) and self.adds_nothing(tip):
            tip = line.pop(0)
            found.append(tip)
        return tuple(sha for sha in found if sha in wanted)

    @cached_property
    def tip(self) -> str:
        """The commit at the base branch's tip, as it was when it was first asked for."""
        return self.host.commits.branch_tip(self.pull.base_ref)

    @cached_property
    def _parents(self) -> dict[str, tuple[str, ...]]:
        return {listed.sha: listed.parents for listed in self.history.commits}

    def _is_clean(self, sha: str, merge: Merge) -> bool:
        try:
            if not self.on_base(merge.theirs):
                return False
            base = self.host.commits.merge_base(merge.theirs, merge.ours)
            return self._is_only(base, merge) and self.host.changes.is_merge(base, merge.ours, merge.theirs, sha)
        except PlatformError as error:
            if error.trouble not in _UNTOLD:
                raise
            return False

    def _is_only(self, base: str, merge: Merge) -> bool:
        """Whether two commits have no other merge base: git makes a new one of several, and a merge of that."""
        others = self.left_at(merge.ours) - {base}
        return len(others) <= MAX_SIDES and all(self.host.commits.contains(base, sha) for sha in sorted(others))

    def left_at(self, sha: str) -> set[str]:
        """The commits of the base branch on which the pull request's ancestors of a commit, and it, stand."""
        found: set[str] = set()
        seen = {sha}
        todo = [sha]
        while todo:
            for parent in self._parents[todo.pop()]:
                if parent not in self._parents:
                    found.add(parent)
                elif parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        return found
