"""Sweeps and pushes over many pull requests: each is judged, whatever becomes of the others, and old passes go first."""

from __future__ import annotations

import pytest

from agentowners.action.failure import StoppedError, TurnOverError
from agentowners.action.sweep import ENOUGH, RESERVED
from agentowners.github.errors import Trouble
from agentowners.github.model import Budget
from tests.action.loops.stage import ALLOWED, BLOCKED, PUSH, FakeStage, Shown
from tests.action.world import POLICY

PASS = Shown("success", "Allowed")
COUNT = 4
TIGHTER = {".github/AGENTOWNERS": POLICY.decode().replace("docs/**       @agents  allow", "docs/**       @agents  block")}
LOOSER = {".github/AGENTOWNERS": POLICY.decode().replace("src/**        @agents  require_approval\n", "")}
SAME = {".github/AGENTOWNERS": f"# said otherwise\n{POLICY.decode()}"}


@pytest.fixture
def pulls(stage: FakeStage) -> list[int]:
    """Open pull requests that may pass, none judged yet."""
    return [stage.pull({f"docs/{n}.md": "new\n"}, branch=f"copilot/{n}") for n in range(COUNT)]


def judged(stage: FakeStage) -> list[int]:
    return [int(each.split()[1]) for each in stage.asked("pulls.files")]


def titles(stage: FakeStage, pulls: list[int]) -> set[str]:
    return {stage.check(number).title for number in pulls}


def test_all_by_number_and_github_is_told_first(stage: FakeStage, pulls: list[int]) -> None:
    assert stage.sweep() == 0
    assert judged(stage) == pulls
    assert titles(stage, pulls) == {"Allowed"}
    assert stage.facts.asked.index("pulls.begin_merging") < stage.facts.asked.index("pulls.files 1")


def test_none_is_believed_when_it_is_said_twice(stage: FakeStage) -> None:
    assert stage.sweep() == 0
    assert stage.asked("pulls.open_pulls") == ["pulls.open_pulls"] * 2


@pytest.mark.parametrize("trouble", Trouble)
def test_one_that_cannot_be_fetched_keeps_no_other_from_it(stage: FakeStage, pulls: list[int], trouble: Trouble) -> None:
    stage.facts.fail("pulls.get 3", trouble)
    assert stage.sweep() == 1
    assert judged(stage) == [number for number in pulls if number != 3]
    assert stage.shown(stage.facts.pulls[3].head) == []


@pytest.mark.parametrize("trouble", Trouble)
def test_one_without_a_fact_fails_by_itself(stage: FakeStage, pulls: list[int], trouble: Trouble) -> None:
    stage.facts.fail("pulls.files 3", trouble)
    assert stage.sweep() == 1
    assert stage.check(3).conclusion == "failure"
    assert titles(stage, [number for number in pulls if number != 3]) == {"Allowed"}


def test_one_whose_time_is_over_fails_by_itself(stage: FakeStage, pulls: list[int]) -> None:
    stage.facts.fail("pulls.files 3", TurnOverError())
    assert stage.sweep() == 1
    assert stage.check(3) == Shown("failure", "Out of time")
    assert titles(stage, [number for number in pulls if number != 3]) == {"Allowed"}
    assert "hurry" in stage.facts.asked


@pytest.mark.parametrize(("error", "title"), [(StoppedError(), "Interrupted"), (LookupError("unforeseen"), "Internal error")])
def test_what_ends_the_run_leaves_no_pass_of_what_was_not_judged(
    stage: FakeStage, pulls: list[int], error: BaseException, title: str
) -> None:
    stage.facts.fail("pulls.files 3", error)
    assert stage.sweep() == 1
    assert stage.check(3) == Shown("failure", title)
    assert judged(stage) == [1, 2, 3]
    assert all(stage.shown(stage.facts.pulls[number].head) == [] for number in pulls[3:])


def test_one_that_is_closed_before_its_turn(stage: FakeStage, pulls: list[int]) -> None:
    stage.facts.before("pulls.files 1", lambda: stage.facts.change(3, open=False))
    assert stage.sweep() == 0
    assert stage.shown(stage.facts.pulls[3].head) == []


def test_a_policy_that_is_tightened_halfway_holds_from_there_on(stage: FakeStage, pulls: list[int]) -> None:
    stage.facts.before("pulls.get 3", lambda: stage.commit("main", TIGHTER, author="octocat"))
    assert stage.sweep() == 1
    assert titles(stage, pulls[:2]) == {"Allowed"}
    assert titles(stage, pulls[2:]) == {"Blocked: 1 file"}


