"""A merge queue's group: judged by the pull requests that are in it, and by nothing that somebody wrote about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Final

from agentowners.action.events import MergeGroup
from agentowners.action.failure import JudgementError, StoppedError, no_verdict
from agentowners.diagnostics import AgentownersError
from agentowners.github.model import History, ListedCommit, Pull
from agentowners.identity.accounts import is_web_flow
from agentowners.report.conclusion import conclude, strictest
from agentowners.report.escape import quoted

if TYPE_CHECKING:
    from agentowners.action.job import Job

ROUNDS: Final = 3
"""A group whose pull requests change while it is judged is judged again this often."""
MAX_PULLS: Final = 100
MAX_CANDIDATES: Final = 50
"""As many open pull requests are searched for a commit that a queue has rebased."""
_NAMED: Final = re.compile(r".*/pr-(?P<number>[1-9][0-9]{0,9})-[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MERGE: Final = re.compile(r"Merge pull request #(?P<number>[1-9][0-9]{0,9}) from \S+")
_SQUASH: Final = re.compile(r".*\(#(?P<number>[1-9][0-9]{0,9})\)")

Members = Mapping[int, tuple[Pull, History]]


def judge_group(job: Job, group: MergeGroup) -> None:
    """Judge every pull request of a group against the group's base and publish the strictest verdict on the group's head.

    Raises:
        PlatformError: the check run cannot be created although the token may.
    """
    base = group.base_ref.removeprefix("refs/heads/")
    board = job.open_board(job.inputs.name_for(base), group.head, "merge-group")
    repository = job.surroundings.repository
    for _ in range(ROUNDS):
        notes: list[str] = []
        try:
            members = _members(job, group, base)
            cases = [(pull, job.judge.outcome(pull, ref=group.base_ref, history=history)) for pull, history in members.values()]
            outcome = strictest((outcome for _, outcome in cases), job.inputs.enforcement)
            notes += [note for number in members for note in job.judge.notes.get(number, ())]
            notes.append(f"judged for the merge queue: {', '.join(f'#{number}' for number in members)}")
            job.publish(board, outcome, notes)
            if not conclude(outcome, job.inputs.enforcement).conclusion.passes or job.judge.still_holds(cases):
                return
        except AgentownersError as error:
            job.publish(board, no_verdict(error, head=group.head, repository=repository, ref=group.base_ref), notes)
            return
        except StoppedError:
            # a pass that was not looked at again does not stand
            board.done = False
            raise
    message = "the group's pull requests changed each time it was judged"
    restless = JudgementError("Moving target", message, help="queue them again")
    job.publish(board, no_verdict(restless, head=group.head, repository=repository, ref=group.base_ref))


def _members(job: Job, group: MergeGroup, base: str) -> Members:
    """The pull requests of the group: the one that its ref names, and those of the commits that are new to the base.

    Raises:
        JudgementError: a commit belongs to none of them.
        PlatformError: a list of them cannot be had, or not whole.
    """
    match = _NAMED.fullmatch(group.head_ref)
    if match is None:
        message = f"the ref {quoted(group.head_ref)} names no pull request"
        raise JudgementError("Unknown merge group", message, help="queue it again")
    members: dict[int, tuple[Pull, History]] = {}

    def add(number: int) -> None:
        if number not in members:
            if len(members) == MAX_PULLS:
                raise JudgementError("Facts are incomplete", f"the group has more than {MAX_PULLS} pull requests")
            pull = job.host.pulls.get(number)
            if pull.base_ref != base:
                # what it changes there is not what it changes here
                raise JudgementError(
                    "Facts are incomplete",
                    f"#{number} is in a merge group for {quoted(base)}, and goes to {quoted(pull.base_ref)}",
                    help="take it out of the queue and queue it again",
                )
            members[number] = (pull, job.host.pulls.history(pull))

    add(int(match["number"]))
    commits = job.host.commits.compare(job.host.commits.branch_tip(base), group.head).history.commits
    for commit in commits:
        number = number_in(commit)
        if number is not None:
            add(number)
    while missing := unexplained(commits, members):
        known = set(members)
        for summary in job.host.commits.pulls_of(missing[0].sha):
            add(summary.number)
        if known == set(members):
            number = _rebased(job, base, missing[0], known)
            if number is not None:
                add(number)
                continue
            raise JudgementError(
                "Facts are incomplete",
                f"commit {missing[0].sha[:7]} of the merge group belongs to none of its pull requests",
                help="take the group apart and queue its pull requests one by one",
            )
    return members


def _rebased(job: Job, base: str, missing: ListedCommit, known: Set[int]) -> int | None:
    """A further open pull request to the base of which a commit may be a rebased copy."""
    candidates = [summary for summary in job.host.pulls.open_pulls(base=base) if summary.number not in known]
    for summary in candidates[:MAX_CANDIDATES]:
        history = job.host.pulls.history(job.host.pulls.get(summary.number))
        if any(_identity(commit) == _identity(missing) for commit in history.commits):
            return summary.number
    return None


def number_in(listed: ListedCommit) -> int | None:
    """The pull request for which the merge queue made a commit, None for a commit that GitHub did not make."""
    if not (listed.commit.verified and is_web_flow(listed.commit.committer, None)):
        return None
    first_line = listed.commit.message.partition("\n")[0]
    match = _MERGE.fullmatch(first_line) if len(listed.parents) > 1 else _SQUASH.fullmatch(first_line)
    return None if match is None else int(match["number"])


def unexplained(commits: Sequence[ListedCommit], members: Members) -> list[ListedCommit]:
    """The commits that are in none of the pull requests, in any of the ways in which a queue merges them."""
    own = {commit.sha for _, history in members.values() for commit in history.commits}
    copies = {_identity(commit): number for number, (_, history) in members.items() for commit in history.commits}
    rebased: set[int] = set()
    rest = []
    for commit in commits:
        if commit.sha in own:
            continue
        # each commit of a pull request is there once, as it is or rebased
        number = copies.pop(_identity(commit), None)
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


def _identity(listed: ListedCommit) -> tuple[str, str, str, str]:
    """What a rebase leaves as it was."""
    commit = listed.commit
    return commit.author_name, commit.author_email, listed.date, commit.message
