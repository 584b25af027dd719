"""Merges of the base branch into a pull request, and commits that were set on a newer base: which are nothing but that.

The first are nobody's contribution; the second, the same by author, date, message and patch, are whose they were before. That a
commit has GitHub's signature or the message of a merge proves nothing: conflicts are resolved on the site, too, and what is
written there is signed the same. Trees are compared instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.action.own_commits import OwnCommits
from agentowners.change.model import Review, ReviewState
from agentowners.github.errors import NOT_WHOLE, UNTOLD, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import CommitHistory, ListedCommit, Pull
from agentowners.github.three_way import Allowance, is_merge, unlike_merge
from agentowners.identity.commits import Commit

MAX_MERGES: Final = 5
"""As many are looked into for one pull request, the newest first; any further one is a contribution."""
MAX_SIDES: Final = 10
"""A head that has left the base branch at more commits than this is not looked into."""


MAX_COMMITS: Final = 20
"""As many are held against the ones they were made of, for one pull request."""


class Merge(Struct, frozen=True):
    """A commit of the pull request with two parents, of which one is the pull request's and the other is not."""

    ours: str
    theirs: str


class BaseMerges(Struct, dict=True):
    """Those of one pull request. Every question raises ``PlatformError`` where GitHub does not answer."""

    host: GitHubHost
    pull: Pull
    history: CommitHistory
    author_writes: Callable[[], bool] = lambda: True
    """True if the author may write, so that nobody else can make the gate ask for much; asked where it matters."""
    _clean: dict[str, bool] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        """True if its branch is one of the repository's own."""
        return (self.pull.head_repository or "").lower() == self.host.repository.lower()

    def is_insiders(self) -> bool:
        """True if it is worth more requests than an outsider's."""
        return self.is_here or self.author_writes()

    @cached_property
    def allowance(self) -> Allowance:
        """Budget that may still be read for it."""
        return Allowance() if self.is_insiders() else Allowance(texts=0)

    @cached_property
    def candidates(self) -> dict[str, Merge]:
        """By their place in history the merges of the base, newest first; what is in them is not looked at yet."""
        merges: dict[str, Merge] = {}
        for listed in reversed(self.history.commits):
            ours = [sha for sha in listed.parents if sha in self.parents]
            theirs = [sha for sha in listed.parents if sha not in self.parents]
            if len(ours) == len(theirs) == 1:
                merges[listed.sha] = Merge(ours[0], theirs[0])
        return merges

    def adds_nothing(self, sha: str) -> bool:
        """True if a commit is a merge of the base branch into the pull request that git would make the same."""
        merge = self.candidates.get(sha)
        if merge is None or (sha not in self._clean and len(self._clean) == MAX_MERGES):
            return False
        if sha not in self._clean:
            self._clean[sha] = self._is_clean(sha, merge)
        return self._clean[sha]

    def on_base(self, sha: str) -> bool:
        """True if a commit is on the base branch, and so nothing of the pull request's."""
        return self.host.commits.contains(self.tip, sha)

    def unchanged_since(self, reviews: Iterable[Review]) -> tuple[str, ...]:
        """Commits that reviews approve and after which, up to the head, only the base was merged in."""
        approved = {review.commit for review in reviews if review.state is ReviewState.APPROVED}
        line: list[str] = []
        tip = self.pull.head
        while tip in self.candidates and len(line) < MAX_MERGES:
            tip = self.candidates[tip].ours
            line.append(tip)
        commits: list[str] = []
        tip = self.pull.head
        while not approved.isdisjoint(line) and self.adds_nothing(tip):
            tip = line.pop(0)
            commits.append(tip)
        return tuple(sha for sha in commits if sha in approved)

    @cached_property
    def tip(self) -> str:
        """The commit at the base branch's tip, as it was when it was first asked for."""
        return self.host.commits.branch_tip(self.pull.base_ref)

    @cached_property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """The parents of each of the pull request's commits."""
        return {listed.sha: listed.parents for listed in self.history.commits}

    @cached_property
    def own(self) -> OwnCommits:
        """The pull request's commits."""
        return OwnCommits(self.parents)

    def unlike_merge(self, sha: str) -> frozenset[str] | None:
        """The paths at which a commit with two parents is not what merging them makes; None where that cannot be told.

        Raises:
            PlatformError: GitHub does not answer, or not with all that there is.
        """
        if len(self.parents[sha]) != 2:
            return None
        ours, theirs = self.parents[sha]
        base = self.merge_base(ours, theirs)
        return None if base is None else unlike_merge(self.host.trees, base, ours, theirs, sha, self.allowance)

    def merge_base(self, tip: str, other: str) -> str | None:
        """The one merge base of two commits; None where there may be several."""
        if tip not in self.parents:
            tip, other = other, tip
        if tip not in self.parents:
            return None
        if other not in self.parents:
            if not self.on_base(other):
                return None
            base = self.host.commits.merge_base(other, tip)
            return base if self._is_only(base, tip) else None
        shared = self.own.upto(tip) & self.own.upto(other)
        sides = [self.own.base_of(tip), self.own.base_of(other)]
        if shared:
            names = self.own.names(shared)
            inner = {parent for sha in names for parent in self.parents[sha]}
            tops = [sha for sha in names if sha not in inner]
            return tops[0] if len(tops) == 1 and any(side <= self.own.base_of(tops[0]) for side in sides) else None
        if any(len(side) != 1 for side in sides):
            return None
        (left,), (right,) = sides
        if self.host.commits.contains(right, left):
            return left
        return right if self.host.commits.contains(left, right) else None

    def _is_clean(self, sha: str, merge: Merge) -> bool:
        with suppress_trouble(*NOT_WHOLE):
            base = self.merge_base(merge.ours, merge.theirs)
            return base is not None and is_merge(self.host.trees, base, merge.ours, merge.theirs, sha, self.allowance)
        return False

    def _is_only(self, base: str, ours: str) -> bool:
        """True if a commit and the base branch have no other merge base: git makes a new one of several, and a merge of that."""
        others = self.own.base_of(ours) - {base}
        return len(others) <= MAX_SIDES and all(self.host.commits.contains(base, sha) for sha in sorted(others))


