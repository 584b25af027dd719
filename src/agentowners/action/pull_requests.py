"""Pull requests, judged until nothing about them moves, and with them whatever shares their head commit."""

from __future__ import annotations

from typing import Final

from agentowners.action.board import Board
from agentowners.action.display import Display
from agentowners.action.events import PullRequest
from agentowners.action.facts import JobFacts
from agentowners.action.failure import JudgementError, no_verdict, one_line
from agentowners.action.judge import Judge, JudgedPull
from agentowners.action.policies import BranchPolicies
from agentowners.action.policy_change import add_policy_section
from agentowners.action.publisher import ROUNDS, Attempt, Publisher
from agentowners.action.sharing import related, without_outsiders
from agentowners.diagnostics import AgentownersError
from agentowners.engine.verdict import NoVerdict
from agentowners.github.model import Pull
from agentowners.report.verdict.conclusion import strictest

_OUTSIDER: Final = "what lands is the same, and whoever opened it may not write here and only says things about it"


class _MovedOnError(Exception):
    """The pull request has another head or base than the one that is judged, or is closed."""

    def __init__(self, now: Pull) -> None:
        super().__init__()
        self.now = now


class PullRequests:
    """Those of one run, each head judged once."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.policies = BranchPolicies(publisher.host.policies, publisher.inputs.policy_files, publisher.organisation)
        self.facts = JobFacts(publisher.host)
        self.display = Display(publisher.host, publisher.inputs, publisher.surroundings.server_url, publisher.notice)
        self.judge = Judge(
            publisher.host,
            self.policies,
            self.facts,
            publisher.inputs.label_prefix,
            keeps_basis=publisher.inputs.request_reviews,
        )
        self._judged: set[tuple[str, str]] = set()
        self._left: set[str] = set()
        """Heads of closed pull requests, whose others were looked for."""
        self._cases: dict[int, JudgedPull] = {}
        """By number, how each was judged last."""
        self._beside: set[int] = set()
        """Pull requests with a head commit that was judged, under another check's name."""

    def run(self, target: PullRequest) -> None:
        """Judge the pull request of an event, and those that were found to have its head commit and a check of another name.

        What comes of the others is no part of the job's own result.
        """
        self._one(target)
        result = list(self.publisher.published)
        for number in sorted(self._beside):
            self.again(number)
        self.publisher.published = result

    def again(self, number: int) -> None:
        """Judge one of several; that it cannot be judged keeps none of the others from it."""
        try:
            self._fetched(self.publisher.host.pulls.get(number))
        except AgentownersError as error:
            self.publisher.errors.append(error)

    def _one(self, target: PullRequest) -> None:
        if target.push is not None:
            self.judge.told = target.number, target.push
        try:
            pull = self.publisher.host.pulls.get(target.number)
        except AgentownersError as error:
            if target.head is None or target.base_ref is None:
                raise
            # the head that the event named can at least be kept from looking passed
            board = self.publisher.open_board(target.base_ref, target.head, str(target.number))
            ref = f"refs/heads/{target.base_ref}"
            self.publisher.publish(board, Attempt(no_verdict(error, pull_request=target.number, head=target.head, ref=ref)))
            return
        self._fetched(pull)

    def _fetched(self, pull: Pull) -> None:
        """Judge a pull request that was just fetched, and those that share its head."""
        for _ in range(ROUNDS):
            if not pull.open:
                self._closed(pull)
                return
            name = self.publisher.inputs.name_for(pull.base_ref)
            if (pull.head, name) in self._judged:
                return
            board = self.publisher.open_named(name, pull.head, str(pull.number))
            # a run that a newer policy started may have judged this one already, and of two check runs the later one counts
            self.policies.look_again()
            try:
                self._on_board(board, pull)
            except _MovedOnError as moved:
                self.publisher.publish(board, Attempt(self._superseded(board, pull, moved.now)), record=False)
                pull = moved.now
            else:
                self._judged.add((pull.head, name))
                self._policy_section(board, pull)
                return
        message = f"#{pull.number} changed each time it was judged"
        self.publisher.errors.append(JudgementError("Moving target", message, help="run the job again"))

    def _policy_section(self, board: Board, pull: Pull) -> None:
        """Say what a pull request changes about the policy; whatever comes of it, the verdict stands as it was published."""
        case = self._cases.get(pull.number)
        if case is None or case.pull.head != pull.head:
            return
        try:
            add_policy_section(self.publisher, self.policies, board, case)
        except Exception as error:  # noqa: BLE001 (no part of the verdict: one line of the log)
            self.publisher.notice(f"the change of the policy is not described: {one_line(error)}")

    def _closed(self, pull: Pull) -> None:
        """Judge those again that shared the head of one that is closed: the check may have said what that one asked for."""
        if pull.head not in self._left:
            self._left.add(pull.head)
            others = [other.number for other in self.publisher.host.pulls.open_pulls() if other.head == pull.head]
            for number in others:
                self.again(number)
            if others:
                return
        self.publisher.notice(f"nothing to judge: #{pull.number} is {'merged' if pull.merged else 'closed'}")

    def _superseded(self, board: Board, pull: Pull, now: Pull) -> NoVerdict:
        message = f"#{pull.number} moved on to {now.head[:7]} into {now.base_ref} while it was judged"
        error = JudgementError("Superseded", message, help="see the check there")
        return self.publisher.failed(board, error, pull_request=pull.number, ref=f"refs/heads/{pull.base_ref}")

    def _on_board(self, board: Board, pull: Pull) -> None:
        """Judge and publish.

        Raises:
            _MovedOnError: the pull request has moved on meanwhile.
        """
        latest = pull

        def holds(attempt: Attempt) -> bool:
            nonlocal latest
            if self.judge.still_holds(attempt.cases):
                return True
            latest = self.publisher.host.pulls.get(pull.number)
            if not latest.open or (latest.head, latest.base_ref) != (pull.head, pull.base_ref):
                raise _MovedOnError(latest)
            return False

        message = f"#{pull.number} changed each time it was judged"
        error = JudgementError("Moving target", message, help="run the job again when it has come to rest")
        restless = self.publisher.failed(board, error, pull_request=pull.number)
        self.publisher.publish_stable(board, lambda: self._attempt(board, latest), holds, restless)

    def _attempt(self, board: Board, pull: Pull) -> Attempt:
        """The strictest verdict of a pull request and those that share its head and its check.

        Raises:
            _MovedOnError: it has moved on meanwhile.
        """
        enforcement = self.publisher.inputs.enforcement
        cases = [self.judge.judge(pull)]
        self._cases[pull.number] = cases[0]
        counted, left_out = list(cases), tuple[int, ...]()
        try:
            relatives = related(self.facts, pull, lambda base: self.publisher.inputs.name_for(base) == board.name)
            if relatives.moved is not None:
                raise _MovedOnError(relatives.moved)
            # of a run that waits and one that comes later for the same head, GitHub keeps the later: it has to do for both
            self._beside |= set(relatives.beside)
            cases += [self.judge.judge(other) for other in relatives.sharing]
            counted, left_out = without_outsiders(self.facts, cases, relatives.outsiders, enforcement)
            outcome = strictest((case.outcome for case in counted), enforcement)
        except AgentownersError as error:
            outcome = self.publisher.failed(board, error, pull_request=pull.number)
        outcome, warning = self.publisher.write_down(board, outcome)
        notes = [*warning, *(note for case in cases for note in case.notes)]
        self._show(board, cases)
        notes += [f"#{number} has the same head commit and is left out: {_OUTSIDER}" for number in left_out]
        first = None
        if outcome.pull_request not in (None, pull.number):
            other = f"#{outcome.pull_request} has the same head commit as #{pull.number}"
            first = f"{other} and a stricter verdict, which is shown here."
        return Attempt(outcome, counted, notes, first, cases[0].earlier)

    def _show(self, board: Board, cases: list[JudgedPull]) -> None:
        """Bring up to date what stands on the pull requests themselves; that it fails is no part of what the check says."""
        if board.run is None:
            return
        for case in cases:
            self.display.show(case, board.name, board.run.app)
