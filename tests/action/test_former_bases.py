"""Who brought what a pull request took in from a branch that it went to before, by GitHub's record of that branch."""

from __future__ import annotations

import pytest

from tests.action.world import World
from tests.github_server.faults import Action
from tests.github_server.model import Pull

BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}


def into_dev(world: World) -> Pull:
    """A person's pull request to `dev`."""
    world.repo.branch("dev", by="hubot")
    world.repo.branch("fix", by="octocat")
    world.repo.commit("fix", ALLOWED, author="octocat")
    return world.repo.open_pull("fix", base="dev", author="octocat", title="Fix", body="")


def title(world: World, pull: Pull, base: str | None = "main") -> str | None:
    """What the check says once the pull request goes somewhere else."""
    if base is not None:
        world.repo.retarget(pull, base, by="octocat")
    world.run(action="edited", pull=pull)
    return world.check(pull.head_sha).title


def said(world: World, pull: Pull) -> str:
    check = world.check(pull.head_sha)
    return f"{check.summary} {check.text}"


@pytest.mark.parametrize("method", ["merge", "rebase"])
@pytest.mark.parametrize("presses", ["octocat", "hubot", "claude[bot]"])
def test_threat_38_an_agents_push_to_the_former_base_that_a_person_takes_in(world: World, presses: str, method: str) -> None:
    """Under a person's address, and by *Update branch*, which brings it in the name of whoever presses it."""
    pull = into_dev(world)
    world.repo.commit("dev", BLOCKED, author="octocat", pushed_by="claude[bot]")
    world.repo.update_branch(pull, presses, method=method)
    assert title(world, pull) == "Blocked: 1 file"


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_threat_38_an_agents_pull_request_into_the_former_base(world: World, method: str) -> None:
    pull = into_dev(world)
    world.repo.branch("claude/keys", world.repo.tip("dev"), by="claude[bot]")
    world.repo.commit("claude/keys", BLOCKED, author="octocat", pushed_by="claude[bot]")
    other = world.repo.open_pull("claude/keys", base="dev", author="claude[bot]", title="Keys", body="")
    world.repo.merge(other, "octocat", method=method)
    world.repo.update_branch(pull, "octocat")
    assert title(world, pull) == "Blocked: 1 file"


def test_threat_38_a_base_that_was_deleted_is_a_former_one_too(world: World) -> None:
    """GitHub changes the base by itself where its own button deleted a merged branch."""
    world.repo.branch("release", by="hubot")
    pull = into_dev(world)
    world.repo.commit("dev", BLOCKED, author="octocat", pushed_by="claude[bot]")
    world.repo.update_branch(pull, "octocat")
    merged = world.repo.open_pull("dev", base="release", author="octocat", title="Dev", body="")
    world.repo.merge(merged, "octocat")
    world.repo.delete_branch("dev")
    assert pull.base_ref == "release"
    assert title(world, pull) == "Blocked: 1 file"


def test_a_persons_push_to_the_former_base_is_that_persons(world: World) -> None:
    pull = into_dev(world)
    world.repo.commit("dev", BLOCKED, author="hubot")
    world.repo.update_branch(pull, "octocat")
    assert title(world, pull) == "Allowed"
    assert "@hubot" in said(world, pull)


def test_what_an_agent_pushes_to_the_former_base_later_is_no_part_of_it(world: World) -> None:
    pull = into_dev(world)
    world.repo.commit("dev", BLOCKED, author="hubot")
    world.repo.update_branch(pull, "octocat")
    world.repo.commit("dev", {"src/app.py": "x = 2\n"}, author="hubot", pushed_by="claude[bot]")
    assert title(world, pull) == "Allowed"


def test_a_pull_request_that_always_went_there_has_no_former_base(world: World) -> None:
    """An agent's push to the base itself is no part of what goes to it."""
    world.repo.branch("fix", by="octocat")
    world.repo.commit("fix", ALLOWED, author="octocat")
    world.repo.branch("aside", by="octocat")
    world.repo.commit("aside", {"README.md": "more\n"}, author="octocat")
    side, tip = world.repo.tip("aside"), world.repo.tip("fix")
    world.repo.commit("fix", {"README.md": "more\n"}, author="octocat", parents=[tip, side])
    pull = world.repo.open_pull("fix", base="main", author="octocat", title="Fix", body="")
    assert title(world, pull, None) == "Allowed"
    assert "POST /graphql" in world.requests


FAULTS: tuple[Action, ...] = ("500", "403", "graphql-errors", "graphql-partial", "graphql-null", "graphql-type")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("moved", [False, True])
def test_threat_38_where_github_does_not_say_to_which_branch_it_went(world: World, fault: Action, moved: bool) -> None:
    """Somebody unknown may have pushed what came by the merge; not where the base was never changed."""
    unattributed = "security/**  @unattributed  block\n"
    world.repo.commit("main", {".github/AGENTOWNERS": unattributed}, author="hubot")
    pull = into_dev(world)
    world.repo.commit("dev", BLOCKED, author="hubot")
    world.repo.update_branch(pull, "octocat")
    if not moved:
        pull.base_ref = "main"
    world.server.faults.add(fault, path="^/graphql$", times=99)
    assert title(world, pull, "main" if moved else None) == ("Blocked: 1 file" if moved else "Allowed")


@pytest.mark.parametrize("told", [1, 2, 99])
def test_threat_38_where_the_former_bases_record_does_not_go_back_far_enough(world: World, told: int) -> None:
    """The newest moves of each branch are told; the first of the two pushes to `dev` brought what matters."""
    world.repo.commit("main", {".github/AGENTOWNERS": "security/**  @unattributed  block\n"}, author="hubot")
    pull = into_dev(world)
    world.repo.commit("dev", BLOCKED, author="hubot")
    world.repo.commit("dev", {"README.md": "more\n"}, author="hubot")
    world.repo.update_branch(pull, "octocat")
    world.repo.activity_told = told
    assert title(world, pull) == ("Blocked: 1 file" if told < 2 else "Allowed")


def test_threat_38_more_former_bases_than_are_looked_into(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "security/**  @unattributed  block\n"}, author="hubot")
    pull = into_dev(world)
    world.repo.commit("dev", BLOCKED, author="hubot")
    world.repo.update_branch(pull, "octocat")
    for number in range(2):
        world.repo.branch(f"next-{number}", by="hubot")
        world.repo.retarget(pull, f"next-{number}", by="octocat")
    assert title(world, pull) == "Allowed"
    world.repo.branch("next-2", by="hubot")
    world.repo.retarget(pull, "next-2", by="octocat")
    assert title(world, pull) == "Blocked: 1 file"
    assert "somebody unknown may have" in said(world, pull)
