"""Judging many pull requests again: those that have waited longest first, as many as the token's requests allow.

The next sweep goes on where this one stopped, and nothing has to remember where that was: what this one judged has the newest
check runs, and what it left has the oldest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from agentowners.action.failure import JudgementError
from agentowners.diagnostics import AgentownersError
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import PullSummary, RunOutput

if TYPE_CHECKING:
    from agentowners.action.job import Job

RESERVED: Final = 5
"""One in so many of the token's requests an hour is left to the runs that events start."""
ENOUGH: Final = 40
"""Requests with which a pull request can be judged, with something to spare; most take half of that."""
_WAITING: Final = RunOutput(
    title="Waiting to be judged again",
    summary="The policy has changed, and the token's requests for this hour are used up. The next sweep (`schedule`), or any "
    "event of this pull request, judges it.",
)


def all_open(job: Job, base: str | None = None) -> tuple[PullSummary, ...]:
    """The open pull requests: all, or those to a branch. That there are none is believed when GitHub says it twice: nothing else
    could tell that the list was not whole."""
    return job.host.pulls.open_pulls(base=base) or job.host.pulls.open_pulls(base=base)


def sweep(job: Job, pulls: Sequence[PullSummary], *, policy_changed: bool) -> None:
    """Judge pull requests until all are judged, or what is left of the token's requests has to be left to others.

    Where the policy has changed, the passes that the old one gave and that could not be judged again are taken back.
    """
    waiting = sorted({pull.number: pull for pull in pulls}.values(), key=lambda pull: pull.number)
    if not waiting:
        job.notice("nothing to judge: no open pull request")
        return
    if _affords(job, 1) and not _affords(job, len(waiting)):
        waiting = _longest_waiting_first(job, waiting)
    for place, pull in enumerate(waiting):
        if not _affords(job, 1):
            _leave(job, waiting[place:], len(waiting), policy_changed=policy_changed)
            return
        job.judge_again(pull.number)


def _affords(job: Job, pulls: int) -> bool:
    budget = job.host.budget
    return budget is None or budget.remaining - budget.limit // RESERVED >= pulls * ENOUGH


def _longest_waiting_first(job: Job, pulls: Sequence[PullSummary]) -> list[PullSummary]:
    """By the newest check run on their heads; those that have none, or none that was completed, come first.

    Where even looking at them all takes too much, the order begins anywhere, in each sweep somewhere else.
    """
    heads = dict.fromkeys((pull.head, job.inputs.name_for(pull.base_ref)) for pull in pulls)
    budget = job.host.budget
    if budget is not None and len(heads) + ENOUGH > budget.remaining - budget.limit // RESERVED:
        start = int(job.surroundings.run_id) % len(pulls)
        return [*pulls[start:], *pulls[:start]]
    newest = {head: max(job.host.checks.of_commit(*head), key=lambda run: run.id, default=None) for head in heads}
    ages = {head: run.id if run is not None and run.status == "completed" else 0 for head, run in newest.items()}
    return sorted(pulls, key=lambda pull: ages[pull.head, job.inputs.name_for(pull.base_ref)])


def _leave(job: Job, left: Sequence[PullSummary], of: int, *, policy_changed: bool) -> None:
    message = (
        f"{len(left)} of {of} open pull requests are left for the next sweep: the token's requests for this hour are used up"
    )
    if not policy_changed:
        job.notice(message)
        return
    job.errors.append(
        JudgementError("Waiting", message, help="let the workflow run on `schedule` too, or give it a token of its own")
    )
    numbers = {(pull.head, job.inputs.name_for(pull.base_ref)): pull.number for pull in left}
    for (head, name), number in numbers.items():
        external_id, url = job.surroundings.external_id(str(number)), job.surroundings.run_url
        try:
            job.host.checks.create(name=name, head=head, external_id=external_id, details_url=url, output=_WAITING)
        except AgentownersError as error:
            job.errors.append(error)
            # that one commit takes no check run saves no other's pass
            if not (isinstance(error, PlatformError) and error.trouble in (Trouble.INVALID, Trouble.NOT_FOUND)):
                return
