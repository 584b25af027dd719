"""Pull requests that GitHub merged into the head branch of another: whose commits these are, by GitHub's own record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct, field

from agentowners.action.own_commits import Commits, OwnCommits
from agentowners.action.pushers import pushed
from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.github.errors import UNTOLD, PlatformError, Trouble, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import Activity, MergedPull

MAX_PULLS: Final = 30
"""As many merged pull requests are looked into for one pull request; somebody unknown pushed to each further one."""
MAX_LISTED: Final = 300
"""As many pull requests that were merged into one branch are gone through."""
ENOUGH: Final = 300
"""Requests that are left to others in the hour: with fewer, no merged pull request is looked into."""


class Stack(Struct):
    """The pull requests that were merged into the branch of one."""

    host: GitHubHost
    own: OwnCommits
    notes: list[str] = field(default_factory=list)
    """Remarks on what could not be told, for people."""
    _left: int = MAX_PULLS
    _lists: dict[str, tuple[MergedPull, ...]] = field(default_factory=dict)

    def evidence(self, repository: str | None, branch: str, merges: Iterable[tuple[Activity, Commits]]) -> list[Evidence]:
        """Everybody who had a part in what was merged by pull requests into a branch of a repository, and how far.

        Raises:
            PlatformError: GitHub does not answer.
        """
        named = ((move, self.own.names(commits)) for move, commits in merges)
        return self._merged(repository, branch, ((move, names, names) for move, names in named))

    def _merged(
        self,
        repository: str | None,
        branch: str,
        merges: Iterable[tuple[Activity, tuple[str, ...], tuple[str, ...]]],
        where: str = "",
    ) -> list[Evidence]:
        """The same, of each merge what came by it, and the commits on which it counts."""
        found: list[Evidence] = []
        for move, came, commits in merges:
            if (repository or "").lower() == self.host.repository.lower():
                found += self._of(branch, move, came, commits)
            else:
                # what was merged elsewhere is not looked into
                found += [pushed_by(who, commits, where) for who in (move.actor, None)]
        return found

    def _of(self, branch: str, move: Activity, came: tuple[str, ...], commits: tuple[str, ...]) -> list[Evidence]:
        pulls = self._merged_by(branch, set(came))
        found = [each for pull in pulls for each in self._makers(pull, commits)]
        if not pulls:
            # the person who merged may have merged anything
            self.notes.append(f"which pull request was merged into `{branch}` as {(move.after or '')[:7]} cannot be told")
            found += [pushed_by(move.actor, commits), pushed_by(None, commits)]
        return found

    def _merged_by(self, branch: str, commits: set[str]) -> Sequence[MergedPull]:
        """The pull requests that were merged into a branch by some commits."""
        budget = self.host.budget
        if branch not in self._lists:
            if budget is not None and budget.remaining < ENOUGH:
                return ()
            self._lists[branch] = ()
            with suppress_trouble(*UNTOLD):
                self._lists[branch] = tuple(islice(self.host.pulls.merged_into(branch), MAX_LISTED))
        return [pull for pull in self._lists[branch] if pull.merge_commit in commits]

    def _makers(self, pull: MergedPull, commits: tuple[str, ...]) -> list[Evidence]:
        where = f"#{pull.number}"
        opened = pushed_by(pull.author, commits, where)
        budget = self.host.budget
        if not self._left or (budget is not None and budget.remaining < ENOUGH):
            self.notes.append(f"who pushed to the branch of #{pull.number}, which was merged, was not looked up")
            return [opened, pushed_by(None, commits, where)]
        self._left -= 1
        found = [opened]
        if pull.author is None or pull.author.type is not AccountType.BOT:
            app = self.host.pulls.app(pull.number)
            if app.slug is not None:
                found.append(Evidence(Signal.APP, Strength.VERIFIED, name=app.slug, where=where, commits=commits))
        return found + self._pushers(pull, commits, where)

    def _pushers(self, pull: MergedPull, commits: tuple[str, ...], where: str) -> list[Evidence]:
        parents = self._parents(pull)
        record, why = read_record(self.host, pull.head_repository, pull.head_ref)
        # a branch of the same name may have been made later
        places = [place for place, move in enumerate(record) if move.after == pull.head]
        if parents is None or not places:
            self.notes.append(f"who pushed to the branch of #{pull.number}, which was merged, cannot be told")
            return [pushed_by(None, commits, where)]
        own = OwnCommits(parents)
        found = pushed(record[places[0] :], None, own, {}, pull.author, PlainAnswers(self.host, own), cut=why is not None)
        people = [pushed_by(push.actor, commits, where) for push in found.pushes]
        if found.unread:
            people.append(pushed_by(None, commits, where))
        merges = ((move, own.names(came), commits) for move, came in found.merges)
        return people + self._merged(pull.head_repository, pull.head_ref, merges, where)

    def _parents(self, pull: MergedPull) -> dict[str, tuple[str, ...]] | None:
        """The commits that were merged, with their parents; None where they cannot be told."""
        merge = self.own.parents.get(pull.merge_commit, ())
        if len(merge) == 2 and pull.head == merge[1]:
            names = self.own.names(self.own.upto(merge[1]) & ~self.own.upto(merge[0]))
            return {sha: tuple(self.own.parents[sha]) for sha in reversed(names)}
        with suppress_trouble(*UNTOLD):
            listed = self.host.pulls.history(self.host.pulls.get(pull.number)).commits
            return {commit.sha: commit.parents for commit in listed}
        return None


class PlainAnswers(Struct, frozen=True):
    """Answers about a branch that was merged."""

    host: GitHubHost
    own: OwnCommits

    def adds_nothing(self, sha: str) -> bool:
        """Never: a merge counts as whoever made it."""
        return False

    def on_base(self, sha: str) -> bool:
        """True for a commit that these stand on, or that leads to one."""
        return any(self.host.commits.contains(base, sha) for base in sorted(self.own.boundary)[:2])

    def holds(self, sha: str, roots: Sequence[str]) -> bool:
        """True for one of these, and for a commit that one of these leads to."""
        return any(self.host.commits.contains(sha, root) for root in roots)

    def moved_onto(self, old: str, new: str) -> None:
        """None: that is not looked into."""


def pushed_by(who: Account | None, commits: tuple[str, ...] | None, where: str = "") -> Evidence:
    """Evidence of a push; None stands for somebody unknown, and for every path."""
    return Evidence(Signal.PUSHER, Strength.VERIFIED, who, where=where, commits=commits)


def read_record(host: GitHubHost, repository: str | None, branch: str) -> tuple[list[Activity], str | None]:
    """The moves of a branch, newest first, and why they are not all, for people; ``repository`` is None for a fork that is gone.

    Raises:
        PlatformError: GitHub does not answer.
    """
    if repository is None:
        return [], "the fork is gone"
    found: list[Activity] = []
    try:
        for move in host.pulls.activity(repository, branch):
            found.append(move)
    except PlatformError as error:
        if error.trouble not in UNTOLD:
            raise
        if error.trouble is Trouble.INCOMPLETE:
            return found, error.message
        return found, f"the token may not read the activity of `{repository}` (`contents: read`)"
    return found, None
