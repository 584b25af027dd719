"""What lands is judged, not only what is listed: each way that was found to land something else, by every merge method."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.action.histories import (
    BACKDOOR,
    MOVABLE,
    OLD,
    agents,
    criss_cross,
    differing,
    git_merge,
    git_rebase,
    moved_under_protection,
    sum_of_nothing,
)
from tests.action.world import World
from tests.github_server.gitstore import Rename
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer


@pytest.fixture
def world(github: GitHubServer, tmp_path: Path) -> World:
    return World.make(github, tmp_path, files=MOVABLE)


def verdict(world: World, pull: Pull) -> tuple[str | None, str | None, set[str]]:
    """What the check says of a pull request, and which paths it points at."""
    world.judge(pull)
    check = world.check(pull.head_sha)
    return check.conclusion, check.title, {annotation["path"] for annotation in check.annotations}


BLOCKED = ("failure", "Blocked: 1 file")


@pytest.mark.parametrize("land", [git_merge, git_rebase])
def test_a3_a_file_that_the_base_has_moved_under_protection_edited_where_it_was(
    world: World, land: Callable[[World, Pull], str]
) -> None:
    pull = moved_under_protection(world)
    assert differing(world, "main", land(world, pull)) == {"security/auth.py"}
    assert verdict(world, pull) == (*BLOCKED, {"security/auth.py"})


@pytest.mark.parametrize("land", [git_merge, git_rebase])
def test_a3_a_workflow_edited_where_it_was_before_it_was_one(
    github: GitHubServer, tmp_path: Path, land: Callable[[World, Pull], str]
) -> None:
    world = World.make(github, tmp_path, policy=b"", files=MOVABLE)
    pull = moved_under_protection(world, "ci/build.yml", ".github/workflows/build.yml")
    assert differing(world, "main", land(world, pull)) == {".github/workflows/build.yml"}
    assert verdict(world, pull) == ("action_required", "Waiting for approval (0 of 1)", {".github/workflows/build.yml"})


@pytest.mark.parametrize("docs", [None, {"docs/index.md": "typo fixed\n"}])
@pytest.mark.parametrize("land", [git_merge])
def test_a1_two_merge_bases_of_which_the_list_shows_one(
    world: World, land: Callable[[World, Pull], str], docs: dict[str, str] | None
) -> None:
    pull = criss_cross(world, docs)
    assert "security/keys.py" in differing(world, "main", land(world, pull))
    assert {file.path.decode() for file in world.repo.files_of(pull)} == set(docs or ())
    assert verdict(world, pull) == (*BLOCKED, {"security/keys.py"})


def test_a2_commits_of_which_the_sum_is_nothing_take_back_by_rebase_what_the_base_has_since(world: World) -> None:
    pull = sum_of_nothing(world)
    pull.rebaseable = None
    assert differing(world, "main", git_merge(world, pull)) == {"docs/index.md"}
    assert differing(world, "main", git_rebase(world, pull)) == {"docs/index.md", "security/keys.py"}
    assert verdict(world, pull) == (*BLOCKED, {"security/keys.py"})


def test_a2_commits_of_which_the_sum_is_nothing_at_a_file_that_the_base_has_moved(world: World) -> None:
    before = world.repo.tip("main")
    world.repo.commit("main", {"security/auth.py": Rename("lib/auth.py")}, author="hubot")
    world.repo.commit("main", {"security/auth.py": BACKDOOR}, author="hubot")
    world.repo.branch("copilot/fix", before)
    world.repo.commit("copilot/fix", {"lib/auth.py": BACKDOOR}, author="Copilot", message="there")
    world.repo.commit("copilot/fix", {"lib/auth.py": OLD, "docs/index.md": "typo\n"}, author="Copilot", message="and back")
    pull = agents(world)
    pull.rebaseable = None
    assert verdict(world, pull) == (*BLOCKED, {"security/auth.py"})
