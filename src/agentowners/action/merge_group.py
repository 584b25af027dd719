"""A merge queue's group: judged by the pull requests that are in it, and by nothing that somebody wrote about it."""

from __future__ import annotations

from agentowners.action.events import MergeGroup
from agentowners.action.failure import JudgementError
from agentowners.action.judge import JudgedPull
from agentowners.action.landing import Landing, beside
from agentowners.action.members import QueueGroup, find_members, stretches
from agentowners.action.publisher import Attempt
from agentowners.action.pull_requests import PullRequests
from agentowners.diagnostics import AgentownersError
from agentowners.github.host import GitHubHost
from agentowners.report.verdict.conclusion import strictest


def judge_group(pull_requests: PullRequests, group: MergeGroup) -> None:
    """Judge every pull request of a group against the group's base and publish the strictest verdict on the group's head.

    Raises:
        PlatformError: the check run cannot be created although the token may.
    """
    publisher, judge, session = pull_requests.publisher, pull_requests.judge, pull_requests.session
    board = publisher.open_board(group.base_ref.removeprefix("refs/heads/"), group.head, "merge-group")

    def attempt() -> Attempt:
        cases: list[JudgedPull] = []
        try:
            found = find_members(session.host, group)
            landings = _landings(session.host, group, found)
            for number, (pull, history) in found.pulls.items():
                cases.append(judge.judge(pull, ref=group.base_ref, history=history, landing=landings[number]))
            outcome = strictest((case.outcome for case in cases), session.inputs.enforcement)
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


def _landings(host: GitHubHost, group: MergeGroup, found: QueueGroup) -> dict[int, Landing]:
    """Judged changes of each member: what it lists, what its part of the group writes beside that, and what the group writes on
    the base that no member lists.

    Raises:
        JudgementError: the group is too much of a mixture.
        PlatformError: a list cannot be had, or not whole.
    """
    made = found.comparison
    listed = {number: host.pulls.files(pull) for number, (pull, _) in found.pulls.items()}
    written = host.changes.whole(made, made.merge_base, group.head)
    unlisted = beside((file for files in listed.values() for file in files), written)
    judged = {number: (*files, *unlisted) for number, files in listed.items()}
    if len(judged) > 1:
        # what one member lists may be what another's change lands in: a file that the one moves, say
        for stretch in stretches(found, group.head):
            part = host.commits.difference(stretch.start, stretch.end)
            files = host.changes.whole(part, stretch.start, stretch.end)
            for number in stretch.members:
                judged[number] += beside(judged[number], files)
    return {number: Landing(files) for number, files in judged.items()}
