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
    merged,
    moved_under_protection,
    sum_of_nothing,
)
from tests.action.world import World
from tests.github_server.faults import Action
from tests.github_server.gitstore import Files, Rename
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer

BLOCKED = ("failure", "Blocked: 1 file")
METHODS = ("merge", "squash", "rebase")


@pytest.fixture
def world(github: GitHubServer, tmp_path: Path) -> World:
    return World.make(github, tmp_path, files=MOVABLE)


def verdict(world: World, pull: Pull) -> tuple[str | None, str | None, set[str]]:
    """What the check says of a pull request, and which paths it points at."""
    world.judge(pull)
    check = world.check(pull.head_sha)
    return check.conclusion, check.title, {annotation["path"] for annotation in check.annotations}


def lands(world: World, pull: Pull, method: str) -> set[str]:
    """The paths that are different on the base once it is merged, which nothing keeps anybody from here."""
    before = world.repo.tip("main")
    return differing(world, before, world.repo.merge(pull, "hubot", method=method))


def listed(world: World, pull: Pull) -> set[str]:
    return {file.path.decode() for file in world.repo.files_of(pull)}


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_threat_35_a3_a_file_that_the_base_has_moved_under_protection_edited_where_it_was(
    world: World, method: str, fresh: bool
) -> None:
    """Whether GitHub has made a test merge since, in which it shows, or has an older one, in which it does not."""
    pull = moved_under_protection(world)
    if fresh:
        world.repo.make_test_merge(pull)
    assert verdict(world, pull) == (*BLOCKED, {"security/auth.py"})
    why = "merging writes this file too, because the base branch has moved it here from `lib/auth.py`"
    assert why in world.check(pull.head_sha).annotations[0]["message"]
    assert listed(world, pull) == {"lib/auth.py"}
    assert lands(world, pull, method) == {"security/auth.py"}


@pytest.mark.parametrize("fresh", [False, True])
def test_threat_35_a3_what_lands_is_judged_for_whoever_changed_what_it_stands_for(world: World, fresh: bool) -> None:
    """A person's edit of the file that was moved, and an agent's of another one."""
    before = world.repo.tip("main")
    world.repo.commit("main", {"security/auth.py": Rename("lib/auth.py")}, author="hubot")
    world.repo.branch("fix", before)
    world.repo.commit("fix", {"lib/auth.py": BACKDOOR}, author="hubot", message="tidy")
    message = "typo\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    world.repo.commit("fix", {"docs/index.md": "typo\n"}, author="hubot", message=message)
    pull = agents(world, "fix", "hubot")
    world.repo.settings.allow_rebase_merge = False
    if fresh:
        world.repo.make_test_merge(pull)
    else:
        pull.mergeable_after = 99
    assert verdict(world, pull) == ("success", "Allowed", set())
    world.repo.commit("fix", {"lib/auth.py": BACKDOOR + "more\n"}, author="hubot", message=message)
    assert verdict(world, pull) == (*BLOCKED, {"security/auth.py"})


@pytest.mark.parametrize("method", METHODS)
def test_threat_35_a3_a_workflow_edited_where_it_was_before_it_was_one(github: GitHubServer, tmp_path: Path, method: str) -> None:
    world = World.make(github, tmp_path, policy=b"", files=MOVABLE)
    path = ".github/workflows/build.yml"
    pull = moved_under_protection(world, "ci/build.yml", path)
    assert verdict(world, pull) == ("action_required", "Waiting for approval (0 of 1)", {path})
    assert lands(world, pull, method) == {path}


def test_threat_35_a3_a_file_that_the_base_moves_once_the_pull_request_has_passed(world: World) -> None:
    world.repo.branch("copilot/fix")
    world.repo.commit("copilot/fix", {"lib/auth.py": BACKDOOR}, author="Copilot")
    pull = agents(world)
    assert verdict(world, pull)[1] == "Allowed"
    world.repo.commit("main", {"security/auth.py": Rename("lib/auth.py")}, author="hubot")
    assert verdict(world, pull) == (*BLOCKED, {"security/auth.py"})


