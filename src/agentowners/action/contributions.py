"""Contributors to a pull request, beside who opened it: makers of its commits, and everybody who pushed to its branch.

Each on the paths of the commits that they made or brought, as far as that can be told; and where GitHub merged another pull
request into the branch, whoever made or pushed that one, by GitHub's own record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import Final

from msgspec import Struct, field

from agentowners.action.base_merges import BaseMerges, Rebases
from agentowners.action.commit_paths import is_poor
from agentowners.action.own_commits import Commits, OwnCommits, number_in
from agentowners.action.pushers import Pushed, pushed
from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.github.errors import UNTOLD, PlatformError, Trouble, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import Activity, CommitHistory, MergedPull, Pull
from agentowners.github.reading import MalformedError
from agentowners.identity.accounts import is_web_flow, same_account
from agentowners.identity.commits import Commit, commit_evidence
from agentowners.policy.patterns import ascii_lower
from agentowners.report.shared.cut import count

MAX_BASES: Final = 3
"""As many branches that it went to before are looked into for one pull request."""
MAX_PULLS: Final = 30
"""As many merged pull requests are looked into for one pull request; somebody unknown pushed to each further one."""
MAX_LISTED: Final = 300
"""As many pull requests that were merged into one branch are gone through."""


class ContributionFacts(Struct, frozen=True):
    """Facts about contributors."""

    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...] = ()
    """Remarks on what could not be told, for people."""
    pushed_at: str | None = None
    """When the branch was last moved, by GitHub's clock; None where that is not known."""
    earlier: tuple[str, ...] = ()
    """The heads that it had before, newest first."""


def contributions(merges: BaseMerges, activity: Activity | None) -> ContributionFacts:
    """Everybody who made a commit of a pull request or pushed to its branch; a merge of the base is no contribution.

    Args:
        merges: those of the base into the pull request, with its commits.
        activity: the move of the branch of which the event told, if it told of one.
    """
    pull, own = merges.pull, merges.own
    moves, why = read_record(merges.host, pull.head_repository, pull.head_ref)
    rebases = Rebases(merges)
    clean = {sha: merge.ours for sha, merge in merges.candidates.items()}
    pulled = frozenset(each.sha for each in merges.history.commits if number_in(each) is not None)
    cut = why is not None and bool(moves)
    facts = pushed(moves, activity, own, clean, pull.author, rebases, pulled=pulled, cut=cut)
    # whom nobody saw push is known by nothing but what the commits say
    author = pull.author if why is None and not facts.unread else None
    plain = [listed for listed in merges.history.commits if listed.sha not in merges.candidates]
    evidence = [*_makers((rebases.original(listed) for listed in plain), author)]
    pushers, notes = _pushers(merges, facts, readable=why is None or bool(moves))
    evidence += pushers
    brought, further = _from_former_bases(merges, moves)
    evidence += [each for each in brought if not _is_known(each.account, pull.author)]
    opened = Evidence(Signal.AUTHOR, Strength.VERIFIED, pull.author)
    for listed in (listed for listed in reversed(merges.history.commits) if listed.sha in merges.candidates):
        makers = _makers([listed.commit], author)
        # who is a contributor anyway becomes none by it
        if _identities(makers) <= _identities([opened, *evidence]) or not merges.adds_nothing(listed.sha):
            evidence += makers
    gaps = _unknown(facts, moves, why)
    newest = moves[0] if moves and moves[0].after == pull.head else None
    pushed_at = newest.time or None if newest is not None else None
    return ContributionFacts(tuple(evidence), (*gaps, *notes, *further), pushed_at, _earlier(moves, pull, own))


def _earlier(moves: Sequence[Activity], pull: Pull, own: OwnCommits) -> tuple[str, ...]:
    """The heads that the pull request had before, newest first, without what the branch was at before it was opened."""
    heads = [
        older.after for newer, older in pairwise(moves) if not newer.time or not pull.opened_at or newer.time >= pull.opened_at
    ]
    return tuple(dict.fromkeys(sha for sha in heads if sha is not None and sha != pull.head and sha not in own.boundary))


def evidence_of(history: CommitHistory, author: Account | None) -> tuple[Evidence, ...]:
    """Evidence of all commits about their makers."""
    return _makers((listed.commit for listed in history.commits), author)


def _makers(commits: Iterable[Commit], author: Account | None) -> tuple[Evidence, ...]:
    return tuple(evidence for commit in commits for evidence in commit_evidence(commit, author))


def _pushers(merges: BaseMerges, facts: Pushed, *, readable: bool) -> tuple[list[Evidence], list[str]]:
    """Everybody who pushed, and what could not be told about them."""
    pull, own = merges.pull, merges.own
    evidence = [pushed_by(push.actor, None if push.everywhere else own.names(push.commits)) for push in facts.pushes]
    if facts.unread and readable:
        evidence.append(pushed_by(None, own.names(facts.unread)))
    stack = Stack(merges.host, own)
    evidence += stack.evidence(pull.head_repository, pull.head_ref, own, facts.merges)
    return [each for each in evidence if not _is_known(each.account, pull.author)], stack.notes


