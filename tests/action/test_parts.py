"""What agents and bots have a part in beside people: what was tried to keep such a part from being judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.action.histories import FIXED, MOVABLE, WEB, merged
from tests.action.world import World
from tests.github_server import merging
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer

BLOCKED = "Blocked: 1 file"


@pytest.fixture
def world(github: GitHubServer, tmp_path: Path) -> World:
    return World.make(github, tmp_path, files=MOVABLE)


def opened(world: World, branch: str = "fix", *, by: str = "hubot") -> Pull:
    return world.repo.open_pull(branch, base="main", author=by, title="Change", body="")


def title(world: World, pull: Pull) -> str | None:
    world.judge(pull)
    return world.check(pull.head_sha).title


def test_threat_35_a2_an_agents_commits_that_undo_each_other_beside_a_persons_protected_change(world: World) -> None:
    """Without a look at whose commit does what, the change is blocked anyway: that is no reason to look no further."""
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", {"security/other.py": "x = 2\n"}, author="hubot")
    world.repo.commit("fix", {"security/keys.py": "KEY = load()\n"}, author="claude[bot]")
    world.repo.commit("fix", {"security/keys.py": MOVABLE["security/keys.py"]}, author="claude[bot]")
    world.repo.commit("main", {"security/keys.py": "KEY = load()\n"}, author="hubot", message="load")
    pull = opened(world)
    assert {file.path for file in world.repo.files_of(pull)} == {b"security/other.py"}
    assert title(world, pull) == BLOCKED


@pytest.mark.parametrize("merged", [False, True])
def test_threat_35_a2_commits_that_undo_each_other_in_an_agents_merged_pull_request(world: World, merged: bool) -> None:
    """Its list of files does not show what its commits did; a rebase brings it out."""
    world.repo.branch("feature", by="hubot")
    world.repo.commit("feature", {"docs/index.md": "x\n"}, author="hubot")
    world.repo.branch("help", world.repo.tip("feature"), by="octocat")
    world.repo.commit("help", {"security/keys.py": "KEY = load()\n"}, author="claude[bot]", pushed_by="octocat")
    world.repo.commit("help", {"security/keys.py": MOVABLE["security/keys.py"]}, author="claude[bot]", pushed_by="octocat")
    world.repo.commit("help", {"docs/more.md": "x\n"}, author="octocat")
    inner = world.repo.open_pull("help", base="feature", author="octocat", title="Help", body="")
    world.repo.merge(inner, "hubot", method="merge" if merged else "rebase")
    world.repo.commit("main", {"security/keys.py": "KEY = load()\n"}, author="hubot", message="load")
    pull = opened(world, "feature")
    assert title(world, pull) == BLOCKED


def test_threat_35_a1_what_an_agents_merge_in_a_persons_merged_pull_request_takes_back(world: World) -> None:
    """GitHub lists of that pull request what it changed against one of two merge bases. Nobody but the commit names the agent."""
    repo = world.repo
    repo.branch("feature", by="hubot")
    start = repo.tip("main")
    fixed = repo.commit("feature", {"security/keys.py": FIXED}, author="hubot")
    repo.branch("guide", start, by="octocat")
    guide = repo.commit("guide", {"docs/guide.md": "guide\n"}, author="octocat")
    repo.merge(repo.open_pull("guide", base="feature", author="octocat", title="Guide", body=""), "hubot")
    repo.branch("typo", guide, by="octocat")
    merged(world, "typo", repo.store.read_commit(guide).tree, (guide, fixed), author="claude[bot]", pushed_by="octocat")
    repo.commit("typo", {"docs/index.md": "typo\n"}, author="octocat")
    repo.commit("feature", {"security/other.py": "x = 2\n"}, author="hubot")
    typo = repo.open_pull("typo", base="feature", author="octocat", title="Typo", body="")
    assert {file.path for file in repo.files_of(typo)} == {b"docs/index.md"}
    repo.merge(typo, "hubot")
    repo.commit("feature", {"security/keys.py": FIXED + "# one more\n"}, author="hubot")
    assert title(world, opened(world, "feature")) == "Blocked: 1 file"


def test_threat_38_an_agents_commit_in_a_pull_request_whose_base_had_it_already(world: World) -> None:
    """What GitHub lists of it is what it adds to its own base; it was merged into another branch by the same commit."""
    repo = world.repo
    repo.branch("feature", by="hubot")
    ours = repo.commit("feature", {"security/other.py": "x = 2\n"}, author="hubot")
    repo.branch("help", by="octocat")
    evil = repo.commit("help", {"security/keys.py": "KEY = 2\n"}, author="claude[bot]", pushed_by="octocat")
    repo.branch("aside", evil, by="octocat")
    head = repo.commit("help", {"docs/index.md": "x\n"}, author="octocat")
    inner = repo.open_pull("help", base="aside", author="octocat", title="Help", body="")
    tree = repo.store.git("merge-tree", "--write-tree", ours, head).decode().split("\n")[0]
    message = f"Merge pull request #{inner.number} from acme/help"
    merge = repo.store.commit_tree(tree, message, WEB, WEB, (ours, head))
    world.server.verification[merge] = "valid"
    for branch in ("aside", "feature"):
        before = repo.tip(branch)
        repo.store.set_ref(f"refs/heads/{branch}", merge)
        repo.moved(branch, before, merge, world.server.account("octocat"))
    merging._close_merged(inner, world.server.account("octocat"), merge, evil)
    assert title(world, opened(world, "feature")) == BLOCKED
