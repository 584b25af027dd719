"""A run of the action, and the check runs that publish its results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from agentowners.action.board import JUDGING, Board
from agentowners.action.environment import RunnerEnvironment
from agentowners.action.events import MergeGroup, PullRequest, Target
from agentowners.action.failure import StoppedError, TurnOverError, no_verdict
from agentowners.action.inputs import Inputs
from agentowners.action.judge import JudgedPull
from agentowners.action.policies import OrganisationLayer
from agentowners.action.stopping import Turn
from agentowners.audit.entry import Receipt
from agentowners.diagnostics import AgentownersError
from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.github.errors import Trouble, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.report.verdict.conclusion import Conclusion, Enforcement, conclude

if TYPE_CHECKING:
    from agentowners.action.auditing import Audit

ROUNDS: Final = 3
"""As often something is judged again that changes while it is judged."""


class Attempt(Struct, frozen=True):
    """A verdict as it was reached once, and what it stands on."""

    outcome: Outcome
    cases: Sequence[JudgedPull] = ()
    notes: Sequence[str] = ()
    first: str | None = None
    """Said before anything else."""
    earlier: Sequence[str] = ()
    """Heads that the pull request had before, newest first."""


class Published(Struct, frozen=True):
    """Verdict published about one commit."""

    outcome: Outcome
    board: Board
    notes: tuple[str, ...] = ()


class Publisher(Struct):
    """One run of the action: its inputs, host and limits, its check runs, and what went wrong."""

    host: GitHubHost
    surroundings: RunnerEnvironment
    inputs: Inputs
    notice: Callable[[str], None]
    turn: Turn
    organisation: OrganisationLayer | None = None
    boards: list[Board] = field(default_factory=list)
    published: list[Published] = field(default_factory=list)
    taken_back: dict[tuple[str, str], Board] = field(default_factory=dict)
    """By commit and name, check runs in progress that took back what an old policy let pass, and have not been judged yet."""
    errors: list[Exception | StoppedError] = field(default_factory=list)
    """Errors that no check run could show."""
    audit: Audit | None = None
    """Trail of what is published; None where nobody asked for it."""

    def open_board(self, base: str, head: str, subject: str) -> Board:
        """``open_named`` by the name that the check has for a base branch."""
        return self.open_named(self.inputs.name_for(base), head, subject)

    def open_named(self, name: str, head: str, subject: str) -> Board:
        """A check run of ours on a commit, in progress; the one by which an old pass was taken back, if there is one.

        Raises:
            PlatformError: it cannot be created although the token may.
        """
        board = self.taken_back.pop((head, name), None)
        if board is None:
            where, checks, run = self.surroundings, self.host.checks, None
            external_id = where.external_id(subject)
            with suppress_trouble(Trouble.FORBIDDEN):
                run = checks.create(name=name, head=head, external_id=external_id, details_url=where.run_url, output=JUDGING)
            board = Board(checks, where.server_url, name, head, run)
        self.boards.append(board)
        return board

    def open_early(self, target: Target) -> None:
        """Open a check run where the event alone tells of one, so that what passed there before does not go on looking passed."""
        with suppress(AgentownersError):
            match target:
                case PullRequest(number, str(head), str(base_ref)):
                    self.open_board(base_ref, head, str(number))
                case MergeGroup(head, _, base_ref):
                    self.open_board(base_ref.removeprefix("refs/heads/"), head, "merge-group")
                case _:
                    pass

    def publish(self, board: Board, attempt: Attempt, *, record: bool = True) -> bool:
        """Put a verdict on a board; see ``Board.publish`` for what comes back.

        A board that cannot be brought to show it is made to fail, as far as that is possible. ``record`` is False for what is no
        part of the job's own result.
        """
        outcome, warning = self.write_down(board, attempt.outcome)
        notes = (*attempt.notes, *warning)
        try:
            agreed = board.publish(outcome, self.inputs.enforcement, notes, attempt.first, attempt.earlier)
        except AgentownersError as error:
            self.errors.append(error)
            outcome = failure = self.failed(board, error)
            self.write_down(board, failure)
            agreed = True
            board.done = False
            try:
                board.publish(failure, Enforcement.ACTIVE)
            except AgentownersError:
                board.done = True
        if record:
            self.published = [p for p in self.published if p.board is not board]
            self.published.append(Published(outcome, board, (*((attempt.first,) if attempt.first else ()), *notes)))
        return agreed

    def write_down(self, board: Board, outcome: Outcome) -> tuple[Outcome, tuple[str, ...]]:
        """Outcome to publish, once it is written to the audit trail, and warnings; the trail may make it a failure."""
        if self.audit is None or board.announced is outcome:
            return outcome, ()
        outcome, receipt, warning = self.audit.announce(board, outcome)
        board.announced = outcome
        board.receipts += () if receipt is None else (receipt,)
        return outcome, () if warning is None else (warning,)

    def write_taken_back(self, numbers: Mapping[tuple[str, str], int]) -> tuple[Receipt, ...]:
        """Write down which passes are about to be taken back; they are, whether it can be written or not."""
        if self.audit is None or not numbers:
            return ()
        from agentowners.action.auditing import taken_back_acts

        receipt, _ = self.audit.note(taken_back_acts(numbers, self.surroundings), "taken-back")
        return () if receipt is None else (receipt,)

    def publish_stable(
        self, board: Board, judge: Callable[[], Attempt], holds: Callable[[Attempt], bool], restless: NoVerdict
    ) -> None:
        """Judge and publish until the facts behind a pass are still the facts once it is published.

        Args:
            board: shows the verdict.
            judge: reaches one, anew each time.
            holds: tells whether its facts are the same still.
            restless: is published where they changed each time, which must not be left looking like a pass.
        """
        try:
            for _ in range(ROUNDS):
                attempt = judge()
                if not self.publish(board, attempt):
                    continue
                try:
                    if not conclude(attempt.outcome, self.inputs.enforcement).conclusion.passes or holds(attempt):
                        return
                except AgentownersError as error:
                    failed = self.failed(board, error, pull_request=restless.pull_request, ref=restless.ref)
                    self.publish(board, Attempt(failed))
                    return
            self.publish(board, Attempt(restless))
        except BaseException:
            # a pass that was not looked at again, or that did not hold when it was, does not stand
            board.done = False
            raise

    def failed(
        self, board: Board, error: Exception | StoppedError, *, pull_request: int | None = None, ref: str | None = None
    ) -> NoVerdict:
        """No verdict about what a board is of, because of an error."""
        repository = self.surroundings.repository
        return no_verdict(error, pull_request=pull_request, head=board.head, repository=repository, ref=ref)

    def give_up(self, error: Exception | StoppedError) -> None:
        """Make every check run that is still in progress a failure, and see to it that the job fails."""
        self.errors.append(error)
        for board in self.boards:
            if not board.done:
                self.publish(board, Attempt(self.failed(board, error)))

    def in_turn(self, act: Callable[[], None]) -> None:
        """Do one of many things within a time of its own."""
        try:
            with self.turn():
                act()
        except TurnOverError as error:
            self.give_up(error)

    def conclusion(self, published: Published) -> Conclusion:
        """Conclusion of the verdict."""
        return conclude(published.outcome, self.inputs.enforcement).conclusion