class Rebases:
    """Commits of one pull request that were set on a newer base; answers what the record of its branch leaves open."""

    def __init__(self, merges: BaseMerges) -> None:
        self.merges = merges
        self.adds_nothing, self.on_base = merges.adds_nothing, merges.on_base
        self._left = MAX_COMMITS
        self._known = {listed.sha: listed for listed in merges.history.commits}
        """Commits of the pull request, now or before a rebase."""
        self._made_of: dict[str, str] = {}

    def moved_onto(self, old: str, new: str) -> Mapping[str, str] | None:
        """The commits up to the old one, each with the same one on a newer base, up to the new one; None for anything else."""
        copies = _lineage(new, self._known, self._left)
        if not copies or not self.merges.is_insiders():
            return None
        self._left -= len(copies)
        same = False
        originals: list[ListedCommit] = []
        with suppress_trouble(*UNTOLD):
            listed = self.merges.host.commits.few_between(self.merges.tip, old, len(copies))
            originals = _lineage(old, {each.sha: each for each in listed or ()}, len(copies))
            same = listed is not None and len(originals) == len(listed) == len(copies) and self._are_same(originals, copies)
        if not same:
            return None
        self._known |= {original.sha: original for original in originals}
        copy_of = {original.sha: copy.sha for original, copy in zip(originals, copies, strict=True)}
        self._made_of |= {copy: original for original, copy in copy_of.items()}
        return copy_of

    def holds(self, sha: str, roots: Sequence[str]) -> bool:
        """True if a commit is one of these, or one of these leads to it; of more than two, nobody is asked."""
        return len(roots) > 2 or any(self.merges.host.commits.contains(sha, root) for root in roots)

    def original(self, listed: ListedCommit) -> Commit:
        """A commit as it was made, under the id that it has now: who rebased it is none of its makers."""
        sha = listed.sha
        while sha in self._made_of:
            sha = self._made_of[sha]
        return replace(self._known[sha].commit, sha=listed.sha)

    def _are_same(self, originals: list[ListedCommit], copies: list[ListedCommit]) -> bool:
        return all(
            original.identity == other.identity
            and is_merge(
                self.merges.host.trees, original.parents[0], other.parents[0], original.sha, other.sha, self.merges.allowance
            )
            for original, other in zip(originals, copies, strict=True)
        )


def _lineage(tip: str, known: Mapping[str, ListedCommit], most: int) -> list[ListedCommit]:
    """A commit and all that lead to it from the base, newest first; nothing where that is no line, or longer than ``most``."""
    commits: list[ListedCommit] = []
    while tip in known:
        commits.append(known[tip])
        if len(known[tip].parents) != 1 or len(commits) > most:
            return []
        (tip,) = known[tip].parents
    return commits
