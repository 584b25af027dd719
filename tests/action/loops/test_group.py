"""A merge queue's group: the strictest of its pull requests, judged again where one of them moves."""

from __future__ import annotations

from itertools import count

import pytest

from agentowners.action.publisher import ROUNDS
from agentowners.github.errors import Trouble
from tests.action.loops.stage import ALLOWED, APPROVED, BLOCKED, FakeStage, Shown

FAILED = "failure"


@pytest.fixture
def members(stage: FakeStage) -> tuple[int, int]:
    """Two pull requests that may land, one by an approval."""
    first, second = stage.pull(ALLOWED, branch="copilot/a"), stage.pull(APPROVED, branch="copilot/b")
    stage.review(second, "octocat")
    return first, second


def test_each_member_is_judged_and_the_group_passes(stage: FakeStage, members: tuple[int, int]) -> None:
    head = stage.queue(*members)
    assert stage.group(head) == 0
    assert stage.shown(head) == [Shown("success", "Approved (1 of 1)")]
    assert sorted(stage.asked("pulls.reviews")) == ["pulls.reviews 1", "pulls.reviews 2"]
    assert stage.facts.asked[0] == "checks.create"


def test_nothing_is_shown_on_the_members(stage: FakeStage, members: tuple[int, int]) -> None:
    head = stage.queue(*members)
    stage.group(head)
    assert not any(each.startswith("conversation.") for each in stage.facts.asked)
    assert {run.head for run in stage.facts.checks.values()} == {head}


@pytest.mark.parametrize("order", [1, -1])
def test_the_strictest_counts_in_either_order(stage: FakeStage, members: tuple[int, int], order: int) -> None:
    bad = stage.pull(BLOCKED, branch="copilot/c")
    head = stage.queue(*(members[0], bad)[::order])
    assert stage.group(head) == 1
    assert stage.shown(head) == [Shown(FAILED, "Blocked: 1 file")]


def test_an_approval_that_goes_away_meanwhile(stage: FakeStage, members: tuple[int, int]) -> None:
    head = stage.queue(*members)
    stage.facts.before("checks.complete", lambda: stage.dismiss(members[1]))
    assert stage.group(head) == 0
    assert stage.shown(head) == [Shown("action_required", "Waiting for approval (0 of 1)")]


def test_a_member_that_changes_each_time_is_no_pass(stage: FakeStage, members: tuple[int, int]) -> None:
    head, bodies = stage.queue(*members), count()
    stage.facts.before("checks.complete", lambda: stage.facts.change(members[0], body=str(next(bodies))), times=100)
    assert stage.group(head) == 1
    assert stage.shown(head) == [Shown(FAILED, "Moving target")]
    assert len(stage.asked("commits.branch_tip")) >= ROUNDS


def test_a_member_whose_head_moved_explains_the_group_no_more(stage: FakeStage, members: tuple[int, int]) -> None:
    head = stage.queue(*members)
    stage.facts.commit("copilot/elsewhere", {"README.md": "x\n"})
    stage.facts.change(members[0], head=stage.tip("copilot/elsewhere"))
    assert stage.group(head) == 1
    assert stage.shown(head)[-1].conclusion == FAILED


def test_a_commit_that_is_nobodys(stage: FakeStage, members: tuple[int, int]) -> None:
    head = stage.queue(*members)
    branch = next(name for name, sha in stage.facts.branches.items() if sha == head)
    more = stage.facts.commit(branch, {"security/keys.py": "KEY = 3\n"}, author="Copilot", message="more")
    stage.name_group(more, branch)
    assert stage.group(more) == 1
    assert stage.shown(more) == [Shown(FAILED, "Facts are incomplete")]


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("question", ["pulls.files 1", "pulls.history 2", "pulls.reviews 2", "commits.compare", "pulls.get 2"])
def test_a_fact_that_is_missing_of_one_fails_all(
    stage: FakeStage, members: tuple[int, int], question: str, trouble: Trouble
) -> None:
    head = stage.queue(*members)
    stage.facts.fail(question, trouble)
    assert stage.group(head) == 1
    assert stage.shown(head)[-1].conclusion == FAILED
