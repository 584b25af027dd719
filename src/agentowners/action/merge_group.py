"""A merge queue's group: judged by the pull requests that are in it, and by nothing that somebody wrote about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentowners.action.events import MergeGroup
from agentowners.action.failure import JudgementError, StoppedError, no_verdict
from agentowners.action.host import Host
from agentowners.action.landing import Landing, beside
from agentowners.action.members import QueueGroup, find_members, stretches
from agentowners.change.model import FileChange
from agentowners.diagnostics import AgentownersError
from agentowners.report.verdict.conclusion import conclude, strictest

if TYPE_CHECKING:
    from agentowners.action.job import Job

ROUNDS: Final = 3
"""A group whose pull requests change while it is judged is judged again this often."""


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
            found = find_members(job.host, group)
            members, landings = found.pulls, _landings(job.host, group, found)
            cases = [
                (pull, job.judge.outcome(pull, ref=group.base_ref, history=history, landing=landings[number]))
                for number, (pull, history) in members.items()
            ]
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


def _landings(host: Host, group: MergeGroup, found: QueueGroup) -> dict[int, Landing]:
    """What is judged of each member: what it lists, what its part of the group writes beside that, and what the group writes on
    the base that no member lists.

    Raises:
        JudgementError: the group is too much of a mixture.
        PlatformError: a list cannot be had, or not whole.
    """
    made = found.comparison
    listed = {number: host.pulls.files(pull) for number, (pull, _) in found.pulls.items()}
    written = made.files if made.files_complete else host.changes.between(made.merge_base, group.head)
    unlisted = beside((file for files in listed.values() for file in files), written)
    judged = {number: (*files, *unlisted) for number, files in listed.items()}
    if len(judged) > 1:
        # what one member lists may be what another's change lands in: a file that the one moves, say
        for stretch in stretches(found, group.head):
            files = _written(host, stretch.start, stretch.end)
            for number in stretch.members:
                judged[number] += beside(judged[number], files)
    return {number: Landing(files) for number, files in judged.items()}


def _written(host: Host, start: str, end: str) -> tuple[FileChange, ...]:
    found = host.commits.difference(start, end)
    return found.files if found.files_complete else host.changes.between(start, end)
