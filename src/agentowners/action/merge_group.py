"""A merge queue's group: judged by the pull requests that are in it, and by nothing that somebody wrote about it.

In it are those that explain its commits, and the one that its ref names. A commit is explained by the members' own histories
first. A number in a message is what somebody wrote, on another branch perhaps and long ago: it only says where to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.action.events import MergeGroup
from agentowners.action.failure import JudgementError
from agentowners.action.judge import JudgedPull
from agentowners.action.landing import Landing, beside
from agentowners.action.own_commits import number_in
from agentowners.action.publisher import Attempt
from agentowners.action.pull_requests import PullRequests
from agentowners.diagnostics import AgentownersError
from agentowners.github.errors import Trouble, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import CommitHistory, Comparison, ListedCommit, Pull
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.conclusion import strictest

MAX_PULLS: Final = 100
MAX_CANDIDATES: Final = 50
"""As many open pull requests are searched for a commit that a queue has rebased."""
_NAMED: Final = re.compile(r".*/pr-(?P<number>[1-9][0-9]{0,9})-[0-9a-f]{40}(?:[0-9a-f]{24})?")

Members = Mapping[int, tuple[Pull, CommitHistory]]
_Identity = tuple[str, str, str, str]


class QueueGroup(Struct, frozen=True):
    """A merge group, taken apart."""

    pulls: Members
    """By number, the one that the group's ref names first."""
    comparison: Comparison
    """Comparison from the base branch's tip, as it was when the group was looked at, to the group's head."""


class Stretch(Struct, frozen=True):
    """Commits of a group, one after the other, that came by the same members: by one, or by several that have the same ones."""

    start: str
    """The commit before the first."""
    end: str
    members: frozenset[int]


def judge_group(pull_requests: PullRequests, group: MergeGroup) -> None:
    """Judge every pull request of a group against the group's base and publish the strictest verdict on the group's head.

    Raises:
        PlatformError: the check run cannot be created although the token may.
    """
    publisher, judge = pull_requests.publisher, pull_requests.judge
    board = publisher.open_board(group.base_ref.removeprefix("refs/heads/"), group.head, "merge-group")

    def attempt() -> Attempt:
        cases: list[JudgedPull] = []
        try:
            members = find_members(publisher.host, group)
            landings = _landings(publisher.host, group, members)
            for number, (pull, history) in members.pulls.items():
                cases.append(judge.judge(pull, ref=group.base_ref, history=history, landing=landings[number]))
            outcome = strictest((case.outcome for case in cases), publisher.inputs.enforcement)
        except AgentownersError as error:
            return Attempt(publisher.failed(board, error, ref=group.base_ref))
        notes = [note for case in cases for note in case.notes]
        notes.append(f"judged for the merge queue: {', '.join(f'#{case.pull.number}' for case in cases)}")
        return Attempt(outcome, cases, notes)

    message = "the group's pull requests changed each time it was judged"
    restless = JudgementError("Moving target", message, help="queue them again")
    publisher.publish_stable(
        board, attempt, lambda it: judge.still_holds(it.cases), publisher.failed(board, restless, ref=group.base_ref)
    )


def _landings(host: GitHubHost, group: MergeGroup, members: QueueGroup) -> dict[int, Landing]:
    """Judged changes of each member: what it lists, what its part of the group writes beside that, and what the group writes on
    the base that no member lists.

    Raises:
        JudgementError: the group is too much of a mixture.
        PlatformError: a list cannot be had, or not whole.
    """
    comparison = members.comparison
    listed = {number: host.pulls.files(pull) for number, (pull, _) in members.pulls.items()}
    written = host.changes.whole(comparison, comparison.merge_base, group.head)
    unlisted = beside((file for files in listed.values() for file in files), written)
    judged = {number: (*files, *unlisted) for number, files in listed.items()}
    if len(judged) > 1:
        # what one member lists may be what another's change lands in: a file that the one moves, say
        for stretch in stretches(members, group.head):
            part = host.commits.difference(stretch.start, stretch.end)
            files = host.changes.whole(part, stretch.start, stretch.end)
            for number in stretch.members:
                judged[number] += beside(judged[number], files)
    return {number: Landing(files) for number, files in judged.items()}


def stretches(group: QueueGroup, head: str) -> list[Stretch]:
    """Stretches of commits with the members they came by, from the group's head back to the base branch's tip.

    A commit that is a member's, or a copy of one, came by that one, whatever number its message bears.

    Raises:
        JudgementError: there are too many.
    """
    whose: dict[object, set[int]] = {}
    for number, (_, history) in group.pulls.items():
        for listed in history.commits:
            for key in (listed.sha, listed.identity):
                whose.setdefault(key, set()).add(number)
    parts: list[Stretch] = []
    for commit in _line(group.comparison.history.commits, head):
        named = {number for number in group.pulls if number == number_in(commit)}
        members = frozenset(whose.get(commit.sha) or whose.get(commit.identity) or named)
        before = commit.parents[0] if commit.parents else ""
        if parts and parts[-1].members == members:
            parts[-1] = replace(parts[-1], start=before)
        else:
            parts.append(Stretch(before, commit.sha, members))
    if len(parts) > MAX_PULLS:
        raise JudgementError("Facts are incomplete", f"the group's pull requests alternate more than {MAX_PULLS} times")
    return parts


