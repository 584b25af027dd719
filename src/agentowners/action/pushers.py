"""Attributes a pull request's commits by GitHub's own record of its branch: pure, but for the questions it asks.

The record is read from the newest entry back, all of it, as whatever was set back, deleted or made since may have been pushed
again by somebody else. Each move that brought one of the pull request's commits names its mover, on the paths of what it
brought; one that set the branch back to one of them names its mover on every path, and so does one that brought something else,
as what is there now may be made of it. Who made the branch of a commit of the base, or set it back to one, brought nothing, and
neither did who brought the same commits on a newer base. What is older than the branch's standing on the base counts by the
commits it brought alone: the rest has landed, or was dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Final, Protocol

from msgspec import Struct, field

from agentowners.action.own_commits import Commits, OwnCommits
from agentowners.change.model import Account
from agentowners.github.model import Activity
from agentowners.identity.accounts import is_web_flow
from agentowners.policy.patterns import ascii_lower

MAX_LOOKUPS: Final = 10
"""As many entries are looked into; whoever is named by a further one pushed."""
_MERGES: Final = frozenset({"pr_merge", "merge_queue_merge"})
_ONWARD: Final = frozenset({"push"}) | _MERGES
"""Moves after which the commit before is an ancestor.
Source: https://docs.github.com/en/rest/repos/repos#list-repository-activities"""


class PusherQuestions(Protocol):
    """Questions that the record alone does not answer."""

    def adds_nothing(self, sha: str) -> bool:
        """True if a merge of the base branch is nothing but that."""
        ...

    def on_base(self, sha: str) -> bool:
        """True if a commit is on the base branch."""
        ...

    def holds(self, sha: str, roots: Sequence[str]) -> bool:
        """True if a commit is one of these, or one of these leads to it."""
        ...

    def moved_onto(self, old: str, new: str) -> Mapping[str, str] | None:
        """The commits up to the old one, each with the same one on a newer base, up to the new one; None for anything else."""
        ...


class PusherShare(Struct):
    """Commits that one account brought, or something that counts on every path."""

    actor: Account | None
    """None for an account that is gone."""
    commits: Commits = 0
    everywhere: bool = False


class Pushed(Struct):
    """Facts of a branch's record about a pull request."""

    pushes: list[PusherShare] = field(default_factory=list)
    """Everybody who pushed, each once; nobody is GitHub itself."""
    merges: list[tuple[Activity, Commits]] = field(default_factory=list)
    """Pull requests that GitHub merged into the branch, with what came by each, newest first."""
    unread: Commits = 0
    """Commits that nothing in the record brought."""


def pushed(
    record: Sequence[Activity],
    activity: Activity | None,
    own: OwnCommits,
    merges: Mapping[str, str],
    author: Account | None,
    questions: PusherQuestions,
    *,
    pulled: Collection[str] = (),
    cut: bool = False,
) -> Pushed:
    """Sort out a branch's record.

    Args:
        record: all that was read of it, newest first.
        activity: the move of which the event told, which the record may not have yet.
        own: the pull request's commits.
        merges: those that may be merges of the base, each with the parent that is the pull request's.
        author: who is judged on every path anyway, so that nothing has to be asked about.
        questions: asked where the record alone does not tell.
        pulled: commits that GitHub may have made of a pull request: of these an event tells who merged, and not whose they are.
        cut: whether the record goes on where what was read ends.
    """
    walk = _RecordWalk(own, merges, author, questions)
    mine = None if author is None else _account_key(author)
    by_others = [place for place, move in enumerate(record) if move.actor is None or _account_key(move.actor) != mine]
    for place, (move, older) in enumerate(zip(record, (*record[1:], None), strict=False)):
        walk.step(move, older, matters=place <= max(by_others, default=-1))
    if activity is not None and all(_what(activity) != _what(move) for move in record):
        walk.besides(activity, by_merging=activity.after in pulled)
    return walk.end(record, cut=cut)


def _what(move: Activity) -> tuple[object, ...]:
    return move.before, move.after, _account_key(move.actor)


