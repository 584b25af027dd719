"""A merge queue judges the group's own head: what it writes on the base counts, whether or not a member lists it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.action.histories import (
    MOVABLE,
    criss_cross,
    differing,
    git_merge,
    git_rebase,
    group_of,
    moved_under_protection,
    sum_of_nothing,
)
from tests.action.world import World
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer


@pytest.fixture
def world(github: GitHubServer, tmp_path: Path) -> World:
    return World.make(github, tmp_path, files=MOVABLE)


def empty_revert(world: World) -> Pull:
    """Nothing is listed at all."""
    return criss_cross(world)


def with_a_typo(world: World) -> Pull:
    """Something harmless is listed."""
    return criss_cross(world, {"docs/index.md": "typo fixed\n"})


CASES = [
    (moved_under_protection, git_merge, "security/auth.py"),
    (empty_revert, git_merge, "security/keys.py"),
    (with_a_typo, git_merge, "security/keys.py"),
    (sum_of_nothing, git_rebase, "security/keys.py"),
]


@pytest.mark.parametrize("squash", [False, True])
@pytest.mark.parametrize(("make", "land", "path"), CASES)
def test_threat_35_and_22_a4_a_queue_is_no_way_to_land_what_no_member_lists(
    world: World, make: Callable[[World], Pull], land: Callable[[World, Pull], str], path: str, squash: bool
) -> None:
    pull = make(world)
    group = group_of(world, pull, land(world, pull), squash=squash)
    assert path in differing(world, "main", group.head_sha)
    assert path not in {file.path.decode() for file in world.repo.files_of(pull)}
    assert world.run("merge_group", "checks_requested", group=group) == 1
    check = world.check(group.head_sha)
    assert (check.conclusion, check.title) == ("failure", "Blocked: 1 file")
    assert path in [annotation["path"] for annotation in check.annotations]


def test_threat_35_and_22_what_a_group_writes_is_judged_for_every_member(world: World) -> None:
    """Who of several made it land cannot be told by a path that none of them lists: it is each one's."""
    agent = moved_under_protection(world)
    world.repo.commit("fix", {"docs/other.md": "x\n"}, author="hubot")
    person = world.repo.open_pull("fix", base="main", author="hubot", title="Other", body="")
    below = world.server.queue(world.repo, [person]).head_sha
    tree = world.repo.store.git("merge-tree", "--write-tree", below, agent.head_sha).decode().split("\n")[0]
    group = group_of(world, agent, tree, onto=below)
    assert world.run("merge_group", "checks_requested", group=group) == 1
    check = world.check(group.head_sha)
    assert check.title == "Blocked: 1 file"