def test_what_is_left_for_want_of_requests_comes_first_next_time(stage: FakeStage, pulls: list[int]) -> None:
    limit = 1000

    def spend(left: int) -> None:
        stage.facts.budget = Budget(limit=limit, remaining=left)

    spend(limit // RESERVED + COUNT + ENOUGH * 2)
    stage.facts.before("pulls.files 3", lambda: spend(limit // RESERVED))
    assert stage.sweep() == 0
    assert judged(stage) == pulls[:3]
    spend(limit // RESERVED + COUNT + ENOUGH * 2)
    stage.sweep()
    assert judged(stage) == [*pulls[3:], *pulls[:3]]


def test_two_of_one_head_are_judged_once(stage: FakeStage) -> None:
    first = stage.pull(ALLOWED)
    stage.facts.open("copilot/fix", author="Copilot")
    assert stage.sweep() == 0
    assert len(stage.shown(stage.facts.pulls[first].head)) == 1


@pytest.fixture
def passed(stage: FakeStage, pulls: list[int]) -> list[int]:
    """Open pull requests that pass."""
    assert stage.sweep() == 0
    return pulls


def push(stage: FakeStage, files: dict[str, str]) -> tuple[int, Shown]:
    """A push by a person to `main`: the exit code, and its own check run."""
    before, after = stage.tip("main"), stage.commit("main", files, author="octocat")
    return stage.push(before, after), stage.shown(after, PUSH)[-1]


def taken_back_first(stage: FakeStage) -> bool:
    """True if there was a new check run on each head, and the push's own, before any was judged."""
    return stage.asked("checks.create", "pulls.files")[: COUNT + 1] == ["checks.create"] * (COUNT + 1)


def test_a_tighter_policy_takes_every_pass_back_before_any_is_judged(stage: FakeStage, passed: list[int]) -> None:
    push(stage, TIGHTER)
    assert taken_back_first(stage)
    assert judged(stage) == passed
    assert titles(stage, passed) == {"Blocked: 1 file"}
    assert {run.conclusion for run in stage.facts.checks.values() if run.name != PUSH} == {"failure"}


def test_a_policy_that_only_loosens_takes_nothing_back(stage: FakeStage, passed: list[int]) -> None:
    push(stage, LOOSER)
    assert judged(stage) == passed
    creations = [place for place, each in enumerate(stage.facts.asked) if each == "checks.create"]
    assert stage.facts.asked.index("pulls.files 1") < creations[2]


def test_a_policy_that_means_the_same_judges_nothing_again(stage: FakeStage, passed: list[int]) -> None:
    push(stage, SAME)
    assert judged(stage) == []
    assert titles(stage, passed) == {"Allowed"}


@pytest.mark.parametrize("trouble", [Trouble.UNAVAILABLE, Trouble.LIMITED])
def test_passes_that_cannot_be_taken_back_fail_the_job_and_are_judged_again(
    stage: FakeStage, passed: list[int], trouble: Trouble
) -> None:
    stage.facts.fail("checks.create", trouble, after=1, times=1)
    code, _ = push(stage, TIGHTER)
    assert code == 1
    assert titles(stage, passed) == {"Blocked: 1 file"}


def test_one_commit_that_takes_no_check_run_saves_no_other_pass(stage: FakeStage, passed: list[int]) -> None:
    stage.facts.fail("checks.create", Trouble.INVALID, after=1, times=1)
    code, _ = push(stage, TIGHTER)
    assert code == 1
    assert taken_back_first(stage)


def test_a_run_that_ends_after_it_took_back_leaves_no_pass(stage: FakeStage, passed: list[int]) -> None:
    stage.facts.fail("pulls.files 1", StoppedError())
    assert push(stage, TIGHTER)[0] == 1
    assert all(stage.check(number).conclusion != "success" for number in passed)


def test_one_of_many_that_fails_after_a_push_of_a_policy(stage: FakeStage, passed: list[int]) -> None:
    stage.facts.fail("pulls.get 3", Trouble.UNAVAILABLE)
    assert push(stage, TIGHTER)[0] == 1
    assert stage.check(3).conclusion is None
    assert titles(stage, [number for number in passed if number != 3]) == {"Blocked: 1 file"}


def test_a_push_that_cannot_be_compared_is_no_pass_and_counts_as_another_policy(stage: FakeStage, passed: list[int]) -> None:
    stage.facts.fail("commits.compare", Trouble.UNAVAILABLE, times=1)
    code, shown = push(stage, TIGHTER)
    assert (code, shown.conclusion) == (1, "failure")
    assert taken_back_first(stage)
    assert judged(stage) == passed


def test_a_push_of_something_else_judges_those_that_it_moves(stage: FakeStage, passed: list[int]) -> None:
    stage.commit("main", {"docs/3.md": "base\n", "docs/4.md": "base\n"}, author="octocat")
    before, after = stage.tip("main"), stage.facts.commit("main", {"docs/3.md": None}, author="octocat")
    stage.push(before, after)
    assert judged(stage) == [passed[3]]


def test_where_no_look_at_them_is_had_all_are_judged(stage: FakeStage, passed: list[int]) -> None:
    stage.facts.fail("pulls.glances", Trouble.FORBIDDEN)
    push(stage, {"README.md": "more\n"})
    assert judged(stage) == passed


@pytest.mark.parametrize("trouble", Trouble)
def test_where_they_cannot_be_listed_the_job_fails_and_the_pushs_own_verdict_stands(
    stage: FakeStage, passed: list[int], trouble: Trouble
) -> None:
    stage.facts.fail("pulls.glances", trouble)
    stage.facts.fail("pulls.open_pulls", trouble)
    assert push(stage, {"README.md": "more\n"}) == (1, PASS)


def test_the_jobs_own_result_is_that_of_the_push(stage: FakeStage) -> None:
    number = stage.pull(BLOCKED)
    stage.facts.fail("pulls.glances", Trouble.FORBIDDEN)
    assert push(stage, {"README.md": "more\n"}) == (0, PASS)
    assert stage.check(number) == Shown("failure", "Blocked: 1 file")
