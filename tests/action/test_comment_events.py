"""Comments that speak to the gate wake it: those of people who may approve, and no others."""

from __future__ import annotations

from typing import Any

import pytest

from agentowners.action.run import main
from tests.action.world import PATIENCE, World
from tests.github_server.model import Pull

WAITING = {"infra/main.tf": "b\n"}


def says(
    world: World, pull: Pull, login: str, body: str, action: str = "created", *, was: str | None = None, **facts: Any
) -> int:
    changes = {} if was is None else {"changes": {"body": {"from": was}}}
    return world.run("issue_comment", action, pull=pull, comment=world.repo.comment(pull, login, body), **changes, **facts)


@pytest.mark.parametrize(
    ("body", "action", "was"),
    [
        ("/agentowners approve 1234", "created", None),
        ("\n /agentowners unapprove", "created", None),
        ("/agentowners approve 1234", "edited", "hello"),
        ("hello", "edited", "/agentowners approve 1234"),
        ("/agentowners approve 1234", "deleted", None),
    ],
)
def test_a_comment_to_the_gate_judges_the_pull_request_again(world: World, body: str, action: str, was: str | None) -> None:
    pull = world.pull(WAITING)
    assert says(world, pull, "octocat", body, action, was=was) == 0
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"
    assert world.requests[0] == "GET /collaborators/octocat/permission"


@pytest.mark.parametrize(
    ("body", "action", "was"),
    [("hello", "created", None), ("see /agentowners approve", "created", None), ("a", "edited", "b"), ("hello", "deleted", None)],
)
def test_any_other_comment_is_nothing_to_judge(
    world: World, capfd: pytest.CaptureFixture[str], body: str, action: str, was: str | None
) -> None:
    pull = world.pull(WAITING)
    assert says(world, pull, "octocat", body, action, was=was) == 0
    assert (world.requests, world.checks(pull.head_sha)) == ([], [])
    assert "nothing to judge: the comment on #1 does not begin with `/agentowners`" in capfd.readouterr().out


def test_a_comment_on_an_issue_is_nothing_to_judge(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(WAITING)
    comment = world.repo.comment(pull, "octocat", "/agentowners approve 1234")
    payload = world.server.payload("issue_comment", "created", pull=pull, comment=comment)
    del payload["issue"]["pull_request"]
    assert main(world.environ("issue_comment", payload), patience=PATIENCE) == 0
    assert world.server.requests == []
    assert "nothing to judge: #1 is no pull request" in capfd.readouterr().out


@pytest.mark.parametrize(("permission", "requests"), [("none", 1), ("read", 6)])
def test_a_strangers_comment_costs_next_to_nothing(
    world: World, capfd: pytest.CaptureFixture[str], permission: Any, requests: int
) -> None:
    pull = world.pull(WAITING)
    world.server.add_user("mallory")
    world.repo.private = permission == "none"
    world.repo.set_permission("mallory", permission)
    assert says(world, pull, "mallory", "/agentowners approve 1234") == 0
    assert len(world.requests) == requests
    assert world.checks(pull.head_sha) == []
    assert "nothing to judge: whoever wrote the comment on #1 may not approve here" in capfd.readouterr().out


def test_whoever_may_approve_by_the_policy_is_heard(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": b"infra/** @agents require_approval\napprovals minimum_permission=read\n"})
    pull = world.pull(WAITING)
    world.server.add_user("monalisa")
    world.repo.set_permission("monalisa", "read")
    assert says(world, pull, "monalisa", "/agentowners approve 1234") == 0
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 1)"


def test_it_is_the_authors_permission_that_counts_and_not_the_editors(world: World) -> None:
    pull = world.pull(WAITING)
    world.server.add_user("mallory")
    world.repo.set_permission("mallory", "none")
    assert says(world, pull, "octocat", "hm", "edited", was="/agentowners approve 1", sender="mallory") == 0
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"


@pytest.mark.parametrize("gone", ["account", "permission"])
def test_whose_permission_nobody_can_tell_is_heard(world: World, gone: str) -> None:
    pull = world.pull(WAITING)
    world.server.faults.add("404", method="GET", path="/collaborators/", times=100)
    comment = world.repo.comment(pull, "octocat", "/agentowners approve 1234")
    payload = world.server.payload("issue_comment", "deleted", pull=pull, comment=comment, sender="hubot")
    payload["comment"]["user"] = None if gone == "account" else payload["comment"]["user"]
    assert main(world.environ("issue_comment", payload), patience=PATIENCE) == 0
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"


def test_a_comment_on_a_closed_pull_request_is_nothing_to_judge(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(WAITING)
    world.repo.close(pull)
    assert says(world, pull, "octocat", "/agentowners approve 1234") == 0
    assert world.checks(pull.head_sha) == []
    assert "nothing to judge: #1 is closed" in capfd.readouterr().out
