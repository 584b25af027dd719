"""One pull request is judged until nothing about it moves, at most three times; what cannot be known is never a pass."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from agentowners.action.failure import StoppedError, TurnOverError
from agentowners.action.publisher import ROUNDS
from agentowners.change.model import ReviewState
from agentowners.github.errors import Trouble
from agentowners.github.model import RunOutput
from tests.action.loops.facts import digest
from tests.action.loops.fake import FakeChecks
from tests.action.loops.stage import ALLOWED, APPROVED, BLOCKED, NAME, FakeStage, Shown

PASS = Shown("success", "Allowed")
RESTLESS = Shown("failure", "Moving target")
SHOWN = Shown("success", "Approved (1 of 1)")
UNMET = Shown("action_required", "Waiting for approval (0 of 1)")


def approved(stage: FakeStage) -> int:
    number = stage.pull(APPROVED)
    stage.review(number, "octocat")
    return number


def test_the_order_of_what_is_asked_and_written(stage: FakeStage) -> None:
    number = approved(stage)
    stage.judge(number)
    order = ("checks.create", "pulls.files", "pulls.reviews", "conversation.add_label", "checks.complete", "pulls.same_reviews")
    assert [each.partition(" ")[0] for each in stage.asked(*order)] == list(order)
    assert stage.check(number) == SHOWN


def test_what_does_not_pass_is_not_looked_at_again(stage: FakeStage) -> None:
    number = stage.pull(APPROVED)
    stage.facts.before("checks.complete", lambda: stage.review(number, "octocat"))
    assert stage.judge(number) == 0
    assert (stage.check(number), stage.asked("pulls.reviews", "pulls.same_reviews")) == (UNMET, ["pulls.reviews 1"])


@pytest.mark.parametrize("after", ["pulls.reviews", "conversation.add_label", "checks.complete", "checks.of_commit"])
def test_an_approval_that_goes_away_before_the_pass_stands(stage: FakeStage, after: str) -> None:
    number = approved(stage)
    # the second look is the first time that reviews are compared: whatever happens before it is seen
    stage.facts.before(after if after != "pulls.reviews" else "pulls.open_pulls", lambda: stage.dismiss(number))
    assert stage.judge(number) == 0
    assert stage.check(number) == UNMET
    assert len(stage.asked("pulls.files")) == 2


def test_an_approval_that_comes_and_goes_each_time(stage: FakeStage) -> None:
    number = approved(stage)
    states = (ReviewState.CHANGES_REQUESTED, ReviewState.APPROVED)

    def waver() -> None:
        for state in states:
            stage.review(number, "octocat", state)

    stage.facts.before("checks.complete", waver, times=ROUNDS)
    assert stage.judge(number) == 1
    assert stage.check(number) == RESTLESS
    assert len(stage.asked("pulls.files")) == ROUNDS


def test_a_description_that_changes_once_is_judged_once_more(stage: FakeStage) -> None:
    number = stage.pull(ALLOWED)
    stage.facts.before("checks.complete", lambda: stage.facts.change(number, body="more"))
    assert stage.judge(number) == 0
    assert (stage.check(number), len(stage.asked("pulls.files"))) == (PASS, 2)


def test_a_description_that_changes_each_time_is_no_pass(stage: FakeStage) -> None:
    number, bodies = stage.pull(ALLOWED), count()
    stage.facts.before("checks.complete", lambda: stage.facts.change(number, body=str(next(bodies))), times=100)
    assert stage.judge(number) == 1
    assert (stage.check(number), len(stage.asked("pulls.files"))) == (RESTLESS, ROUNDS)


def test_what_is_written_by_the_job_itself_is_no_change(stage: FakeStage) -> None:
    number = approved(stage)
    stage.judge(number)
    assert stage.labels(number) == ["agentowners/approvals-required-1"]
    assert len(stage.asked("pulls.files")) == 1


def test_a_head_that_moves_is_judged_where_it_went(stage: FakeStage) -> None:
    number = stage.pull(ALLOWED)
    old = stage.tip("copilot/fix")
    stage.facts.before("checks.complete", lambda: stage.commit("copilot/fix", BLOCKED))
    assert stage.judge(number) == 1
    assert stage.check(number) == Shown("failure", "Blocked: 1 file")
    assert stage.shown(old) == [Shown("failure", "Superseded")]


def test_a_head_that_moves_each_time_leaves_no_pass(stage: FakeStage, capfd: pytest.CaptureFixture[str]) -> None:
    number, lines = stage.pull(ALLOWED), count()
    stage.facts.before("checks.complete", lambda: stage.commit("copilot/fix", {"docs/a.md": str(next(lines))}), times=100)
    assert stage.judge(number) == 1
    assert {run.conclusion for run in stage.facts.checks.values()} == {"failure"}
    assert len(stage.asked("checks.create")) == ROUNDS
    assert "changed each time it was judged" in capfd.readouterr().err


def test_a_base_that_is_changed_meanwhile(stage: FakeStage) -> None:
    stage.commit("weak", {".github/AGENTOWNERS": "security/** @agents allow\n"}, author="octocat")
    number = stage.pull(BLOCKED, base="weak")
    stage.facts.before("checks.complete", lambda: stage.facts.change(number, base_ref="main"))
    assert stage.judge(number) == 1
    assert "success" not in {run.conclusion for run in stage.facts.checks.values()}


def test_one_that_is_merged_meanwhile_keeps_no_pass_that_was_not_looked_at(stage: FakeStage) -> None:
    number = stage.pull(ALLOWED)
    stage.facts.before("checks.complete", lambda: stage.facts.change(number, body="more"))
    stage.facts.before("pulls.get", lambda: stage.facts.change(number, open=False, merged=True), after=2)
    stage.judge(number)
    assert stage.check(number) == Shown("failure", "Superseded")


def test_a_policy_that_is_tightened_is_read_before_each_head(stage: FakeStage) -> None:
    number = stage.pull(ALLOWED)
    stage.facts.before("checks.create", lambda: stage.commit("main", {".github/AGENTOWNERS": "** @agents block\n"}))
    assert stage.judge(number) == 1
    assert stage.check(number).title.startswith("Blocked")


def newer_run(stage: FakeStage, number: int, conclusion: str) -> Callable[[], None]:
    """A later job of ours that completes its check run first."""

    def judge() -> None:
        checks, head = FakeChecks(stage.facts), stage.facts.pulls[number].head
        output = RunOutput(title="Later", summary="")
        run = checks.create(name=NAME, head=head, external_id=f"agentowners/{number}/9-1", details_url="", output=output)
        checks.complete(run, conclusion, output, ())

    return judge


def test_a_newer_run_that_fails_is_followed(stage: FakeStage) -> None:
    number = stage.pull(ALLOWED)
    stage.facts.before("pulls.files", newer_run(stage, number, "failure"))
    stage.judge(number)
    assert {run.conclusion for run in stage.facts.checks.values()} == {"failure"}


def test_a_newer_run_that_passes_is_not_believed(stage: FakeStage) -> None:
    """This one does not pass: perhaps by facts of before, so that it is judged again; it does not take the other's word."""
    number = stage.pull(APPROVED)
    stage.facts.before("pulls.reviews", newer_run(stage, number, "success"))
    stage.judge(number)
    assert stage.shown(stage.facts.pulls[number].head)[0] == RESTLESS
    assert len(stage.asked("pulls.reviews")) == ROUNDS


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("question", ["pulls.get", "pulls.same_reviews"])
def test_a_pass_that_cannot_be_looked_at_again_does_not_stand(stage: FakeStage, question: str, trouble: Trouble) -> None:
    number = approved(stage)
    stage.facts.fail(question, trouble, after=question == "pulls.get")
    assert stage.judge(number) == 1
    assert stage.check(number).conclusion == "failure"


