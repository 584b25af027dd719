"""Judging many pull requests again, each within a time of its own, as many as the run's time and the token's requests allow.

Where not all can be judged, those come first that have waited longest. The next sweep goes on where this one stopped, and
nothing has to remember where that was: what this one judged, or had to give up, has the newest check runs, and what it left has
the oldest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from time import monotonic, sleep
from typing import Final

from msgspec.structs import replace

from agentowners.action.board import PASSING, Board
from agentowners.action.failure import JudgementError, StoppedError
from agentowners.action.pull_requests import PullRequests
from agentowners.audit.entry import receipt_lines
from agentowners.diagnostics import AgentownersError
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import CheckRun, PullSummary, RunOutput

RESERVED: Final = 5
"""One in so many of the token's requests an hour is left to the runs that events start."""
ENOUGH: Final = 40
"""Requests with which a pull request can be judged, with something to spare; most take half of that."""
IN_TIME: Final = 10
"""So many pull requests have their whole time each in one run."""
WRITES: Final = 80
"""As many check runs are created a minute.
Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"""
_WAITING: Final = RunOutput(
    title="Waiting to be judged again",
    summary="The policy has changed, and what the old one let pass does not stand. This run judges it again; if its time or the "
    "token's requests for this hour do not suffice, the next sweep (`schedule`) does, or any event of this pull request.",
)

_Place = tuple[str, str]
"""A head commit, and the name of the check there."""


def all_open(host: GitHubHost, base: str | None = None) -> tuple[PullSummary, ...]:
    """The open pull requests: all, or those to a branch. That there are none is believed when GitHub says it twice: nothing else
    could tell that the list was not whole."""
    return host.pulls.open_pulls(base=base) or host.pulls.open_pulls(base=base)


class SweepBatch:
    """Some open pull requests, to be judged again."""

    def __init__(self, pull_requests: PullRequests, pulls: Iterable[PullSummary], *, share: int = 1) -> None:
        """Begin; ``share`` says that only one in so many of the requests is for this that a sweep may use."""
        self._pull_requests = pull_requests
        self._publisher = pull_requests.publisher
        self._pulls = sorted({pull.number: pull for pull in pulls}.values(), key=lambda pull: pull.number)
        self._took_back = False
        budget = self._publisher.host.budget
        reserve = 0 if budget is None else budget.limit // RESERVED
        self._kept = reserve if budget is None else reserve + max(0, budget.remaining - reserve) * (share - 1) // share
        """Requests that are left to others."""

    def take_back(self) -> None:
        """Take back every pass that they have, by a check run in progress: an old policy gave it."""
        self._took_back = True
        publisher, checks, where = self._publisher, self._publisher.host.checks, self._publisher.surroundings
        numbers = {self._check_place(pull): pull.number for pull in reversed(self._pulls) if self._may_pass(pull)}
        receipts = publisher.write_taken_back(numbers)
        waiting = replace(_WAITING, text=receipt_lines(receipts) or None)
        began = monotonic()
        for count, ((head, name), number) in enumerate(numbers.items()):
            if count and count % WRITES == 0:
                sleep(max(0.0, began + 60 - monotonic()))
                began = monotonic()
            external_id = where.external_id(str(number))
            try:
                run = checks.create(name=name, head=head, external_id=external_id, details_url=where.run_url, output=waiting)
            except AgentownersError as error:
                trouble = error.trouble if isinstance(error, PlatformError) else None
                if trouble is Trouble.FORBIDDEN:
                    # this token takes nothing back, and publishes nothing
                    return
                publisher.errors.append(error)
                # that one commit takes no check run saves no other's pass
                if trouble not in (Trouble.INVALID, Trouble.NOT_FOUND):
                    return
            else:
                publisher.taken_back[head, name] = Board(checks, where.server_url, name, head, run, receipts=receipts)

    def run(self) -> None:
        """Judge them until all are judged, or the time is over, or what is left of the token's requests is for others."""
        waiting = self._in_order()
        if len(waiting) > 1 and self._affords(1):
            # asked for all at once, GitHub may have worked it out by each one's turn; then nothing waits for it
            self._publisher.host.pulls.begin_merging()
            self._pull_requests.judge.waits = False
        for place, pull in enumerate(waiting):
            if not self._affords(1):
                self._leave(len(waiting) - place, "the token's requests for this hour are used up")
                return
            try:
                self._publisher.in_turn(partial(self._pull_requests.again, pull.number))
            except StoppedError:
                self._leave(len(waiting) - place, "this run's time is over")
                raise

    def _check_place(self, pull: PullSummary) -> _Place:
        return pull.head, self._publisher.inputs.name_for(pull.base_ref)

    def _affords(self, pulls: int) -> bool:
        budget = self._publisher.host.budget
        return budget is None or budget.remaining - self._kept >= pulls * ENOUGH

    @cached_property
    def _runs(self) -> Mapping[_Place, Sequence[CheckRun]] | None:
        """The check runs on their heads; None where even looking at them all takes too many requests."""
        places = dict.fromkeys(self._check_place(pull) for pull in self._pulls)
        budget = self._publisher.host.budget
        if budget is not None and len(places) + ENOUGH > budget.remaining - self._kept:
            return None
        return {place: self._publisher.host.checks.of_commit(*place) for place in places}

    def _may_pass(self, pull: PullSummary) -> bool:
        """True if it has passed, or may pass yet by what a run saw before."""
        runs = self._runs
        return runs is None or any(
            run.status != "completed" or run.conclusion in PASSING for run in runs[self._check_place(pull)]
        )

    def _in_order(self) -> list[PullSummary]:
        """By number; where not all may have their turn, by the newest check run on their heads: those that have none, or none
        that was completed, come first. Where those are not known, it begins anywhere, in each sweep somewhere else."""
        pulls = self._pulls
        if len(pulls) <= IN_TIME and (self._affords(len(pulls)) or not self._affords(1)):
            return pulls
        if self._runs is None:
            start = int(self._publisher.surroundings.run_id) % len(pulls)
            return [*pulls[start:], *pulls[:start]]
        newest = {place: max(runs, key=lambda run: run.id, default=None) for place, runs in self._runs.items()}
        ages = {place: run.id if run is not None and run.status == "completed" else 0 for place, run in newest.items()}
        return sorted(pulls, key=lambda pull: ages[self._check_place(pull)])

    def _leave(self, left: int, why: str) -> None:
        message = f"{left} of {len(self._pulls)} open pull requests are left for the next sweep: {why}"
        if not self._took_back:
            self._publisher.notice(message)
            return
        way_out = "let the workflow run on `schedule` too, or give it a token of its own"
        self._publisher.errors.append(JudgementError("Waiting", message, help=way_out))


def sweep(pull_requests: PullRequests, pulls: Iterable[PullSummary]) -> None:
    """Judge pull requests again."""
    summaries = tuple(pulls)
    if not summaries:
        pull_requests.publisher.notice("nothing to judge: no open pull request")
    SweepBatch(pull_requests, summaries).run()
