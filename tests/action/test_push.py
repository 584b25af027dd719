"""Pushes: judged after the fact, under a name that no pull request needs."""

from __future__ import annotations

import pytest

from agentowners.action.run import main
from tests.action.world import PATIENCE, World
from tests.github_server.gitstore import ZERO

BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}
WAITING = {"infra/main.tf": "b\n"}
NAME = "AGENTOWNERS (push)"


def push(world: World, before: str, after: str, *, ref: str = "refs/heads/main", pusher: str = "Copilot") -> int:
    return world.run("push", None, repo=world.repo, ref=ref, before=before, after=after, pusher=pusher, sender=pusher)


def pushed(world: World, files: dict[str, str], **facts: str) -> tuple[str, str]:
    before = world.repo.tip("main")
    return before, world.repo.commit("main", files, author=facts.get("author", "Copilot"), message="direct")


@pytest.mark.parametrize(
    ("files", "code", "conclusion"), [(BLOCKED, 1, "failure"), (ALLOWED, 0, "success"), (WAITING, 0, "action_required")]
)
def test_threat_28_a_push_is_published_under_a_name_of_its_own(
    world: World, files: dict[str, str], code: int, conclusion: str
) -> None:
    before, after = pushed(world, files)
    assert push(world, before, after) == code
    check = world.check(after, NAME)
    assert check.conclusion == conclusion
    assert check.external_id == "agentowners/push/1001-1"
    assert world.checks(after) == []


def test_the_policy_is_that_of_the_commit_before(world: World) -> None:
    before, after = pushed(world, {".github/AGENTOWNERS": "** @agents allow\n", **BLOCKED})
    assert push(world, before, after) == 1
    assert world.check(after, NAME).title == "Blocked: 1 file"


def test_the_pusher_is_a_contributor(world: World) -> None:
    before, after = pushed(world, BLOCKED, author="hubot")
    assert push(world, before, after, pusher="hubot") == 0
    before, after = pushed(world, {"security/keys.py": "KEY = 3\n"}, author="hubot")
    assert push(world, before, after, pusher="Copilot") == 1


def test_a_pusher_whose_account_is_gone_is_who_the_event_says(world: World) -> None:
    before, after = pushed(world, BLOCKED, author="hubot")
    world.server.faults.add("404", method="GET", path=r"^/user/[0-9]+$", times=1000)
    assert push(world, before, after, pusher="Copilot") == 1
    assert world.check(after, NAME).title == "Blocked: 1 file"


def test_the_authors_of_the_commits_are_contributors(world: World) -> None:
    before, after = pushed(world, BLOCKED, author="Copilot")
    assert push(world, before, after, pusher="hubot") == 1


def test_another_branch_has_the_default_branchs_policy_as_a_further_layer(world: World) -> None:
    world.repo.commit("feature", {".github/AGENTOWNERS": "** @agents allow\n"}, message="weaken")
    before = world.repo.tip("feature")
    after = world.repo.commit("feature", BLOCKED, author="Copilot", message="direct")
    assert push(world, before, after, ref="refs/heads/feature") == 1
    assert world.check(after, NAME).title == "Blocked: 1 file"


def test_a_new_branch_is_compared_with_the_default_branch(world: World) -> None:
    after = world.repo.commit("feature", BLOCKED, author="Copilot", message="direct")
    assert push(world, ZERO, after, ref="refs/heads/feature") == 1
    assert world.check(after, NAME).title == "Blocked: 1 file"


def test_a_new_branch_without_commits_of_its_own(world: World) -> None:
    tip = world.repo.branch("feature")
    assert push(world, ZERO, tip, ref="refs/heads/feature") == 0
    assert world.check(tip, NAME).title == "Allowed"


def test_a_tag(world: World) -> None:
    tip = world.repo.tip("main")
    world.repo.store.set_ref("refs/tags/v1", tip)
    assert push(world, ZERO, tip, ref="refs/tags/v1") == 0


