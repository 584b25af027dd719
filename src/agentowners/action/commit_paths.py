"""The paths that single commits of a pull request change, each looked up where it matters to a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Final

from msgspec import Struct, field

from agentowners.action.base_merges import BaseMerges
from agentowners.action.own_commits import number_in
from agentowners.change.model import Because, FileChange, Kind
from agentowners.github.errors import NOT_WHOLE, PlatformError, Trouble, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import Difference, ListedCommit

MAX_LOOKUPS: Final = 100
"""As many commits, or merged pull requests, are looked up for one pull request."""
MAX_MERGES: Final = 20
"""As many merges are held against what merging their parents makes."""
MAX_SIDES: Final = 20
"""As many commits of the base branch, on which those of the pull request stand, are compared for files that were moved."""
MAX_KINDS: Final = 20
"""As many paths of a commit are looked up where a comparison does not list every file."""
ENOUGH: Final = 300
"""Requests that are left to others in the hour: with fewer, no commit is looked up, and no merged pull request."""


def is_poor(host: GitHubHost, beside: int = 0) -> bool:
    """True if no more of the token's requests are left in this hour than others, and some that are needed beside, may take."""
    return host.budget is not None and host.budget.remaining < ENOUGH + beside


def paths_of(files: tuple[FileChange, ...]) -> frozenset[str]:
    """The paths of some files, both of a rename."""
    return frozenset(path for file in files for path in (file.path, file.previous_path) if path is not None)


class PullCommitPaths(Struct, dict=True):
    """Those of one pull request, each looked up once."""

    merges: BaseMerges
    files: tuple[FileChange, ...]
    """All that is judged."""
    _found: dict[str, frozenset[str]] = field(default_factory=dict)
    _singly: bool = False
    """True if commits that came through a merged pull request are looked into one by one as well."""
    _asked: int = 0
    _merges_asked: int = 0

    def of(self, sha: str) -> frozenset[str]:
        """The paths that a commit changes; of a merge, those at which it is not what merging its parents makes.

        A commit that came through a merged pull request takes all paths at which that one's branch differed. The merge itself
        does not: an App can have GitHub sign any tree as a merge.

        Raises:
            PlatformError: they cannot be had, or not whole; or not so many commits are looked up.
        """
        if sha not in self._found and len(self.merges.history.commits) == 1 and len(self.merges.parents.get(sha, ())) == 1:
            # alone on the base it is the whole pull request
            self._found[sha] = paths_of(tuple(file for file in self.files if file.because is Because.LISTED))
        if sha not in self._found:
            self._refuse_too_many()
            self._found[sha] = self._carried(self._looked_up(sha))
        return self._found[sha]

    def look_singly(self) -> None:
        """Look into each commit by itself from now on: what several did together is not all that matters."""
        self._singly = True
        self._found.clear()

    def _refuse_too_many(self) -> None:
        if is_poor(self.merges.host):
            raise PlatformError(Trouble.INCOMPLETE, f"fewer than {ENOUGH} of the token's requests are left in this hour")
        if not self.merges.author_writes():
            raise PlatformError(Trouble.INCOMPLETE, "no commits are looked into for an author who may not write")
        self._asked += 1
        if self._asked > MAX_LOOKUPS:
            raise PlatformError(Trouble.INCOMPLETE, f"more than {MAX_LOOKUPS} commits would have to be looked into")

    def _looked_up(self, sha: str) -> frozenset[str]:
        merge = self._came_by.get(sha)
        if merge is not None:
            pulled = None if self._singly else self._pulled(merge)
            if pulled is not None:
                carried = self._carried(pulled)
                self._found |= {other: carried for other, by in self._came_by.items() if by is merge}
                return pulled
        parents = self.merges.parents.get(sha)
        if parents is None or len(parents) < 2:
            files = self.merges.host.commits.files_of(sha)
            # that it changes nothing is believed when its tree says so too
            return paths_of(files or (self.merges.host.changes.between(parents[0], sha) if parents else ()))
        self._merges_asked += 1
        if self._merges_asked > MAX_MERGES:
            raise PlatformError(Trouble.INCOMPLETE, f"more than {MAX_MERGES} merges would have to be looked into")
        unlike = self.merges.unlike_merge(sha)
        if unlike is not None:
            return unlike
        return frozenset().union(*(paths_of(self.merges.host.changes.between(parent, sha)) for parent in parents))

    def _carried(self, paths: frozenset[str]) -> frozenset[str]:
        """Paths, and those to which the base branch had moved them by the time that it was merged in: git carries edits along.

        Raises:
            PlatformError: where one of them went cannot be told.
        """
        for older, newer, difference in self._taken_in:
            if difference.files_complete:
                moved = difference.renamed
                paths |= {moved[path] for path in paths & moved.keys()}
            elif len(paths) > MAX_KINDS or any(self._is_gone(path, older, newer) for path in paths):
                raise PlatformError(Trouble.INCOMPLETE, "where the base branch has moved files to that are changed here")
        return paths

    def _is_gone(self, path: str, older: str, newer: str) -> bool:
        kind = self.merges.host.trees.kind
        return kind(newer, path) is Kind.NOTHING and kind(older, path) is not Kind.NOTHING

    @cached_property
    def _taken_in(self) -> tuple[tuple[str, str, Difference], ...]:
        """Changes of the base branch from each commit of it, on which the pull request's stand, to the next."""
        stood: dict[str, None] = {}
        for listed in self.merges.history.commits:
            stood |= dict.fromkeys(parent for parent in listed.parents if parent not in self.merges.parents)
        if len(stood) > MAX_SIDES:
            raise PlatformError(Trouble.INCOMPLETE, f"the base branch was merged in more than {MAX_SIDES} times")
        differences: list[tuple[str, str, Difference]] = []
        for older, newer in pairwise(stood):
            difference = self.merges.host.commits.difference(older, newer)
            if difference.status == "behind":
                older, newer = newer, older
                difference = self.merges.host.commits.difference(older, newer)
            if difference.status != "ahead":
                raise PlatformError(Trouble.INCOMPLETE, "what was merged in beside the commits is not all of one branch")
            differences.append((older, newer, difference))
        return tuple(differences)

    @cached_property
    def _came_by(self) -> Mapping[str, ListedCommit]:
        """The commits that seem to have come by a merge of a pull request, each with the merge."""
        commits: dict[str, ListedCommit] = {}
        own = self.merges.own
        merges = [each for each in self.merges.history.commits if len(each.parents) == 2 and number_in(each) is not None]
        for merge in merges[-MAX_LOOKUPS:]:
            ours, theirs = merge.parents
            for sha in own.names(own.upto(theirs) & ~own.upto(ours)):
                commits.setdefault(sha, merge)
        return commits

    def _pulled(self, merge: ListedCommit) -> frozenset[str] | None:
        """The paths at which a branch that was merged differed from where it had left the other; None where that cannot be told.

        It is compared anew: GitHub's list of the pull request is of its own base branch, and against one merge base of several.
        """
        ours, theirs = merge.parents
        with suppress_trouble(*NOT_WHOLE):
            base = self.merges.merge_base(ours, theirs)
            difference = None if base is None else self.merges.host.commits.difference(base, theirs)
            return paths_of(difference.files) if difference is not None and difference.files_complete else None
        return None