def find_members(host: GitHubHost, group: MergeGroup) -> QueueGroup:
    """The pull requests of a group, and what it would add to the base.

    Raises:
        JudgementError: a commit belongs to none of them.
        PlatformError: a list of them cannot be had, or not whole.
    """
    match = _NAMED.fullmatch(group.head_ref)
    if match is None:
        message = f"the ref {quoted(group.head_ref)} names no pull request"
        raise JudgementError("Unknown merge group", message, help="queue it again")
    base = group.base_ref.removeprefix("refs/heads/")
    tip = host.commits.branch_tip(base)
    while True:
        search = _Search(host, base)
        search.begin_with(int(match["number"]))
        comparison = host.commits.compare(tip, group.head)
        try:
            search.explain(comparison.history.commits, group.head)
        except JudgementError:
            # the group before this one may have been merged meanwhile, and its pull requests are closed then
            before, tip = tip, host.commits.branch_tip(base)
            if before == tip:
                raise
        else:
            return QueueGroup(search.members, comparison)


class _Search(Struct, dict=True):
    host: GitHubHost
    base: str
    """Name of the branch that the group is to be merged into."""
    members: dict[int, tuple[Pull, CommitHistory]] = field(default_factory=dict)
    _tried: set[int] = field(default_factory=set)

    def begin_with(self, number: int) -> None:
        """Take the pull request that the queue itself names."""
        pull = self.host.pulls.get(number)
        if pull.base_ref != self.base:
            # what it changes there is not what it changes here
            raise JudgementError(
                "Facts are incomplete",
                f"#{number} is in a merge group for {quoted(self.base)}, and goes to {quoted(pull.base_ref)}",
                help="take it out of the queue and queue it again",
            )
        self._tried.add(number)
        self.members[number] = (pull, self.host.pulls.history(pull))

    def explain(self, commits: Sequence[ListedCommit], head: str) -> None:
        """Look for pull requests until every commit is explained by one.

        Raises:
            JudgementError: a commit is explained by none, or there are too many of them.
        """
        # what the queue made follows, from first parent to first parent, from the group's head
        line = {commit.sha: number for commit in _line(commits, head) if (number := number_in(commit)) is not None}
        while missing := unexplained(commits, self.members):
            if not any(self._explains(number, missing) for number in self._candidates(missing, line)):
                raise JudgementError(
                    "Facts are incomplete",
                    f"commit {missing[0].sha[:7]} of the merge group belongs to none of its pull requests",
                    help="take the group apart and queue its pull requests one by one",
                )

    def _candidates(self, missing: Sequence[ListedCommit], line: Mapping[str, int]) -> Iterator[int]:
        """Numbers of pull requests that may explain a commit, the likeliest first."""
        yield from (line[commit.sha] for commit in missing if commit.sha in line)
        yield from (summary.number for summary in self.host.commits.pulls_of(missing[0].sha) if summary.base_ref == self.base)
        rebased = self._rebased.get(missing[0].identity)
        if rebased is not None:
            yield rebased

    def _explains(self, number: int, missing: Sequence[ListedCommit]) -> bool:
        """True if an open pull request to the base explains one of the commits; then it is a member from now on."""
        if number in self._tried:
            return False
        self._tried.add(number)
        pull = None
        with suppress_trouble(Trouble.NOT_FOUND):  # an issue's number, or nobody's
            pull = self.host.pulls.get(number)
        if pull is None or not pull.open or pull.base_ref != self.base:
            return False
        alone = {number: (pull, self.host.pulls.history(pull))}
        if len(unexplained(missing, alone)) == len(missing):
            return False
        if len(self.members) == MAX_PULLS:
            raise JudgementError("Facts are incomplete", f"the group has more than {MAX_PULLS} pull requests")
        self.members |= alone
        return True

    @cached_property
    def _rebased(self) -> Mapping[_Identity, int]:
        """Open pull request to the base that each of their commits is in."""
        numbers: dict[_Identity, int] = {}
        for summary in self.host.pulls.open_pulls(base=self.base)[:MAX_CANDIDATES]:
            if summary.number not in self.members:
                history = self.host.pulls.history(self.host.pulls.get(summary.number))
                numbers |= {commit.identity: summary.number for commit in history.commits if commit.identity not in numbers}
        return numbers


def _line(commits: Sequence[ListedCommit], head: str) -> Iterator[ListedCommit]:
    """Those of some commits that lead to a head from first parent to first parent, newest first."""
    by_sha = {commit.sha: commit for commit in commits}
    while head in by_sha:
        commit = by_sha.pop(head)
        yield commit
        head = commit.parents[0] if commit.parents else ""


def unexplained(commits: Sequence[ListedCommit], members: Members) -> list[ListedCommit]:
    """The commits that are in none of the pull requests, in any of the ways in which a queue merges them."""
    own = {commit.sha for _, history in members.values() for commit in history.commits}
    copies = {commit.identity: number for number, (_, history) in members.items() for commit in history.commits}
    rebased: set[int] = set()
    rest = []
    for commit in commits:
        if commit.sha in own:
            continue
        # each commit of a pull request is there once, as it is or rebased
        number = copies.pop(commit.identity, None)
        if number is None:
            rest.append(commit)
        else:
            rebased.add(number)
    squashed: set[int] = set()
    missing = []
    for commit in rest:
        number = number_in(commit)
        if number is None or number not in members:
            missing.append(commit)
        elif len(commit.parents) > 1:
            # the merge of a pull request has its head as a parent
            if members[number][0].head not in commit.parents[1:]:
                missing.append(commit)
        elif number in squashed or number in rebased:
            # one commit stands for a squashed pull request, and for one whose commits are there by themselves none does
            missing.append(commit)
        else:
            squashed.add(number)
    return missing
