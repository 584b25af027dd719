"""Pull requests that are larger than GitHub's lists: judged whole, within a bounded number of requests."""

from __future__ import annotations

import pytest

from tests.action.world import World
from tests.github_server.gitstore import Rename, Submodule, Symlink

BLOCKED = {"security/keys.py": "KEY = 2\n"}
FILES = 30_000


def trees(world: World) -> int:
    return sum("/git/trees/" in request for request in world.requests)


def test_threat_12_thirty_thousand_files_are_judged_in_a_few_requests(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    before = {f"docs/part{n % 10}/{n}.md": "x\n" for n in range(FILES)}
    world.repo.commit("main", before, message="many")
    pull = world.pull(dict.fromkeys(before, "y\n") | BLOCKED)
    assert pull.number
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    assert run.title == "Blocked: 1 file"
    assert f"1 of {FILES + 1:,} changed files" in (run.summary or "")
    assert len(world.requests) <= 60
    # two, besides the three that were read to find the policy, and the one to find what is called like it elsewhere
    assert trees(world) == 6
    assert f"{FILES + 1:,} paths differ" in capfd.readouterr().out


@pytest.mark.parametrize("below", [100_000, 14])
def test_threat_13_links_submodules_and_renames_among_many(world: World, below: int) -> None:
    """A cut tree is descended: of what lies below a directory GitHub lists no more than `below`."""
    world.server.limits.files = 5
    odd = {"security/link": Symlink("../docs"), "security/dep": Submodule("1" * 40), "docs/moved.py": Rename("security/keys.py")}
    pull = world.pull({f"docs/{n}.md": "x\n" for n in range(9)} | odd)
    world.server.limits.tree_entries = below
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    assert run.title == "Blocked: 3 files"
    assert {a["path"] for a in run.annotations} == {"security/link", "security/dep", "security/keys.py"}
    assert len(world.requests) <= 60


def test_a_base_that_went_on_is_no_part_of_the_change(world: World) -> None:
    world.server.limits.files = 3
    pull = world.pull({f"docs/{n}.md": "x\n" for n in range(4)})
    world.repo.commit("main", BLOCKED, author="hubot", message="on main since")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Allowed"


def test_threat_07_many_commits_with_a_side_branch_that_was_merged_in(world: World) -> None:
    """The agent's commit came in through a second parent, behind the end of GitHub's list."""
    world.server.limits.commits = 3
    world.repo.branch("fix")
    for number in range(4):
        world.repo.commit("fix", {"docs/index.md": f"{number}\n"}, author="hubot", message="mine")
    mine = world.repo.tip("fix")
    world.repo.branch("side", world.repo.tip("main"))
    side = world.repo.commit("side", BLOCKED, author="claude[bot]", message="by an agent")
    world.repo.commit("fix", BLOCKED, author="hubot", message="merge", parents=[mine, side])
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_threat_07_and_12_hundreds_of_commits(world: World) -> None:
    world.repo.branch("fix")
    for number in range(260):
        who = "claude[bot]" if number == 255 else "hubot"
        world.repo.commit("fix", {"security/keys.py": f"{number}\n"}, author=who, message="more")
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="")
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"
    assert sum("/compare/" in request for request in world.requests) == 3
    assert not any("/pulls/1/commits" in request for request in world.requests)


def test_approvals_of_a_contributor_behind_the_end_of_the_list_do_not_count(world: World) -> None:
    world.server.limits.commits = 2
    world.repo.branch("copilot/fix")
    for who in ("Copilot", "Copilot", "octocat"):
        world.repo.commit("copilot/fix", {"src/app.py": f"{who} {world.repo.tip('copilot/fix')}\n"}, author=who, message="more")
    pull = world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Fix", body="")
    world.repo.review(pull, "octocat", "APPROVED")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 1)"
    world.repo.review(pull, "hubot", "APPROVED")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Approved (1 of 1)"
