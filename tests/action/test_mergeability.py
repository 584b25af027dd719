"""Conflicts, what GitHub has not worked out yet, and test merges of another head or another base."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentowners.action.run import main
from agentowners.github.model import Patience
from tests.action.histories import MOVABLE, agents, moved_under_protection
from tests.action.world import World
from tests.github_server.gitstore import Rename
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer

CONFLICT = ("action_required", "Conflicts with main")
BLOCKED = ("failure", "Blocked: 1 file")
ALLOWED = ("success", "Allowed")


@pytest.fixture
def world(github: GitHubServer, tmp_path: Path) -> World:
    return World.make(github, tmp_path, files=MOVABLE)


def verdict(world: World, pull: Pull) -> tuple[str | None, str | None]:
    world.judge(pull)
    check = world.check(pull.head_sha)
    return check.conclusion, check.title


def asked(world: World, pull: Pull) -> int:
    """How often the pull request was fetched, without the look at what a pass stands on."""
    passed = world.check(pull.head_sha).passing
    return world.requests.count(f"GET /pulls/{pull.number}") - passed


def conflicting(world: World, path: str = "docs/index.md") -> Pull:
    pull = world.pull({path: "agent\n"})
    world.repo.commit("main", {path: "person\n"}, author="hubot")
    return pull


def test_threat_36_a_conflict_never_passes(world: World) -> None:
    pull = conflicting(world)
    assert verdict(world, pull) == CONFLICT
    assert world.judge(pull) == 0
    assert not [request for request in world.requests if "/compare/" in request or "graphql" in request]


def test_threat_36_a_blocked_file_is_blocked_whether_or_not_it_conflicts(world: World) -> None:
    assert verdict(world, conflicting(world, "security/keys.py")) == BLOCKED


def test_threat_36_approvals_do_not_make_a_conflict_pass(world: World) -> None:
    pull = conflicting(world, "infra/main.tf")
    assert verdict(world, pull) == ("action_required", "Waiting for approval (0 of 2)")
    for login in ("octocat", "hubot"):
        world.repo.review(pull, login, "APPROVED")
    assert verdict(world, pull) == CONFLICT


def test_threat_36_a_conflict_that_is_over(world: World) -> None:
    pull = conflicting(world)
    assert verdict(world, pull) == CONFLICT
    world.repo.commit("main", {"docs/index.md": "d\n"}, author="hubot")
    assert verdict(world, pull) == ALLOWED


def test_threat_36_a_conflict_that_comes_while_it_is_judged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass is looked at again once it is published."""
    from agentowners.github.checks import Checks

    pull = world.pull({"docs/index.md": "agent\n"})
    complete = Checks.complete
    done: list[str] = []

    def late(*arguments: Any) -> Any:
        if not done:
            done.append(world.repo.commit("main", {"docs/index.md": "person\n"}, author="hubot"))
        return complete(*arguments)

    monkeypatch.setattr(Checks, "complete", late)
    assert verdict(world, pull) == CONFLICT


@pytest.mark.parametrize("times", [1, 3])
def test_github_is_asked_again_while_it_works_it_out(world: World, times: int) -> None:
    pull = moved_under_protection(world)
    pull.mergeable_after = times
    assert verdict(world, pull) == BLOCKED
    assert asked(world, pull) == times + 1


def test_a_conflict_that_github_tells_of_late(world: World) -> None:
    pull = conflicting(world)
    pull.mergeable_after = 2
    assert verdict(world, pull) == CONFLICT


def test_where_github_does_not_say_in_a_minute_it_is_judged_without(world: World) -> None:
    """By what is listed, and where the base has moved that; and the check says so."""
    pull = moved_under_protection(world)
    pull.mergeable_after = 99
    assert verdict(world, pull) == BLOCKED
    assert asked(world, pull) == 7
    check = world.check(pull.head_sha)
    assert "GitHub has no test merge with `main` as it is" in f"{check.summary} {check.text}"


def test_what_was_waited_for_in_vain_is_not_waited_for_again(world: World) -> None:
    """A minute each for many pull requests of one commit would be longer than a run lasts."""
    world.repo.branch("weak")
    one = moved_under_protection(world)
    other = agents(world, base="weak")
    for pull in (one, other):
        pull.mergeable_after = 99
    assert verdict(world, one) == BLOCKED
    assert asked(world, one) + asked(world, other) <= 9


def test_the_pauses_grow_and_are_a_minute_in_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("agentowners.github.client.time.sleep", pauses.append)
    pull = world.pull({"docs/index.md": "agent\n"})
    pull.mergeable_after = 99
    world.server.requests.clear()
    payload = world.server.payload("pull_request_target", "synchronize", pull=pull)
    main(world.environ("pull_request_target", payload), patience=Patience())
    assert pauses == sorted(pauses)
    assert len(set(pauses)) == len(pauses)
    assert sum(pauses) == 60


def test_a_sweep_asks_for_all_at_once_and_waits_for_none(world: World) -> None:
    """What GitHub has not worked out by a pull request's turn is judged without, by where the base has moved what is listed."""
    pulls = [moved_under_protection(world), world.pull({"docs/index.md": "new\n"}, branch="copilot/other")]
    for pull in pulls:
        pull.mergeable_after = 99
    world.run("schedule", None)
    assert [world.check(pull.head_sha).title for pull in pulls] == ["Blocked: 1 file", "Allowed"]
    assert [asked(world, pull) for pull in pulls] == [1, 1]
    requests = world.requests
    assert requests.index("POST /graphql") < requests.index("GET /pulls/1")