class _RecordWalk:
    def __init__(self, own: OwnCommits, merges: Mapping[str, str], author: Account | None, questions: PusherQuestions) -> None:
        self._own = own
        self._merges = merges
        self._author = None if author is None else _account_key(author)
        self._ask = questions
        self._lookups = 0
        self._people: dict[object, PusherShare] = {}
        self._movers: dict[object, Account | None] = {}
        self._setters: dict[object, Account | None] = {}
        """Accounts that set the branch back, deleted or made it."""
        self._aliases: dict[str, str] = {}
        """Commits of which there is the same on a newer base."""
        self._clean = set(own.boundary)
        """Commits in which none of the pull request's is."""
        self._recent = True
        """True if the branch has not stood on the base since."""
        self._covered: Commits = 0
        self._perhaps: Commits = 0
        """Commits that came by a move from something of which it is not known whether it held them."""
        self._found = Pushed()

    def step(self, move: Activity, older: Activity | None, *, matters: bool) -> None:
        """Take in the next older move; ``older`` is the one after that. Who brought what it replaced does not matter where it and
        all older ones are the author's."""
        self._movers.setdefault(_account_key(move.actor), move.actor)
        after = self._named(move.after)
        if after is None or move.before is None or move.kind not in _ONWARD:
            self._setters.setdefault(_account_key(move.actor), move.actor)
        if after is None:
            return
        if after in self._own:
            self._brought(move, after, matters=matters)
            restored = older is not None and older.after is None and older.before == move.after
            if (move.before is None and not restored) or self._stood_on_base(move, after):
                self._recent = False
        elif after in self._clean or self._is_clean(move, after):
            self._clean.add(after)
            self._recent = False
        else:
            self._share_of(move.actor).everywhere = True
        if move.kind in _ONWARD and move.before is not None and (after in self._own or after in self._clean):
            before = self._named(move.before)
            if before is not None and before not in self._own:
                self._clean.add(before)

    def besides(self, move: Activity, *, by_merging: bool) -> None:
        """Take in a move whose place in the record is not known, and that may be a merge of somebody's pull request."""
        self._movers.setdefault(_account_key(move.actor), move.actor)
        if move.after is not None and move.after in self._own:
            covered = self._covered
            self._brought(move, move.after, matters=False)
            if by_merging:
                self._covered = covered

    def end(self, record: Sequence[Activity], *, cut: bool) -> Pushed:
        """Result of the walk."""
        result = self._found
        result.unread = self._own.every & ~self._covered
        if result.unread & self._perhaps and not cut and not self._has_gaps(record):
            result.unread &= ~self._perhaps
        if result.unread:
            for actor in self._movers.values():
                self._share_of(actor).commits |= result.unread
        if result.unread or cut:
            for actor in self._setters.values():
                self._share_of(actor).everywhere = True
        result.pushes = [push for push in self._people.values() if push.everywhere or push.commits]
        return result

    def _has_gaps(self, record: Sequence[Activity]) -> bool:
        """True if a move may be missing: each begins where the older one ended, and the oldest where nothing of this was."""
        if any(move.before != older.after for move, older in pairwise(record)):
            return True
        start = record[-1].before if record else None
        return start is not None and start not in self._clean and not self._ask.on_base(start)

    def _brought(self, move: Activity, after: str, *, matters: bool) -> None:
        own, before = self._own, self._named(move.before)
        commits = own.upto(after) & ~own.upto(before)
        if before is not None and self._merges.get(after) == before:
            self._covered |= own.only(after)
            if not self._adds_nothing(move, after):
                self._came(move, own.only(after))
        elif move.before is None or move.kind in _ONWARD or self._leads(before, after):
            self._covered |= commits
            self._came(move, commits)
        elif matters and move.after == after and (moved := self._ask.moved_onto(move.before, after)) is not None:
            # they were brought by whoever brought the old ones
            self._aliases |= moved
            self._covered |= commits & ~own.only(*moved.values())
        else:
            if before in own:
                self._covered |= commits
            else:
                self._perhaps |= commits
            self._share_of(move.actor).everywhere = True

    def _came(self, move: Activity, commits: Commits) -> None:
        """Take in that commits came by a move that set nothing back."""
        if move.kind not in _MERGES:
            self._share_of(move.actor).commits |= commits
        elif commits:
            self._found.merges.append((move, commits))

    def _adds_nothing(self, move: Activity, merge: str) -> bool:
        """True if a merge that may be of the base is nothing but that; not asked where it makes no difference."""
        if move.kind not in _MERGES:
            known = self._people.get(_account_key(move.actor))
            if self._is_author(move.actor) or (known is not None and (known.everywhere or known.commits)):
                return False
        return self._ask.adds_nothing(merge)

    def _is_clean(self, move: Activity, after: str) -> bool:
        known = self._people.get(_account_key(move.actor))
        if self._is_author(move.actor) or (known is not None and known.everywhere) or self._lookups >= MAX_LOOKUPS:
            return False
        self._lookups += 1
        return self._ask.on_base(after) if self._recent else not self._ask.holds(after, self._own.roots)

    def _leads(self, before: str | None, after: str) -> bool:
        """True if a commit of the pull request stands on another commit, as far as its own commits tell."""
        if before is None:
            return False
        if before in self._own:
            return not self._own.upto(before) & ~self._own.upto(after)
        return before in self._own.boundary and before in self._own.base_of(after)

    def _stood_on_base(self, move: Activity, after: str) -> bool:
        before = self._named(move.before)
        return before is not None and before not in self._own and (move.kind in _ONWARD or self._leads(before, after))

    def _named(self, sha: str | None) -> str | None:
        return None if sha is None else self._aliases.get(sha, sha)

    def _share_of(self, actor: Account | None) -> PusherShare:
        if self._is_author(actor) or (actor is not None and is_web_flow(actor, None)):
            return PusherShare(actor)
        return self._people.setdefault(_account_key(actor), PusherShare(actor))

    def _is_author(self, actor: Account | None) -> bool:
        return actor is not None and _account_key(actor) == self._author


def _account_key(account: Account | None) -> object:
    """By which accounts are told apart; GitHub tells everybody's id."""
    if account is None:
        return None
    return account.id if account.id is not None else ascii_lower(account.login)
