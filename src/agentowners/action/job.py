"""The main job: a target becomes published verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import Final, assert_never

from agentowners.action.board import Board
from agentowners.action.display import Display
from agentowners.action.environment import RunnerEnvironment
from agentowners.action.events import CommentCommand, MergeGroup, Nothing, PullRequest, Push, Sweep, Target, WorkflowRun
from agentowners.action.facts import JobFacts
from agentowners.action.failure import JudgementError, StoppedError, TurnOverError, no_verdict
from agentowners.action.host import Host
from agentowners.action.inputs import Inputs
from agentowners.action.judge import Judge
from agentowners.action.policies import BranchPolicies
from agentowners.action.sharing import Case, related, without_outsiders
from agentowners.action.stopping import Turn
from agentowners.action.sweep import all_open, sweep
from agentowners.diagnostics import AgentownersError
from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.github.model import Pull, PullSummary
from agentowners.report.verdict.conclusion import Conclusion, conclude, strictest

ROUNDS: Final = 3
"""A pull request that moves on while it is judged is judged again this often."""


_OUTSIDER: Final = "what lands is the same, and whoever opened it may not write here and only says things about it"


@dataclass(frozen=True, slots=True)
class Published:
    """What was published about one commit."""

    outcome: Outcome
    board: Board
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Job:
    """One run of the action."""

    host: Host
    surroundings: RunnerEnvironment
    inputs: Inputs
    notice: Callable[[str], None]
    boards: list[Board] = field(default_factory=list)
    published: list[Published] = field(default_factory=list)
    taken_back: dict[tuple[str, str], Board] = field(default_factory=dict)
    """By commit and name, check runs in progress that took back what an old policy let pass, and have not been judged yet."""
    errors: list[Exception | StoppedError] = field(default_factory=list)
    """What went wrong where no check run could tell."""
    turn: Turn = nullcontext
    policies: BranchPolicies = field(init=False)
    judge: Judge = field(init=False)
    facts: JobFacts = field(init=False)
    _judged: set[tuple[str, str]] = field(default_factory=set)
    _left: set[str] = field(default_factory=set)
    """Heads of closed pull requests, whose others were looked for."""
    _beside: set[int] = field(default_factory=set)
    """Pull requests with a head commit that was judged, under another check's name."""

    def __post_init__(self) -> None:
        self.policies = BranchPolicies(self.host.policies, self.inputs.policy_files)
        self.facts = JobFacts(self.host)
        self.judge = Judge(self.host, self.surroundings.repository, self.policies, self.facts, self.inputs.label_prefix)

    def run(self, target: Target) -> None:
        """Judge the target and publish what comes of it.

        Raises:
            AgentownersError: what went wrong before there was a check run to tell it.
        """
        match target:
            case PullRequest():
                self._one(target)
                self._others()
            case CommentCommand():
                from agentowners.action.commands import may_speak

                if may_speak(self, target):
                    self._one(PullRequest(target.number))
                    self._others()
            case MergeGroup():
                from agentowners.action.merge_group import judge_group

                judge_group(self, target)
            case Push():
                from agentowners.action.push import judge_push

                judge_push(self, target)
            case Sweep():
                sweep(self, all_open(self))
            case WorkflowRun():
                sweep(self, self._of_run(target))
            case Nothing():
                self.notice(f"nothing to judge: {target.why}")
            case _:
                assert_never(target)

    def give_up(self, error: Exception | StoppedError) -> None:
        """Make every check run that is still in progress a failure, and see to it that the job fails."""
        self.errors.append(error)
        for board in self.boards:
            if not board.done:
                self.publish(board, no_verdict(error, head=board.head, repository=self.surroundings.repository))

    def in_turn(self, act: Callable[[], None]) -> None:
        """Do one of many things within a time of its own."""
        try:
            with self.turn():
                act()
        except TurnOverError as error:
            self.give_up(error)

    def judge_again(self, number: int) -> None:
        """Judge one of several pull requests; that it cannot be judged keeps none of the others from it."""
        try:
            self._fetched(self.host.pulls.get(number))
        except AgentownersError as error:
            self.errors.append(error)

    def _others(self) -> None:
        """Judge the pull requests that were found to have the same head commit, and a check of another name. What comes of them
        is no part of the job's own result."""
        result = list(self.published)
        for number in sorted(self._beside):
            self.judge_again(number)
        self.published = result

    def open_board(self, name: str, head: str, subject: str) -> Board:
        """A check run of ours on a commit, in progress; the one by which an old pass was taken back, if there is one.

        Raises:
            PlatformError: it cannot be created although the token may.
        """
        if (head, name) in self.taken_back:
            self.boards.append(self.taken_back.pop((head, name)))
            return self.boards[-1]
        board = Board.open(
            self.host.checks,
            name=name,
            head=head,
            external_id=self.surroundings.external_id(subject),
            details_url=self.surroundings.run_url,
        )
        self.boards.append(board)
        return board

    def publish(
        self,
        board: Board,
        outcome: Outcome,
        notes: Sequence[str] = (),
        *,
        first: str | None = None,
        record: bool = True,
        earlier: Sequence[str] = (),
    ) -> bool:
        """Put an outcome on a board; see ``Board.publish`` for what comes back.

        A board that cannot be brought to show it is made to fail, as far as that is possible. ``record`` is False for what is no
        part of the job's own result; ``first`` is said before anything else; ``earlier`` are the pull request's heads before.
        """
        try:
            agreed = board.publish(outcome, self.inputs.enforcement, tuple(notes), first, earlier)
        except AgentownersError as error:
            self.errors.append(error)
            outcome = no_verdict(error, head=board.head, repository=self.surroundings.repository)
            agreed = True
            board.done = False
            try:
                board.fail(outcome)
            except AgentownersError:
                board.done = True
        if record:
            self.published = [p for p in self.published if p.board is not board]
            self.published.append(Published(outcome, board, (*((first,) if first else ()), *notes)))
        return agreed

    def open_early(self, target: Target) -> None:
        """A check run where the event alone tells of one, so that what passed there before does not go on looking passed."""
        with suppress(AgentownersError):
            match target:
                case PullRequest(number, str(head), str(base_ref)):
                    self.open_board(self.inputs.name_for(base_ref), head, str(number))
                case MergeGroup(head, _, base_ref):
                    self.open_board(self.inputs.name_for(base_ref.removeprefix("refs/heads/")), head, "merge-group")
                case _:
                    pass

    def _one(self, target: PullRequest) -> None:
        if target.push is not None:
            self.judge.told[target.number] = target.push
        try:
            pull = self.host.pulls.get(target.number)
        except AgentownersError as error:
            if target.head is None or target.base_ref is None:
                raise
            # the head that the event named can at least be kept from looking passed
            board = self.open_board(self.inputs.name_for(target.base_ref), target.head, str(target.number))
            ref = f"refs/heads/{target.base_ref}"
            self.publish(board, no_verdict(error, pull_request=target.number, head=target.head, ref=ref))
            return
        self._fetched(pull)

    def _of_run(self, target: WorkflowRun) -> tuple[PullSummary, ...]:
        found: tuple[PullSummary, ...] = ()
        if target.head_repository and target.head_branch:
            owner = target.head_repository.partition("/")[0]
            found = tuple(
                pull
                for pull in self.host.pulls.open_pulls(head=f"{owner}:{target.head_branch}")
                if (pull.head_repository or "").lower() == target.head_repository.lower()
            )
        return found or tuple(pull for pull in self.host.pulls.open_pulls() if pull.head == target.head)

    def _fetched(self, pull: Pull) -> None:
        """Judge a pull request that was just fetched, and those that share its head."""
        for _ in range(ROUNDS):
            if not pull.open:
                self._closed(pull)
                return
            name = self.inputs.name_for(pull.base_ref)
            if (pull.head, name) in self._judged:
                return
            board = self.open_board(name, pull.head, str(pull.number))
            # a run that a newer policy started may have judged this one already, and of two check runs the later one counts
            self.policies.look_again()
            moved = self._on_board(board, pull)
            if moved is None:
                self._judged.add((pull.head, name))
                return
            self.publish(board, self._superseded(pull, moved), record=False)
            pull = moved
        message = f"#{pull.number} changed each time it was judged"
        self.errors.append(JudgementError("Moving target", message, help="run the job again"))

    def _closed(self, pull: Pull) -> None:
        """Judge those again that shared the head of one that is closed: the check may have said what that one asked for."""
        if pull.head not in self._left:
            self._left.add(pull.head)
            others = [other.number for other in self.host.pulls.open_pulls() if other.head == pull.head]
            for number in others:
                self.judge_again(number)
            if others:
                return
        self.notice(f"nothing to judge: #{pull.number} is {'merged' if pull.merged else 'closed'}")

    def _superseded(self, pull: Pull, now: Pull) -> NoVerdict:
        return NoVerdict(
            title="Superseded",
            message=f"#{pull.number} moved on to {now.head[:7]} into {now.base_ref} while it was judged",
            help="see the check there",
            head=pull.head,
            repository=self.surroundings.repository,
            pull_request=pull.number,
            ref=f"refs/heads/{pull.base_ref}",
        )

    def _on_board(self, board: Board, pull: Pull) -> Pull | None:
        """Judge and publish; or, where the pull request has moved on meanwhile, the pull request as it is now."""
        for _ in range(ROUNDS):
            cases: list[Case] = [(pull, self.judge.outcome(pull))]
            counted, left_out = list(cases), tuple[int, ...]()
            try:
                found = related(self.facts, pull, lambda base: self.inputs.name_for(base) == board.name)
                if found.moved is not None:
                    return found.moved
                # of a run that waits and one that comes later for the same head, GitHub keeps the later: it has to do for both
                self._beside |= set(found.beside)
                cases += [(other, self.judge.outcome(other)) for other in found.sharing]
                counted, left_out = without_outsiders(self.facts, cases, found.outsiders, self.inputs.enforcement)
                outcome = strictest((case[1] for case in counted), self.inputs.enforcement)
            except AgentownersError as error:
                outcome = no_verdict(error, pull_request=pull.number, head=pull.head, repository=self.surroundings.repository)
            for line in self._show(board, cases):
                # a display that cannot be brought up to date is no part of what the check says
                self.notice(line)
            notes = [note for case in cases for note in self.judge.notes.get(case[0].number, ())]
            notes += [f"#{number} has the same head commit and is left out: {_OUTSIDER}" for number in left_out]
            earlier = self.judge.earlier_heads(pull.number)
            if not self.publish(board, outcome, notes, first=self._whose(pull, outcome), earlier=earlier):
                continue
            try:
                if not conclude(outcome, self.inputs.enforcement).conclusion.passes or self.judge.still_holds(counted):
                    return None
                pull = self.host.pulls.get(pull.number)
            except AgentownersError as error:
                outcome = no_verdict(error, pull_request=pull.number, head=pull.head, repository=self.surroundings.repository)
                self.publish(board, outcome)
                return None
            except StoppedError:
                # a pass that was not looked at again does not stand
                board.done = False
                raise
            if not pull.open or (pull.head, pull.base_ref) != (cases[0][0].head, cases[0][0].base_ref):
                return pull
        self.publish(board, self._restless(pull))
        return None

    def _restless(self, pull: Pull) -> NoVerdict:
        """What must not be left looking like a pass."""
        error = JudgementError(
            "Moving target", f"#{pull.number} changed each time it was judged", help="run the job again when it has come to rest"
        )
        return no_verdict(error, pull_request=pull.number, head=pull.head, repository=self.surroundings.repository)

    def _whose(self, pull: Pull, outcome: Outcome) -> str | None:
        """What the summary begins with where the verdict is another pull request's."""
        if outcome.pull_request in (None, pull.number):
            return None
        return f"#{outcome.pull_request} has the same head commit as #{pull.number} and a stricter verdict, which is shown here."

    def _show(self, board: Board, cases: Sequence[tuple[Pull, Outcome]]) -> list[str]:
        if board.run is None:
            return []
        display = Display(self.host.conversation, self.inputs)
        for pull, outcome in cases:
            display.show(pull, outcome, board.name, board.run.app)
        return display.notes

    def strictest(self) -> Published | None:
        """Of everything that was published the strictest."""
        return max(self.published, key=lambda p: self.conclusion(p).rank, default=None)

    def conclusion(self, published: Published) -> Conclusion:
        """What was concluded."""
        return conclude(published.outcome, self.inputs.enforcement).conclusion