@pytest.mark.parametrize("error", [StoppedError(), StoppedError(in_time=False), LookupError("unforeseen")])
def test_a_run_that_ends_before_it_looked_again_leaves_no_pass(stage: FakeStage, error: BaseException) -> None:
    number = approved(stage)
    stage.facts.fail("pulls.same_reviews", error)
    assert stage.judge(number) == 1
    assert stage.check(number).conclusion == "failure"


@pytest.mark.parametrize("error", [StoppedError(), StoppedError(in_time=False), TurnOverError(), LookupError("unforeseen")])
@pytest.mark.parametrize("question", ["pulls.files", "pulls.open_pulls", "checks.of_commit"])
def test_a_run_that_ends_while_it_judges_again_leaves_no_pass(stage: FakeStage, question: str, error: BaseException) -> None:
    number = approved(stage)
    stage.facts.before("checks.complete", lambda: stage.facts.change(number, body="more"))
    stage.facts.fail(question, error, after=1, times=1)
    assert stage.judge(number) == 1
    assert stage.check(number).conclusion == "failure"


def test_an_older_pass_is_taken_back_before_the_job_ends(stage: FakeStage) -> None:
    number = approved(stage)
    stage.judge(number)
    stage.dismiss(number)
    stage.judge(number)
    assert {run.conclusion for run in stage.facts.checks.values()} == {"action_required"}


def test_of_two_with_one_head_the_strictest_counts_and_is_looked_at_again(stage: FakeStage) -> None:
    first = stage.pull(APPROVED)
    second = stage.facts.open("copilot/fix", author="Copilot")
    for number in (first, second):
        stage.review(number, "octocat")
    stage.facts.before("checks.complete", lambda: stage.dismiss(second))
    stage.judge(first)
    assert stage.check(first) == UNMET


def test_a_head_commit_that_nobody_has(stage: FakeStage) -> None:
    number = stage.pull(ALLOWED)
    stage.facts.change(number, head=digest("gone"))
    assert stage.judge(number) == 1
    assert "success" not in {run.conclusion for run in stage.facts.checks.values()}
