"""A member of a merge queue's group is judged on what it writes, also where another member lists that path."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.action.histories import BACKDOOR, MOVABLE
from tests.action.world import World
from tests.github_server.gitstore import Rename
from tests.github_server.server import GitHubServer


@pytest.fixture
def world(github: GitHubServer, tmp_path: Path) -> World:
    return World.make(github, tmp_path, files=MOVABLE)


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
@pytest.mark.parametrize("several", [False, True])
def test_threat_22_and_35_a_file_that_another_member_of_the_group_moves_under_protection(
    world: World, method: str, several: bool
) -> None:
    """Each may land by itself; together the agent's edit lands where a person has moved the file."""
    world.repo.branch("move", by="hubot")
    world.repo.commit("move", {"security/auth.py": Rename("lib/auth.py")}, author="hubot")
    person = world.repo.open_pull("move", base="main", author="hubot", title="Move", body="")
    if several:
        world.pull({"docs/one.md": "x\n"})
    agent = world.pull({"lib/auth.py": BACKDOOR})
    for pull in (person, agent):
        world.judge(pull)
        assert world.check(pull.head_sha).title == "Allowed"
    group = world.server.queue(world.repo, [person, agent], method=method)
    assert b"BACKDOOR" in world.repo.store.git("show", f"{group.head_sha}:security/auth.py")
    world.run("merge_group", "checks_requested", group=group)
    assert world.check(group.head_sha).title == "Blocked: 1 file"