def test_threat_35_a3_a_file_that_the_base_has_moved_twice(world: World) -> None:
    """Once before GitHub made its test merge, and once after."""
    pull = moved_under_protection(world, to="core/auth.py")
    world.repo.make_test_merge(pull)
    world.repo.commit("main", {"security/auth.py": Rename("core/auth.py")}, author="hubot")
    assert verdict(world, pull) == (*BLOCKED, {"security/auth.py"})
    assert lands(world, pull, "merge") == {"security/auth.py"}


def test_threat_35_a3_a_file_that_the_base_has_moved_and_changed_where_the_move_is_cut_off_the_list(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the trees alone a file that was changed on the way is gone from one place and new in another."""
    world.repo.branch("copilot/fix")
    world.repo.commit("copilot/fix", {"lib/auth.py": BACKDOOR}, author="Copilot")
    pull = agents(world)
    world.repo.make_test_merge(pull)
    pull.test_merge_kept = True
    monkeypatch.setattr("agentowners.github.commits.COMPARED_FILES", 1)
    world.server.limits.compare_files = 1
    moved: Files = {"security/auth.py": Rename("lib/auth.py"), "README.md": "more\n"}
    world.repo.commit("main", moved, author="hubot")
    world.repo.commit("main", {"security/auth.py": "more\n" + OLD}, author="hubot")
    assert verdict(world, pull)[:2] == ("failure", "Facts are incomplete")
    assert "Update the branch" in (world.check(pull.head_sha).summary or "")


@pytest.mark.parametrize("method", ["merge", "squash"])
@pytest.mark.parametrize("docs", [None, {"docs/index.md": "typo fixed\n"}])
def test_threat_35_a1_two_merge_bases_of_which_the_list_shows_one(world: World, method: str, docs: dict[str, str] | None) -> None:
    """A merge commit that takes a landed fix back: of nothing listed, or of a harmless file."""
    pull = criss_cross(world, docs)
    assert verdict(world, pull) == (*BLOCKED, {"security/keys.py"})
    assert "merging writes this file too" in world.check(pull.head_sha).annotations[0]["message"]
    assert listed(world, pull) == set(docs or ())
    assert "security/keys.py" in lands(world, pull, method)


def test_threat_35_a1_two_merge_bases_where_github_has_no_test_merge(world: World) -> None:
    pull = criss_cross(world)
    pull.mergeable_after = 99
    assert verdict(world, pull) == (*BLOCKED, {"security/keys.py"})


def test_threat_35_a1_two_merge_bases_where_nothing_is_taken_back(world: World) -> None:
    """Somebody merges two commits of the base as git does: what came with them is nobody's change."""
    repo = world.repo
    repo.settings.allow_rebase_merge = False
    first = repo.tip("main")
    fix = repo.commit("main", {"security/keys.py": "KEY = load()\n"}, author="hubot")
    repo.branch("docs-work", first)
    guide = repo.commit("docs-work", {"docs/guide.md": "guide\n"}, author="octocat")
    repo.merge(repo.open_pull("docs-work", base="main", author="octocat", title="Guide", body=""), "hubot")
    repo.branch("copilot/fix", guide)
    tree = repo.store.git("merge-tree", "--write-tree", guide, fix).decode().split("\n")[0]
    merged(world, "copilot/fix", tree, (guide, fix))
    repo.commit("copilot/fix", {"docs/index.md": "typo fixed\n"}, author="Copilot")
    pull = agents(world)
    assert len(repo.store.merge_bases(repo.tip("main"), pull.head_sha)) == 2
    assert verdict(world, pull) == ("success", "Allowed", set())
    assert lands(world, pull, "merge") == {"docs/index.md"}


@pytest.mark.parametrize("sides", [10, 11])
def test_threat_35_a1_more_merge_bases_than_can_be_looked_into(world: World, sides: int) -> None:
    repo = world.repo
    first, tips = repo.tip("main"), []
    for number in range(sides):
        repo.branch(f"side-{number}", first)
        tips.append(repo.commit(f"side-{number}", {f"docs/{number}.md": "x\n"}, author="octocat"))
        tree = repo.store.git("merge-tree", "--write-tree", repo.tip("main"), tips[-1]).decode().split("\n")[0]
        merged(world, "main", tree, (repo.tip("main"), tips[-1]), author="octocat")
    repo.branch("copilot/fix", first)
    merged(world, "copilot/fix", repo.store.read_commit(first).tree, tips)
    pull = agents(world)
    assert (verdict(world, pull)[:2] == ("failure", "Facts are incomplete")) is (sides > 10)


def test_threat_35_a2_commits_of_which_the_sum_is_nothing_take_back_by_rebase_what_the_base_has_since(world: World) -> None:
    pull = sum_of_nothing(world)
    assert verdict(world, pull) == (*BLOCKED, {"security/keys.py"})
    assert listed(world, pull) == {"docs/index.md"}
    assert lands(world, pull, "rebase") == {"docs/index.md", "security/keys.py"}


def test_threat_35_a2_commits_of_which_the_sum_is_nothing_before_a_merge_of_the_base(world: World) -> None:
    """The merge brings the base's fix to the head, and a rebase drops the merge."""
    pull = sum_of_nothing(world)
    world.repo.update_branch(pull, "hubot")
    assert verdict(world, pull) == (*BLOCKED, {"security/keys.py"})
    assert lands(world, pull, "rebase") == {"docs/index.md", "security/keys.py"}


def no_rebases(world: World, pull: Pull) -> None:
    """The repository does not allow it."""
    world.repo.settings.allow_rebase_merge = False


def refused(world: World, pull: Pull) -> None:
    """GitHub says that it would not."""
    pull.rebaseable = False


def the_same(world: World, pull: Pull) -> None:
    """GitHub says that it would, of the base as it is, which it only does where it comes to the same as a merge."""
    pull.rebaseable = True
    world.repo.make_test_merge(pull)


@pytest.mark.parametrize("why", [no_rebases, refused, the_same])
@pytest.mark.parametrize("method", ["merge", "squash"])
def test_threat_35_a2_commits_of_which_the_sum_is_nothing_where_no_rebase_brings_them_out(
    world: World, why: Callable[[World, Pull], None], method: str
) -> None:
    pull = sum_of_nothing(world)
    why(world, pull)
    assert verdict(world, pull) == ("success", "Allowed", set())
    assert lands(world, pull, method) == {"docs/index.md"}


def test_threat_35_a2_that_a_rebase_is_possible_was_said_of_an_older_base(world: World) -> None:
    pull = sum_of_nothing(world)
    pull.rebaseable = True
    world.repo.commit("main", {"README.md": "more\n"}, author="hubot")
    assert verdict(world, pull) == (*BLOCKED, {"security/keys.py"})


@pytest.mark.parametrize("fault", ["500", "404", "403", "graphql-errors", "graphql-partial", "graphql-null", "graphql-type"])
def test_threat_35_a2_where_github_does_not_say_whether_it_rebases_it_may(world: World, fault: Action) -> None:
    pull = sum_of_nothing(world)
    world.repo.settings.allow_rebase_merge = False
    world.server.faults.add(fault, path="^/graphql$", times=99)
    assert verdict(world, pull) == (*BLOCKED, {"security/keys.py"})


def test_threat_35_a2_commits_of_which_the_sum_is_nothing_at_a_file_that_the_base_has_moved(world: World) -> None:
    before = world.repo.tip("main")
    world.repo.commit("main", {"security/auth.py": Rename("lib/auth.py")}, author="hubot")
    world.repo.commit("main", {"security/auth.py": BACKDOOR}, author="hubot")
    world.repo.branch("copilot/fix", before)
    world.repo.commit("copilot/fix", {"lib/auth.py": BACKDOOR}, author="Copilot", message="there")
    world.repo.commit("copilot/fix", {"lib/auth.py": OLD, "docs/index.md": "typo\n"}, author="Copilot", message="and back")
    pull = agents(world)
    assert verdict(world, pull) == (*BLOCKED, {"security/auth.py"})
    assert lands(world, pull, "rebase") == {"security/auth.py", "docs/index.md"}


def test_threat_35_a2_a_clean_merge_of_the_base_brings_nothing_out(world: World) -> None:
    """The base has changed a protected file before the branch was brought up to date, and once more since."""
    world.repo.branch("copilot/fix")
    world.repo.commit("copilot/fix", {"docs/index.md": "typo\n"}, author="Copilot")
    pull = agents(world)
    world.repo.commit("main", {"security/keys.py": "KEY = 2\n"}, author="hubot")
    world.repo.update_branch(pull, "hubot")
    world.repo.commit("main", {"security/keys.py": "KEY = 3\n"}, author="hubot")
    assert verdict(world, pull) == ("success", "Allowed", set())
    assert lands(world, pull, "rebase") == {"docs/index.md"}


def test_threat_35_a2_a_merge_of_the_base_that_takes_a_fix_back_is_no_clean_one(world: World) -> None:
    world.repo.branch("copilot/fix")
    before = world.repo.commit("copilot/fix", {"docs/index.md": "typo\n"}, author="Copilot")
    fix = world.repo.commit("main", {"security/keys.py": "KEY = 2\n"}, author="hubot")
    merged(world, "copilot/fix", world.repo.store.read_commit(before).tree, (before, fix))
    world.repo.commit("copilot/fix", {"security/keys.py": "KEY = 2\n"}, author="Copilot")
    pull = agents(world)
    world.repo.commit("main", {"security/keys.py": "KEY = 3\n"}, author="hubot")
    assert verdict(world, pull) == (*BLOCKED, {"security/keys.py"})


def test_threat_35_a2_commits_are_read_only_where_it_could_matter(world: World) -> None:
    """The base has changed nothing that the policy holds anybody from."""
    world.repo.branch("copilot/fix")
    for text in ("a\n", "b\n"):
        world.repo.commit("copilot/fix", {"docs/index.md": text}, author="Copilot")
    pull = agents(world)
    world.repo.commit("main", {"README.md": "more\n"}, author="hubot")
    assert verdict(world, pull)[1] == "Allowed"
    assert not [request for request in world.requests if "graphql" in request]
    own = {f"GET /commits/{sha}" for sha in world.repo.commits_of(pull)}
    assert own.isdisjoint(world.requests)


def test_threat_35_a2_thirty_commits_are_read_and_no_more(world: World) -> None:
    pull = sum_of_nothing(world)
    for number in range(28):
        world.repo.commit("copilot/fix", {"docs/index.md": f"{number}\n"}, author="Copilot")
    assert verdict(world, pull)[:2] == BLOCKED
    world.repo.commit("copilot/fix", {"docs/index.md": "31\n"}, author="Copilot")
    assert verdict(world, pull)[1] == "Allowed"
    check = world.check(pull.head_sha)
    assert "more than 30 are not looked into one by one" in f"{check.summary} {check.text}"


def test_threat_35_a2_more_commits_than_are_read_are_said(world: World) -> None:
    world.repo.branch("copilot/fix")
    for number in range(31):
        world.repo.commit("copilot/fix", {"docs/index.md": f"{number}\n"}, author="Copilot")
    pull = agents(world)
    world.repo.commit("main", {"security/keys.py": "KEY = load()\n"}, author="hubot")
    assert verdict(world, pull)[1] == "Allowed"
    check = world.check(pull.head_sha)
    assert "the branch has 31 commits, and more than 30 are not looked into one by one" in f"{check.summary} {check.text}"
