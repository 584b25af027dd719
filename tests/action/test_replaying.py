"""What a rebase brings out of single commits that neither the list nor a merge shows: what the base made and took back, too."""

from __future__ import annotations

import pytest

from tests.action.histories import agents, differing, merged
from tests.action.world import World
from tests.github_server.gitstore import Rename
from tests.github_server.model import Pull

KEY = "security/keys.py"
OLD = {KEY: "KEY = 1\n"}
NEW = {KEY: "KEY = 2\n"}
DOCS = {"docs/index.md": "new\n"}


def made_and_taken_back(world: World) -> str:
    """The base makes a change and takes it back; the commit before that."""
    before = world.repo.tip("main")
    world.repo.commit("main", NEW, author="hubot", message="Change it")
    world.repo.commit("main", OLD, author="hubot", message="Take it back")
    return before


def the_same(world: World, before: str) -> Pull:
    """A branch from before does the same, the first of it in another commit, so that only the second is the base's."""
    world.repo.branch("copilot/fix", before)
    world.repo.commit("copilot/fix", NEW | DOCS, author="Copilot", message="Change it")
    world.repo.commit("copilot/fix", OLD, author="Copilot", message="Take it back")
    return agents(world)


def title(world: World, pull: Pull) -> str | None:
    """What the check says of a pull request."""
    world.judge(pull)
    return world.check(pull.head_sha).title


def rebased(world: World, pull: Pull) -> set[str]:
    """The paths that a rebase changes on the base."""
    before = world.repo.tip("main")
    return differing(world, before, world.repo.merge(pull, "hubot", method="rebase"))


def test_threat_35_a_change_that_the_base_has_made_and_taken_back(world: World) -> None:
    pull = the_same(world, made_and_taken_back(world))
    assert title(world, pull) == "Blocked: 1 file"
    annotation = world.check(pull.head_sha).annotations[0]
    assert annotation["path"] == KEY
    assert "a commit on its own changes it, and a rebase applies commits one by one" in annotation["message"]
    assert rebased(world, pull) == {KEY, "docs/index.md"}


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_threat_35_what_the_base_has_taken_back_where_only_a_rebase_would_bring_it_out(world: World, method: str) -> None:
    pull = the_same(world, made_and_taken_back(world))
    world.repo.settings.allow_rebase_merge = False
    assert title(world, pull) == "Allowed"
    before = world.repo.tip("main")
    assert differing(world, before, world.repo.merge(pull, "hubot", method=method)) == {"docs/index.md"}


def test_threat_35_a_change_that_a_merged_branch_made_and_took_back(world: World) -> None:
    """No log of the file shows it: of the merge, git follows the side that leaves the file as it is."""
    repo = world.repo
    before = repo.tip("main")
    repo.branch("side", before)
    repo.commit("side", NEW, author="hubot", message="Change it")
    repo.commit("side", OLD | {"README.md": "more\n"}, author="hubot", message="Take it back")
    repo.commit("main", {"src/app.py": "x = 2\n"}, author="hubot")
    repo.merge(repo.open_pull("side", base="main", author="hubot", title="Side", body=""), "octocat")
    assert repo.store.git("log", "--format=%s", f"{before}..{repo.tip('main')}", "--", KEY) == b""
    repo.branch("copilot/fix", before)
    repo.commit("copilot/fix", NEW, author="Copilot", message="Change it")
    repo.commit("copilot/fix", OLD | DOCS, author="Copilot", message="Take it back")
    pull = agents(world)
    assert title(world, pull) == "Blocked: 1 file"


def test_threat_35_a_change_that_the_base_took_back_after_it_was_merged_into_the_branch(world: World) -> None:
    """The branch took the base in with the change and without it, beside more merges than are compared."""
    repo = world.repo
    repo.branch("copilot/fix")
    repo.commit("copilot/fix", NEW | DOCS, author="Copilot")
    pull = agents(world)
    for number, files in enumerate([{"README.md": "1\n"}, {"README.md": "2\n"}, {"README.md": "3\n"}, NEW, OLD]):
        repo.commit("main", files, author="hubot", message=f"{number}")
        repo.update_branch(pull, "hubot")
    assert {file.path.decode() for file in repo.files_of(pull)} == {"docs/index.md"}
    assert title(world, pull) == "Blocked: 1 file"
    assert rebased(world, pull) == {KEY, "docs/index.md"}


@pytest.mark.parametrize("moves", [False, True])
def test_threat_35_a_merge_of_two_own_branches_that_takes_a_change_back_is_dropped(world: World, moves: bool) -> None:
    """Whether the base branch has moved on, or not."""
    repo = world.repo
    start = repo.tip("main")
    repo.branch("copilot/fix", start)
    repo.commit("copilot/fix", DOCS, author="Copilot")
    repo.branch("other", start)
    other = repo.commit("other", NEW, author="Copilot")
    tip = repo.tip("copilot/fix")
    merged(world, "copilot/fix", repo.store.read_commit(tip).tree, (tip, other))
    pull = agents(world)
    if moves:
        repo.commit("main", {"README.md": "more\n"}, author="hubot")
    assert {file.path.decode() for file in repo.files_of(pull)} == {"docs/index.md"}
    assert title(world, pull) == "Blocked: 1 file"
    assert rebased(world, pull) == {KEY, "docs/index.md"}


