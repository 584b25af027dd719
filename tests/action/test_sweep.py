"""Many pull requests judged again within the token's budget, the next time from where it stopped."""

from __future__ import annotations

import pytest

from agentowners.action.sweep import ENOUGH
from tests.action.world import World
from tests.github_server.model import Pull

COUNT = 8
RATE = 500
RESERVED = RATE // 5


@pytest.fixture
def pulls(world: World) -> list[Pull]:
    """Open pull requests that pass, each judged once, the newest first."""
    made = [world.pull({"docs/index.md": f"{n}\n"}, branch=f"copilot/{n}") for n in range(COUNT)]
    for pull in reversed(made):
        assert world.judge(pull) == 0
    world.server.limits.rate = RATE
    return made


def left(world: World, requests: int) -> None:
    """Let the token have so many requests left."""
    world.server.used[world.token] = RATE - requests


def judged(world: World) -> list[int]:
    """The pull requests that the last run judged, in order."""
    return [int(path.split("/")[2]) for path in world.requests if path.startswith("GET /pulls/") and path.endswith("/files")]


def test_all_of_them_where_the_budget_allows(world: World, pulls: list[Pull]) -> None:
    left(world, RESERVED + COUNT * ENOUGH + 10)
    assert world.run("schedule", None) == 0
    assert judged(world) == [pull.number for pull in pulls]


def test_the_rest_is_left_to_the_next_sweep_which_begins_there(
    world: World, pulls: list[Pull], capfd: pytest.CaptureFixture[str]
) -> None:
    seen: list[int] = []
    for _ in range(6):
        left(world, RESERVED + COUNT + 3 * ENOUGH)
        assert world.run("schedule", None) == 0
        seen += judged(world)
        assert world.server.used[world.token] <= RATE - RESERVED
        if len(seen) >= COUNT:
            break
        said = capfd.readouterr().out
        assert f"of {COUNT} open pull requests are left for the next sweep" in said
    # those that have waited longest came first, and each its turn
    assert seen[:COUNT] == [pull.number for pull in reversed(pulls)]


def test_nothing_is_judged_from_what_is_reserved_for_others(world: World, pulls: list[Pull]) -> None:
    left(world, RESERVED)
    assert world.run("schedule", None) == 0
    assert judged(world) == []
    assert len(world.requests) == 1


def test_too_little_even_to_look_begins_somewhere_else_each_time(world: World, pulls: list[Pull]) -> None:
    begun = set()
    for _ in range(3):
        left(world, RESERVED + ENOUGH + 2)
        world.run("schedule", None)
        begun.add(judged(world)[0])
    assert len(begun) == 3


def test_a_server_that_counts_nothing_sets_no_bounds(world: World, pulls: list[Pull], monkeypatch: pytest.MonkeyPatch) -> None:
    from agentowners.github import client

    monkeypatch.setattr(client, "_budget", lambda _: None)
    left(world, RATE)
    assert world.run("schedule", None) == 0
    assert len(judged(world)) == COUNT


def test_threat_33_a_new_policy_leaves_no_old_pass_standing(
    world: World, pulls: list[Pull], capfd: pytest.CaptureFixture[str]
) -> None:
    world.repo.protect("main", checks=["AGENTOWNERS"])
    before = world.repo.tip("main")
    after = world.repo.commit("main", {".github/AGENTOWNERS": "docs/** @agents block\n"}, author="octocat", message="stricter")
    left(world, RESERVED + COUNT + 2 * ENOUGH + 20)
    code = world.run(
        "push", None, repo=world.repo, ref="refs/heads/main", before=before, after=after, pusher="octocat", sender="octocat"
    )
    assert code == 1
    assert "are left for the next sweep" in capfd.readouterr().err
    states = {pull.number: world.check(pull.head_sha) for pull in pulls}
    done = judged(world)
    assert 0 < len(done) < COUNT
    for pull in pulls:
        run = states[pull.number]
        expected = "Blocked: 1 file" if pull.number in done else "Waiting to be judged again"
        assert (run.title, run.passing) == (expected, False)
    # the next one finishes what is left, and only then the rest
    left(world, RESERVED + COUNT + COUNT * ENOUGH)
    assert world.run("schedule", None) == 1
    assert all(world.check(pull.head_sha).title == "Blocked: 1 file" for pull in pulls)
    for pull in pulls:
        assert all(run.conclusion == "failure" for run in world.checks(pull.head_sha))


def test_threat_33_one_commit_that_takes_no_check_run_saves_no_other_pass(world: World, pulls: list[Pull]) -> None:
    before = world.repo.tip("main")
    after = world.repo.commit("main", {".github/AGENTOWNERS": "docs/** @agents block\n"}, author="octocat", message="stricter")
    # enough for the push itself, and for no pull request; the first check run is the push's own
    left(world, RESERVED + ENOUGH)
    fault = world.server.faults.add("404", method="POST", path="/check-runs$", after=1)
    code = world.run(
        "push", None, repo=world.repo, ref="refs/heads/main", before=before, after=after, pusher="octocat", sender="octocat"
    )
    assert (code, fault.hits, judged(world)) == (1, 1, [])
    assert sum(world.check(pull.head_sha).passing for pull in pulls) == 1