def _is_known(account: Account | None, author: Account | None) -> bool:
    """True if a pusher is GitHub itself, or judged on every path anyway."""
    if account is None:
        return False
    return is_web_flow(account, None) or (author is not None and same_account(account, author))


def _unknown(facts: Pushed, moves: Sequence[Activity], why: str | None) -> list[str]:
    if why is None and not facts.unread:
        return []
    if why is not None and not moves:
        return [f"not everybody who pushed to the head branch is known, {why}: commits are taken for whose they say they are"]
    if not facts.unread:
        return [f"not every move of the head branch is known, {why}: whoever set it back or made it is judged on every path"]
    why = why or "GitHub's record of it does not go back to its beginning"
    what = count(facts.unread.bit_count(), "commit was", "commits were")
    return [
        f"not everybody who pushed to the head branch is known, {why}: whoever moved it, and somebody unknown, are judged on "
        f"what {what} made of"
    ]


def _identities(evidence: Iterable[Evidence]) -> set[tuple[str, object]]:
    """By what contributors are told apart."""
    keys: set[tuple[str, object]] = set()
    for each in evidence:
        if each.account is not None:
            named = each.account.id if each.account.id is not None else ascii_lower(each.account.login)
            keys.add(("account", named))
        else:
            keys.add(("text", ascii_lower(each.email or each.text or each.name or "")))
    return keys


def _from_former_bases(merges: BaseMerges, moves: Sequence[Activity]) -> tuple[list[Evidence], list[str]]:
    """Everybody who brought commits of a pull request to a branch that it went to before, and what could not be told, for people.

    GitHub merges the base branch into the head, or sets the head on it, in the name of whoever asks for it. Where the head has
    no such merge, and was never set on anything else, nothing is asked for.

    ``moves`` are those of its head branch, as far as they are known.
    """
    pull, own = merges.pull, merges.own
    merged = [parents for parents in own.parents.values() if sum(parent in own for parent in parents) > 1]
    forced = any(move.kind == "force_push" and move.after in own for move in moves)
    if not (merged or forced):
        return [], []
    taken_in: Commits = own.every if forced else 0
    for first, *others in merged:
        for other in others:
            taken_in |= own.upto(other) & ~own.upto(first)
    known = {pull.base_ref, *([pull.head_ref] if merges.is_here else [])}
    branches = _former(merges.host, pull)
    branches = branches and tuple(each for each in branches if each not in known)
    if branches is None or len(branches) > MAX_BASES:
        note = "who pushed to the branches that the pull request went to before was not looked up: somebody unknown may have"
        return [pushed_by(None, own.names(taken_in))], [note]
    evidence: list[Evidence] = []
    notes: list[str] = []
    for branch in branches:
        people, further = _from(merges, branch, taken_in)
        evidence += people
        notes += further
    return evidence, notes


def _former(host: GitHubHost, pull: Pull) -> tuple[str, ...] | None:
    """The branches that a pull request went to before, each once; None where it did, and GitHub does not tell to which."""
    try:
        return host.timelines.former_bases(pull.number)
    except (PlatformError, MalformedError):
        with suppress_trouble(*UNTOLD):
            return () if host.timelines.base_changed(pull.number) is None else None
        return None


def _from(merges: BaseMerges, branch: str, taken_in: Commits) -> tuple[list[Evidence], list[str]]:
    host, own = merges.host, merges.own
    record, why = read_record(host, host.repository, branch)
    cut = why is not None or not record or record[-1].before is not None
    reached = [place for place, move in enumerate(record) if move.after in own]
    commits = taken_in if cut else 0
    for place in reached:
        commits |= own.upto(record[place].after)
    if not commits:
        return [], []
    names = frozenset(own.names(commits))
    part = OwnCommits({sha: parents for sha, parents in own.parents.items() if sha in names})
    since = record[reached[0] :] if reached else []
    facts = pushed(since, None, part, {}, merges.pull.author, PlainAnswers(host, part), cut=cut)
    brought = [(push.actor, part.every if push.everywhere else push.commits) for push in facts.pushes]
    evidence = [pushed_by(pusher, part.names(commits), f"`{branch}`") for pusher, commits in brought]
    stack = Stack(host, part)
    evidence += stack.evidence(host.repository, branch, part, facts.merges)
    if not facts.unread:
        return evidence, stack.notes
    note = f"not everybody is known who pushed to `{branch}`, which the pull request went to before"
    return [*evidence, pushed_by(None, part.names(facts.unread))], [*stack.notes, note]


