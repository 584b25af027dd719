"""Pull requests that share a head commit: an outsider's, those that are closed, and more of them than can be judged."""

from __future__ import annotations

import pytest

from tests.action.world import World
from tests.github_server.model import Pull

BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}
FOOTER = "\U0001f916 Generated with [Claude Code](https://claude.com/claude-code)"


def persons(world: World, files: dict[str, str] = BLOCKED) -> Pull:
    """A pull request by somebody who may write."""
    return world.pull(files, branch="fix", author="hubot")


def copied(
    world: World, pull: Pull, login: str = "mallory", *, body: str = FOOTER, base: str = "main", branch: str = "x"
) -> Pull:
    """Another pull request of the same head commit, from a fork of somebody's who may not write."""
    world.server.add_user(login)
    key = f"{login}/{world.repo.name}".lower()
    fork = world.server.repositories.get(key) or world.repo.fork(login)
    fork.store.set_ref(f"refs/heads/{branch}", pull.head_sha)
    return world.repo.open_pull(branch, base=base, author=login, title="t", body=body, fork=fork)


def test_threat_41_an_agents_words_on_an_outsiders_copy_block_nobody(world: World) -> None:
    pull = persons(world)
    evil = copied(world, pull)
    for judged, action in ((pull, "synchronize"), (evil, "opened")):
        assert world.run(action=action, pull=judged) == 0
        check = world.check(pull.head_sha)
        assert (check.conclusion, check.title) == ("success", "Allowed")
        assert f"`#{evil.number}` has the same head commit and is left out" in (check.summary or "")
    # nothing that it says later counts either
    evil.body = "changed"
    assert world.run(action="edited", pull=evil) == 0


def test_threat_41_an_outsider_who_closes_it_leaves_no_verdict_behind(world: World) -> None:
    pull = persons(world)
    other = copied(world, pull, base="main")
    world.repo.set_permission("mallory", "write")
    assert world.run(action="opened", pull=other) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"
    world.repo.close(other)
    assert world.run(action="closed", pull=other) == 0
    assert world.check(pull.head_sha).title == "Allowed"


def test_threat_41_twenty_one_of_them_are_not_too_many(world: World) -> None:
    pull = persons(world)
    copies = [copied(world, pull, f"mallory{n % 3}", branch=f"x{n}") for n in range(23)]
    for judged in (pull, copies[0]):
        assert world.run(action="opened", pull=judged) == 0
        assert world.check(pull.head_sha).title == "Allowed"
        assert sum(path.startswith("GET /collaborators/") for path in world.requests) == 4
        assert sum(path.endswith("/files") for path in world.requests) <= 2


def test_more_than_can_be_judged_of_people_who_may_write_are_a_failure(world: World) -> None:
    pull = persons(world)
    copies = [copied(world, pull, branch=f"x{n}") for n in range(21)]
    world.repo.set_permission("mallory", "write")
    assert world.judge(copies[0]) == 1
    assert world.check(pull.head_sha).title == "Too many pull requests share this commit"


def test_more_than_can_be_judged_of_an_agents_change_are_too(world: World) -> None:
    pull = world.pull(ALLOWED)
    for n in range(21):
        copied(world, pull, branch=f"x{n}")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Too many pull requests share this commit"


@pytest.mark.parametrize(
    "difference", ["another base", "an agent's account", "an agent's push", "nobody vouches", "an unreadable permission"]
)
def test_what_is_more_than_an_outsiders_word_counts(world: World, difference: str) -> None:
    world.repo.branch("dev")
    pull = persons(world)
    match difference:
        case "another base":
            copied(world, pull, base="dev")
        case "an agent's account":
            copied(world, pull, body="")
            world.repo.pulls[2].user = world.server.account("claude[bot]")
        case "an agent's push":
            copied(world, pull, body="")
            fork = world.server.repository("mallory/shop")
            fork.moved("x", world.repo.tip("main"), pull.head_sha, world.server.account("claude[bot]"))
        case "nobody vouches":
            world.repo.set_permission("hubot", "read")
            copied(world, pull)
        case _:
            copied(world, pull)
            world.server.faults.add("404", method="GET", path="/collaborators/mallory/", times=100)
    assert world.judge(pull) == 1
    check = world.check(pull.head_sha)
    assert check.title == "Blocked: 1 file"
    assert (check.summary or "").startswith("`#2` has the same head commit as `#1` and a stricter verdict, which is shown here")


def test_nobody_is_asked_about_people_whose_word_changes_nothing(world: World) -> None:
    pull = persons(world, ALLOWED)
    copied(world, pull)
    assert world.judge(pull) == 0
    assert not [path for path in world.requests if path.startswith("GET /collaborators/")]


# --- closed ---


def test_a_closed_pull_request_is_nothing_to_judge(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(BLOCKED)
    world.repo.close(pull)
    assert world.run(action="closed", pull=pull) == 0
    assert world.checks(pull.head_sha) == []
    assert "nothing to judge: #1 is closed" in capfd.readouterr().out


def test_a_merged_one_lets_go_of_those_that_share_its_head(world: World) -> None:
    world.repo.branch("dev")
    world.repo.branch("lax")
    world.repo.commit("lax", {".github/AGENTOWNERS": b"default @agents allow\n"}, message="lax")
    pull = world.pull(BLOCKED, base="lax")
    strict = world.repo.open_pull("copilot/fix", base="dev", author="Copilot", title="t", body="")
    assert world.judge(pull) == 1
    world.repo.close(strict)
    assert world.run(action="closed", pull=strict) == 0
    assert world.check(pull.head_sha).title == "Allowed"


def test_one_that_stays_closed_is_looked_for_once(world: World) -> None:
    pull = persons(world, ALLOWED)
    others = [copied(world, pull, branch=f"x{n}") for n in range(3)]
    world.repo.close(pull)
    assert world.run(action="closed", pull=pull) == 0
    looked = sorted(path for path in world.requests if path.endswith("/files"))
    assert looked == [f"GET /pulls/{other.number}/files" for other in others]
