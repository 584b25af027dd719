"""Which pull requests an event wakes the gate for, and that the others are left alone."""

from __future__ import annotations

import pytest

from agentowners.github.errors import Trouble
from agentowners.policy.model import Permission
from tests.action.loops.facts import REPOSITORY, account, digest
from tests.action.loops.stage import ALLOWED, BLOCKED, FakeStage, Shown


def workflow_run(stage: FakeStage, head: str, branch: str | None) -> int:
    run = {"head_repository": {"full_name": REPOSITORY}, "head_branch": branch, "head_sha": head}
    return stage.run("workflow_run", {"action": "completed", "workflow_run": run})


def comment(stage: FakeStage, number: int, login: str | None) -> int:
    who = None if login is None else account(login)
    user = None if who is None else {"login": who.login, "id": who.id, "type": who.type.value}
    said = {"body": "/agentowners approve", "user": user}
    issue = {"number": number, "pull_request": {"url": ""}}
    return stage.run("issue_comment", {"action": "created", "issue": issue, "comment": said})


def judged(stage: FakeStage) -> list[int]:
    return [int(each.split()[1]) for each in stage.asked("pulls.files")]


def test_a_workflow_wakes_it_for_the_pull_requests_of_its_branch(stage: FakeStage) -> None:
    number, other = stage.pull(ALLOWED, branch="copilot/a"), stage.pull(ALLOWED, branch="copilot/b")
    assert workflow_run(stage, digest("old"), "copilot/a") == 0
    assert judged(stage) == [number]
    assert stage.shown(stage.facts.pulls[other].head) == []


@pytest.mark.parametrize("branch", [None, "gone"])
def test_or_else_for_those_of_its_commit(stage: FakeStage, branch: str | None) -> None:
    stage.pull(ALLOWED, branch="copilot/a")
    number = stage.pull({"docs/b.md": "new\n"}, branch="copilot/b")
    assert workflow_run(stage, stage.tip("copilot/b"), branch) == 0
    assert judged(stage) == [number]


def test_a_fork_of_the_same_branch_name_is_another(stage: FakeStage) -> None:
    number = stage.pull(ALLOWED)
    stage.facts.change(number, head_repository="mallory/shop")
    assert workflow_run(stage, digest("old"), "copilot/fix") == 0
    assert judged(stage) == []


def test_one_of_several_that_cannot_be_fetched_keeps_no_other_from_it(stage: FakeStage) -> None:
    stage.pull(ALLOWED)
    other = stage.facts.open("copilot/fix", author="Copilot", base="main")
    stage.facts.fail("pulls.get 1", Trouble.UNAVAILABLE, times=1)
    assert workflow_run(stage, stage.tip("copilot/fix"), None) == 1
    assert judged(stage)[:1] == [other]


@pytest.mark.parametrize("trouble", Trouble)
def test_pull_requests_that_cannot_be_listed_fail_the_job(stage: FakeStage, trouble: Trouble) -> None:
    stage.pull(ALLOWED)
    stage.facts.fail("pulls.open_pulls", trouble)
    assert workflow_run(stage, stage.tip("copilot/fix"), None) == 1
    assert stage.facts.checks == {}


@pytest.mark.parametrize(("login", "judges"), [("octocat", True), ("mallory", False), (None, True)])
def test_a_comment_is_heard_of_whoever_may_approve(stage: FakeStage, login: str | None, judges: bool) -> None:
    number = stage.pull(ALLOWED)
    assert comment(stage, number, login) == 0
    assert judged(stage) == ([number] if judges else [])
    assert stage.asked("people.permission")[:1] == ([] if login is None else ["people.permission"])


def test_a_comment_is_heard_where_the_policy_lets_less_do(stage: FakeStage) -> None:
    policy = "approvals minimum_permission=triage\ndocs/** @agents allow\n"
    stage.commit("main", {".github/AGENTOWNERS": policy}, author="octocat")
    number = stage.pull(ALLOWED)
    stage.facts.permissions["mallory"] = Permission.TRIAGE
    comment(stage, number, "mallory")
    assert judged(stage) == [number]


@pytest.mark.parametrize("trouble", [Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.INCOMPLETE])
def test_a_comment_of_somebody_whose_permission_is_not_told_is_heard(stage: FakeStage, trouble: Trouble) -> None:
    number = stage.pull(BLOCKED)
    stage.facts.fail("people.permission", trouble)
    assert comment(stage, number, "mallory") == 1
    assert stage.check(number) == Shown("failure", "Blocked: 1 file")


def test_where_the_pull_request_cannot_be_fetched_the_head_of_the_event_fails(stage: FakeStage) -> None:
    number = stage.pull(ALLOWED)
    assert stage.judge(number) == 0
    stage.facts.fail("pulls.get", Trouble.UNAVAILABLE)
    assert stage.judge(number) == 1
    assert {shown.conclusion for shown in stage.shown(stage.tip("copilot/fix"))} == {"failure"}