class Stack(Struct):
    """The pull requests that were merged into the branch of one."""

    host: GitHubHost
    own: OwnCommits
    notes: list[str] = field(default_factory=list)
    """Remarks on what could not be told, for people."""
    _left: int = MAX_PULLS
    _lists: dict[str, tuple[MergedPull, ...]] = field(default_factory=dict)

    def evidence(
        self,
        repository: str | None,
        branch: str,
        own: OwnCommits,
        merges: Iterable[tuple[Activity, Commits]],
        commits: tuple[str, ...] | None = None,
        where: str = "",
    ) -> list[Evidence]:
        """Everybody who had a part in what was merged by pull requests into a branch of a repository, and how far.

        It counts on what came by each merge, or on ``commits``.
        """
        evidence: list[Evidence] = []
        for move, came in merges:
            names = own.names(came)
            part = names if commits is None else commits
            if (repository or "").lower() == self.host.repository.lower():
                evidence += self._of(branch, move, names, part)
            else:
                # what was merged elsewhere is not looked into
                evidence += [pushed_by(account, part, where) for account in (move.actor, None)]
        return evidence

    def _of(self, branch: str, move: Activity, came: tuple[str, ...], commits: tuple[str, ...]) -> list[Evidence]:
        pulls = self._merged_by(branch, set(came))
        evidence = [each for pull in pulls for each in self._makers(pull, commits)]
        if not pulls:
            # the person who merged may have merged anything
            self.notes.append(f"which pull request was merged into `{branch}` as {(move.after or '')[:7]} cannot be told")
            evidence += [pushed_by(move.actor, commits), pushed_by(None, commits)]
        return evidence

    def _merged_by(self, branch: str, commits: set[str]) -> Sequence[MergedPull]:
        """The pull requests that were merged into a branch by some commits."""
        if branch not in self._lists:
            if is_poor(self.host):
                return ()
            self._lists[branch] = ()
            with suppress_trouble(*UNTOLD):
                self._lists[branch] = tuple(islice(self.host.pulls.merged_into(branch), MAX_LISTED))
        return [pull for pull in self._lists[branch] if pull.merge_commit in commits]

    def _makers(self, pull: MergedPull, commits: tuple[str, ...]) -> list[Evidence]:
        where = f"#{pull.number}"
        opened = pushed_by(pull.author, commits, where)
        if not self._left or is_poor(self.host):
            self.notes.append(f"who pushed to the branch of #{pull.number}, which was merged, was not looked up")
            return [opened, pushed_by(None, commits, where)]
        self._left -= 1
        evidence = [opened]
        if pull.author is None or pull.author.type is not AccountType.BOT:
            app = self.host.pulls.app(pull.number)
            if app.slug is not None:
                evidence.append(Evidence(Signal.APP, Strength.VERIFIED, name=app.slug, where=where, commits=commits))
        return evidence + self._pushers(pull, commits, where)

    def _pushers(self, pull: MergedPull, commits: tuple[str, ...], where: str) -> list[Evidence]:
        parents = self._parents(pull)
        record, why = read_record(self.host, pull.head_repository, pull.head_ref)
        # a branch of the same name may have been made later
        places = [place for place, move in enumerate(record) if move.after == pull.head]
        if parents is None or not places:
            self.notes.append(f"who pushed to the branch of #{pull.number}, which was merged, cannot be told")
            return [pushed_by(None, commits, where)]
        own = OwnCommits(parents)
        facts = pushed(record[places[0] :], None, own, {}, pull.author, PlainAnswers(self.host, own), cut=why is not None)
        evidence = [pushed_by(push.actor, commits, where) for push in facts.pushes]
        if facts.unread:
            evidence.append(pushed_by(None, commits, where))
        return evidence + self.evidence(pull.head_repository, pull.head_ref, own, facts.merges, commits, where)

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


def pushed_by(account: Account | None, commits: tuple[str, ...] | None, where: str = "") -> Evidence:
    """Evidence of a push; None stands for somebody unknown, and for every path."""
    return Evidence(Signal.PUSHER, Strength.VERIFIED, account, where=where, commits=commits)


def read_record(host: GitHubHost, repository: str | None, branch: str) -> tuple[list[Activity], str | None]:
    """Moves of a branch, newest first, and why they are not all, for people; ``repository`` is None for a fork that is gone."""
    if repository is None:
        return [], "the fork is gone"
    activities: list[Activity] = []
    try:
        for move in host.pulls.activity(repository, branch):
            activities.append(move)
    except PlatformError as error:
        if error.trouble not in UNTOLD:
            raise
        if error.trouble is Trouble.INCOMPLETE:
            return activities, error.message
        return activities, f"the token may not read the activity of `{repository}` (`contents: read`)"
    return activities, None