def test_threat_35_a_merge_of_the_base_that_takes_an_own_change_back_is_dropped(world: World) -> None:
    repo = world.repo
    repo.branch("copilot/fix")
    repo.commit("copilot/fix", NEW | DOCS, author="Copilot")
    base = repo.commit("main", {"README.md": "more\n"}, author="hubot")
    tip = repo.tip("copilot/fix")
    scratch = repo.branch("scratch", base)
    scratch = repo.commit("scratch", DOCS, author="Copilot")
    merged(world, "copilot/fix", repo.store.read_commit(scratch).tree, (tip, base))
    pull = agents(world)
    assert {file.path.decode() for file in repo.files_of(pull)} == {"docs/index.md"}
    assert title(world, pull) == "Blocked: 1 file"
    assert rebased(world, pull) == {KEY, "docs/index.md"}


def test_commits_that_take_each_other_back_are_no_matter_where_the_base_has_not_touched_it(world: World) -> None:
    repo = world.repo
    before = repo.tip("main")
    for number in range(3):
        repo.commit("main", {"README.md": f"{number}\n"}, author="hubot")
    pull = the_same(world, before)
    assert title(world, pull) == "Allowed"
    assert rebased(world, pull) == {"docs/index.md"}


def test_commits_that_take_each_other_back_before_a_clean_merge_of_the_base(world: World) -> None:
    repo = world.repo
    before = repo.tip("main")
    repo.commit("main", {"README.md": "1\n"}, author="hubot")
    repo.commit("main", {"README.md": "2\n"}, author="hubot")
    pull = the_same(world, before)
    repo.update_branch(pull, "hubot")
    assert title(world, pull) == "Allowed"
    assert rebased(world, pull) == {"docs/index.md"}


def test_a_branch_that_is_up_to_date_brings_nothing_back(world: World) -> None:
    pull = the_same(world, made_and_taken_back(world))
    world.repo.update_branch(pull, "octocat", method="rebase")
    assert title(world, pull) == "Blocked: 1 file"
    world.repo.commit("copilot/fix", OLD, author="Copilot", message="Take it back")
    assert title(world, pull) == "Allowed"
    assert rebased(world, pull) == {"docs/index.md"}


def test_threat_35_where_the_base_has_made_more_commits_than_are_read_it_may_have_touched_anything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentowners.action.replaying.MAX_SINCE", 3)
    before = world.repo.tip("main")
    for number in range(4):
        world.repo.commit("main", {"README.md": f"{number}\n"}, author="hubot")
    pull = the_same(world, before)
    assert title(world, pull) == "Blocked: 1 file"


def test_threat_35_for_an_outsider_the_base_may_have_touched_anything(world: World) -> None:
    """Whoever may not write makes the gate read none of the base's commits."""
    world.server.add_user("mallory")
    before = world.repo.tip("main")
    bases = [world.repo.commit("main", {"README.md": f"{number}\n"}, author="hubot") for number in range(3)]
    fork = world.repo.fork("mallory")
    fork.branch("fix", before)
    for files in (NEW | DOCS, OLD):
        message = "Change it\n\nCo-authored-by: Claude <noreply@anthropic.com>"
        fork.commit("fix", files, author="mallory", message=message, pushed_by="mallory")
    pull = world.repo.open_pull("fix", base="main", author="mallory", title="Fix", body="", fork=fork)
    assert title(world, pull) == "Blocked: 1 file"
    assert not [request for request in world.requests if request in {f"GET /commits/{sha}" for sha in bases}]


def test_a_merge_queue_sees_what_a_rebase_brings_back(world: World) -> None:
    group = world.server.queue(world.repo, [the_same(world, made_and_taken_back(world))], method="rebase")
    world.run("merge_group", "checks_requested", group=group)
    assert world.check(group.head_sha).title == "Blocked: 1 file"


def test_commits_are_not_read_for_people_whom_nothing_restricts(world: World) -> None:
    before = made_and_taken_back(world)
    world.repo.branch("fix", before)
    for files in (NEW | DOCS, OLD):
        world.repo.commit("fix", files, author="hubot")
    pull = agents(world, "fix", "hubot")
    assert title(world, pull) == "Allowed"
    assert not [request for request in world.requests if "graphql" in request]


def test_the_fewer_commits_are_read_first(world: World) -> None:
    """Of the base's two commits neither touches what the policy restricts; then none of the branch's is read."""
    repo = world.repo
    repo.branch("copilot/fix")
    for number in range(40):
        repo.commit("copilot/fix", {"docs/index.md": f"{number}\n"}, author="Copilot")
    pull = agents(world)
    bases = [repo.commit("main", {"README.md": text}, author="hubot") for text in ("more\n", "hello\n")]
    assert title(world, pull) == "Allowed"
    assert {f"GET /commits/{sha}" for sha in bases} <= set(world.requests)
    assert not {f"GET /commits/{sha}" for sha in repo.commits_of(pull)} & set(world.requests)
    check = world.check(pull.head_sha)
    assert "one by one" not in f"{check.summary} {check.text}"


def test_threat_35_a_move_that_the_base_has_made_and_taken_back(world: World) -> None:
    repo = world.repo
    before = repo.tip("main")
    repo.commit("main", {"security/app.py": Rename("src/app.py")}, author="hubot")
    repo.commit("main", {"src/app.py": Rename("security/app.py")}, author="hubot")
    repo.branch("copilot/fix", before)
    repo.commit("copilot/fix", {"security/app.py": Rename("src/app.py"), **DOCS}, author="Copilot")
    repo.commit("copilot/fix", {"src/app.py": Rename("security/app.py")}, author="Copilot")
    pull = agents(world)
    assert (title(world, pull) or "").startswith("Blocked: ")
    assert "security/app.py" in rebased(world, pull)