def test_the_first_push_of_all(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    assert push(world, ZERO, world.repo.tip("main")) == 0
    assert "nothing to judge" in capfd.readouterr().out
    assert world.requests == []


def test_a_deleted_branch(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    before = world.repo.branch("feature")
    assert push(world, before, ZERO, ref="refs/heads/feature") == 0
    assert "refs/heads/feature was deleted" in capfd.readouterr().out
    assert world.requests == []


def test_threat_09_a_forced_push_also_takes_back(world: World) -> None:
    start = world.repo.tip("main")
    kept = world.repo.commit("main", BLOCKED, author="hubot", message="good work")
    world.repo.force_push("main", start, by="Copilot")
    assert push(world, kept, start) == 1
    assert world.check(start, NAME).title == "Blocked: 1 file"


def test_a_forced_push_to_another_history(world: World) -> None:
    start = world.repo.tip("main")
    kept = world.repo.commit("main", {"security/good.py": "x\n"}, author="hubot", message="good work")
    other = world.repo.commit("main", ALLOWED, author="Copilot", message="other", parents=[start])
    assert push(world, kept, other) == 1
    check = world.check(other, NAME)
    assert [a["path"] for a in check.annotations] == ["security/good.py"]


def test_what_arrived_through_a_merged_pull_request_is_not_judged_again(world: World) -> None:
    pull = world.pull(BLOCKED)
    before = world.repo.tip("main")
    after = world.repo.merge(pull, "octocat")
    assert push(world, before, after, pusher="octocat") == 0
    check = world.check(after, NAME)
    assert check.conclusion == "success"
    assert "2 of 2 commits arrived through" in (check.summary or "")


@pytest.mark.parametrize("files", [BLOCKED, ALLOWED])
def test_what_was_pushed_beside_it_is(world: World, files: dict[str, str]) -> None:
    pull = world.pull({"security/other.py": "x\n"})
    before = world.repo.tip("main")
    world.repo.merge(pull, "octocat")
    after = world.repo.commit("main", files, author="Copilot", message="direct")
    assert push(world, before, after) == (1 if files is BLOCKED else 0)
    check = world.check(after, NAME)
    assert check.title == ("Blocked: 1 file" if files is BLOCKED else "Allowed")


@pytest.mark.parametrize("extra", [{}, BLOCKED])
def test_threat_12_more_files_than_a_comparison_lists(world: World, extra: dict[str, str]) -> None:
    before, after = pushed(world, {f"docs/{n}.md": "x\n" for n in range(300)} | extra)
    assert push(world, before, after) == (1 if extra else 0)
    assert world.check(after, NAME).title == ("Blocked: 1 file" if extra else "Allowed")


def test_threat_12_a_forced_push_of_more_files_than_a_comparison_lists(world: World) -> None:
    """What it takes back is judged as well: here a file that an agent may not touch."""
    start = world.repo.tip("main")
    before = world.repo.commit("main", BLOCKED, author="hubot", message="by a person")
    world.repo.branch("other", start)
    after = world.repo.commit("other", {f"docs/{n}.md": "x\n" for n in range(300)}, author="Copilot", message="instead")
    world.repo.force_push("main", after, by="Copilot")
    assert push(world, before, after) == 1
    assert world.check(after, NAME).title == "Blocked: 1 file"


def test_threat_12_more_commits_than_can_be_looked_up(world: World) -> None:
    before = world.repo.tip("main")
    after = before
    for number in range(101):
        after = world.repo.commit("main", {"docs/index.md": f"{number}\n"}, author="hubot", message="direct")
    assert push(world, before, after, pusher="hubot") == 1
    assert world.check(after, NAME).title == "Facts are incomplete"


def test_a_commit_before_that_is_gone(world: World) -> None:
    before, after = pushed(world, ALLOWED)
    facts = {"repo": world.repo, "ref": "refs/heads/main", "before": before, "after": after}
    payload = world.server.payload("push", None, **facts) | {"before": "c" * 40}
    assert main(world.environ("push", payload), patience=PATIENCE) == 1
    check = world.check(after, NAME)
    assert (check.conclusion, check.title) == ("failure", "Something needed was not found")


def test_threat_33_a_push_that_changes_the_policy_judges_open_pull_requests_again(world: World) -> None:
    world.repo.branch("release")
    mine = world.pull(ALLOWED, branch="copilot/a")
    release = world.pull(ALLOWED, branch="copilot/b", base="release")
    before, after = pushed(world, {".github/AGENTOWNERS": "docs/** @agents block\n"}, author="octocat")
    assert push(world, before, after, pusher="octocat") == 1
    assert world.check(mine.head_sha).conclusion == "failure"
    # this base has a policy of its own, which did not change, and was looked at all the same
    assert world.check(release.head_sha).conclusion == "success"


def test_a_push_to_another_base_judges_that_bases_pull_requests(world: World) -> None:
    world.repo.branch("release")
    mine, release = world.pull(ALLOWED, branch="copilot/a"), world.pull(ALLOWED, branch="copilot/b", base="release")
    before = world.repo.tip("release")
    after = world.repo.commit("release", {".github/AGENTOWNERS": "docs/** @agents block\n"}, message="tighten")
    assert push(world, before, after, ref="refs/heads/release", pusher="octocat") == 1
    assert world.check(release.head_sha).conclusion == "failure"
    assert world.checks(mine.head_sha) == []


def test_a_push_that_changes_no_policy_judges_nothing_else(world: World) -> None:
    pull = world.pull(ALLOWED)
    before, after = pushed(world, {"README.md": "x\n"}, author="octocat")
    assert push(world, before, after, pusher="octocat") == 0
    assert world.checks(pull.head_sha) == []


def test_a_named_policy_that_the_push_changes(world: World) -> None:
    world.repo.commit("main", {"policy/agents": "docs/** @agents allow\n"}, message="policy")
    world.inputs["policy-file"] = "policy/agents"
    pull = world.pull(ALLOWED)
    before, after = pushed(world, {"policy/agents": "docs/** @agents block\n"}, author="octocat")
    assert push(world, before, after, pusher="octocat") == 1
    assert world.check(pull.head_sha).conclusion == "failure"