@pytest.mark.parametrize("fault", ["500", "403", "graphql-errors", "graphql-null", "graphql-type"])
def test_a_sweep_stands_on_nothing_that_it_asks_for_all(world: World, fault: Any) -> None:
    pulls = [world.pull({"docs/index.md": f"{n}\n"}, branch=f"copilot/{n}") for n in range(2)]
    world.server.faults.add(fault, path="^/graphql$", times=99)
    assert world.run("schedule", None) == 0
    assert [world.check(pull.head_sha).title for pull in pulls] == ["Allowed", "Allowed"]


def test_a_test_merge_of_another_head_is_no_test_merge(world: World) -> None:
    """GitHub lags behind: what it has is of the head before this one, in which nothing protected lands."""
    before = world.repo.tip("main")
    world.repo.commit("main", {"security/auth.py": Rename("lib/auth.py")}, author="hubot")
    world.repo.branch("copilot/fix", before)
    world.repo.commit("copilot/fix", {"docs/index.md": "new\n"}, author="Copilot")
    pull = agents(world)
    assert verdict(world, pull) == ALLOWED
    pull.test_merge_kept = True
    world.repo.commit("copilot/fix", {"lib/auth.py": MOVABLE["lib/auth.py"] + "BACKDOOR\n"}, author="Copilot")
    assert verdict(world, pull) == BLOCKED
    assert asked(world, pull) == 7


def test_a_test_merge_that_github_makes_late(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from agentowners.github.pulls import Pulls

    world.repo.branch("copilot/fix")
    world.repo.commit("copilot/fix", {"docs/index.md": "new\n"}, author="Copilot")
    pull = agents(world)
    world.repo.make_test_merge(pull)
    pull.test_merge_kept = True
    world.repo.commit("copilot/fix", {"lib/auth.py": MOVABLE["lib/auth.py"] + "BACKDOOR\n"}, author="Copilot")
    world.repo.commit("main", {"security/auth.py": Rename("lib/auth.py")}, author="hubot")
    later = Pulls.later

    def renewed(self: Pulls, number: int, attempt: int) -> Any:
        if attempt == 1:
            world.repo.make_test_merge(pull)
        return later(self, number, attempt)

    monkeypatch.setattr(Pulls, "later", renewed)
    assert verdict(world, pull) == BLOCKED
    assert asked(world, pull) == 3


def test_threat_3_a_test_merge_with_the_base_that_it_went_to_before(world: World) -> None:
    """Retargeted: GitHub says that it merges beside a test merge with the other branch, where nothing was moved."""
    first = world.repo.tip("main")
    world.repo.branch("weak", first)
    world.repo.commit("weak", {"README.md": "weak\n"}, author="hubot")
    world.repo.commit("main", {"security/auth.py": Rename("lib/auth.py")}, author="hubot")
    world.repo.branch("copilot/fix", first)
    world.repo.commit("copilot/fix", {"lib/auth.py": MOVABLE["lib/auth.py"] + "BACKDOOR\n"}, author="Copilot")
    pull = agents(world, base="weak")
    assert verdict(world, pull) == ALLOWED
    world.repo.retarget(pull, "main")
    pull.test_merge_kept = True
    assert verdict(world, pull) == BLOCKED


@pytest.mark.parametrize("status", ["404", "500", "403", "empty-page"])
def test_a_test_merge_that_cannot_be_had(world: World, status: Any) -> None:
    """Gone is none; anything else is doubt. Neither passes here."""
    pull = moved_under_protection(world)
    trial = world.repo.make_test_merge(pull)
    world.server.faults.add(status, path=f"/commits/{trial}$", times=99)
    conclusion, title = verdict(world, pull)
    assert conclusion == "failure"
    assert (title == BLOCKED[1]) == (status == "404")


@pytest.mark.parametrize("status", ["404", "500", "403", "empty-page"])
@pytest.mark.parametrize("path", ["/branches/main$", "/compare/"])
def test_a_base_branch_that_cannot_be_read(world: World, path: str, status: Any) -> None:
    pull = moved_under_protection(world)
    world.repo.commit("main", {"README.md": "more\n"}, author="hubot")
    world.server.faults.add(status, path=path, times=99)
    assert verdict(world, pull)[0] == "failure"


def test_a_base_branch_that_was_set_back_to_before_the_pull_request(world: World) -> None:
    """What the head stands on is not on the base any more: with the head it would come back."""
    first = world.repo.tip("main")
    world.repo.commit("main", {"security/keys.py": "KEY = 2\n"}, author="hubot")
    world.repo.branch("copilot/fix")
    world.repo.commit("copilot/fix", {"docs/index.md": "new\n"}, author="Copilot")
    pull = agents(world)
    assert verdict(world, pull) == ALLOWED
    world.repo.force_push("main", first, by="octocat")
    assert verdict(world, pull) == BLOCKED
    world.repo.commit("main", {"README.md": "else\n"}, author="hubot")
    assert verdict(world, pull) == BLOCKED
