"""Judging many pull requests again, each within a time of its own, as many as the run's time and the token's requests allow.

Where not all can be judged, those come first that have waited longest. The next sweep goes on where this one stopped, and
nothing has to remember where that was: what this one judged, or had to give up, has the newest check runs, and what it left has
the oldest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from agentowners.action.board import Board
from agentowners.action.failure import JudgementError, StoppedError
from agentowners.diagnostics import AgentownersError
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import CheckRun, PullSummary, RunOutput

if TYPE_CHECKING:
    from agentowners.action.job import Job

RESERVED: Final = 5
"""One in so many of the token's requests an hour is left to the runs that events start."""
ENOUGH: Final = 40
"""Requests with which a pull request can be judged, with something to spare; most take half of that."""
IN_TIME: Final = 10
"""So many pull requests have their whole time each in one run."""
WRITES: Final = 80
"""As many check runs are created a minute.
Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"""
_PASSING: Final = frozenset({"success", "neutral", "skipped"})
_WAITING: Final = RunOutput(
    title="Waiting to be judged again",
    summary="The policy has changed, and what the old one let pass does not stand. This run judges it again; if its time or the "
    "token's requests for this hour do not suffice, the next sweep (`schedule`) does, or any event of this pull request.",
)

_Place = tuple[str, str]
"""A head commit, and the name of the check there."""
_Runs = Mapping[_Place, Sequence[CheckRun]]


def all_open(job: Job, base: str | None = None) -> tuple[PullSummary, ...]:
    """The open pull requests: all, or those to a branch. That there are none is believed when GitHub says it twice: nothing else
    could tell that the list was not whole."""
    return job.host.pulls.open_pulls(base=base) or job.host.pulls.open_pulls(base=base)


def sweep(job: Job, pulls: Sequence[PullSummary], *, take_back: bool = False) -> None:
    """Judge pull requests until all are judged, or the time is over, or what is left of the token's requests is for others.

    With ``take_back`` first every pass is taken back that they have: it is an old policy's.
    """
    waiting = sorted({pull.number: pull for pull in pulls}.values(), key=lambda pull: pull.number)
    if not waiting:
        job.notice("nothing to judge: no open pull request")
        return
    short = _affords(job, 1) and not _affords(job, len(waiting))
    runs = _runs(job, waiting) if take_back or short or len(waiting) > IN_TIME else {}
    if short or len(waiting) > IN_TIME:
        waiting = _longest_waiting_first(job, waiting, runs)
    if take_back:
        _take_back(job, waiting, runs)
    for place, pull in enumerate(waiting):
        if not _affords(job, 1):
            _leave(job, len(waiting) - place, len(waiting), "the token's requests for this hour are used up", took_back=take_back)
            return
        try:
            job.judge_in_turn(pull.number)
        except StoppedError:
            _leave(job, len(waiting) - place, len(waiting), "this run's time is over", took_back=take_back)
            raise


def _affords(job: Job, pulls: int) -> bool:
    budget = job.host.budget
    return budget is None or budget.remaining - budget.limit // RESERVED >= pulls * ENOUGH


def _place(job: Job, pull: PullSummary) -> _Place:
    return pull.head, job.inputs.name_for(pull.base_ref)


def _runs(job: Job, pulls: Sequence[PullSummary]) -> _Runs | None:
    """The check runs on their heads; None where even looking at them all takes too many requests."""
    places = dict.fromkeys(_place(job, pull) for pull in pulls)
    budget = job.host.budget
    if budget is not None and len(places) + ENOUGH > budget.remaining - budget.limit // RESERVED:
        return None
    return {place: job.host.checks.of_commit(*place) for place in places}


def _longest_waiting_first(job: Job, pulls: Sequence[PullSummary], runs: _Runs | None) -> list[PullSummary]:
    """By the newest check run on their heads; those that have none, or none that was completed, come first.

    Where the check runs are not known, the order begins anywhere, in each sweep somewhere else.
    """
    if runs is None:
        start = int(job.surroundings.run_id) % len(pulls)
        return [*pulls[start:], *pulls[:start]]
    newest = {place: max(found, key=lambda run: run.id, default=None) for place, found in runs.items()}
    ages = {place: run.id if run is not None and run.status == "completed" else 0 for place, run in newest.items()}
    return sorted(pulls, key=lambda pull: ages[_place(job, pull)])


def _take_back(job: Job, pulls: Sequence[PullSummary], runs: _Runs | None) -> None:
    """Put a check run in progress on every head that has passed, or may pass yet by what a run saw before."""
    numbers: dict[_Place, int] = {}
    for pull in pulls:
        place = _place(job, pull)
        if runs is None or any(run.status != "completed" or run.conclusion in _PASSING for run in runs[place]):
            numbers.setdefault(place, pull.number)
    began = monotonic()
    for count, ((head, name), number) in enumerate(numbers.items()):
        if count and count % WRITES == 0:
            sleep(max(0.0, began + 60 - monotonic()))
            began = monotonic()
        external_id, url = job.surroundings.external_id(str(number)), job.surroundings.run_url
        try:
            run = job.host.checks.create(name=name, head=head, external_id=external_id, details_url=url, output=_WAITING)
        except AgentownersError as error:
            trouble = error.trouble if isinstance(error, PlatformError) else None
            if trouble is Trouble.FORBIDDEN:
                # this token takes nothing back, and publishes nothing
                return
            job.errors.append(error)
            # that one commit takes no check run saves no other's pass
            if trouble not in (Trouble.INVALID, Trouble.NOT_FOUND):
                return
        else:
            job.taken_back[head, name] = Board(job.host.checks, name, head, run)


def _leave(job: Job, left: int, of: int, why: str, *, took_back: bool) -> None:
    message = f"{left} of {of} open pull requests are left for the next sweep: {why}"
    if took_back:
        job.errors.append(
            JudgementError("Waiting", message, help="let the workflow run on `schedule` too, or give it a token of its own")
        )
    else:
        job.notice(message)
