"""Changes that were stopped for somebody else's part in them: what a team switches a gate off for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.action.world import World
from tests.github_server.gitstore import Rename
from tests.github_server.model import Pull

COPILOT = "Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>"
CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
WEB = ("GitHub", "noreply@github.com")
POLICY = b"security/** @agents block\n"
ALLOW_LIST = b"default @agents block\ndocs/** @agents allow\n"


def with_policy(world: World, policy: bytes) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": policy}, message="policy", author="octocat")


def persons(world: World, branch: str = "fix", **facts: Any) -> None:
    world.repo.branch(branch, by="hubot")
    world.repo.commit(branch, {"security/keys.py": "KEY = 2\n"}, author="hubot", message="Rotate the key", **facts)


def opened(world: World, branch: str = "fix", *, by: str = "hubot", base: str = "main") -> Pull:
    return world.repo.open_pull(branch, base=base, author=by, title="Change", body="")


def title(world: World, pull: Pull) -> str | None:
    world.judge(pull)
    return world.check(pull.head_sha).title


def test_a_persons_protected_change_beside_an_applied_suggestion_of_copilots_is_allowed(world: World) -> None:
    with_policy(world, POLICY)
    persons(world)
    message = f"Update docs/index.md\n\n{COPILOT}"
    world.repo.commit("fix", {"docs/index.md": "t\n"}, author="hubot", committer=WEB, verified=True, message=message)
    assert title(world, opened(world)) == "Allowed"


def test_an_agents_commit_to_the_protected_path_beside_a_persons_is_blocked_all_the_same(world: World) -> None:
    with_policy(world, POLICY)
    persons(world)
    world.repo.commit("fix", {"security/keys.py": "KEY = 3\n"}, author="hubot", message=f"Tidy\n\n{COPILOT}")
    assert title(world, opened(world)) == "Blocked: 1 file"


def test_a_formatting_workflow_that_pushes_to_a_persons_branch_is_judged_on_what_it_pushed(world: World) -> None:
    with_policy(world, POLICY)
    persons(world)
    world.repo.commit("fix", {"docs/index.md": "f\n"}, author="github-actions[bot]", message="style: format")
    assert title(world, opened(world)) == "Allowed"


def test_a_persons_branch_on_an_agents_squash_merged_one_is_the_persons_once_the_base_is_merged_in(world: World) -> None:
    with_policy(world, POLICY)
    agents = world.pull({"docs/a.md": "agent\n"}, branch="copilot/a")
    world.repo.branch("fix", agents.head_sha, by="hubot")
    world.repo.commit("fix", {"security/keys.py": "KEY = 2\n"}, author="hubot")
    world.repo.merge(agents, "hubot", method="squash")
    pull = opened(world)
    world.repo.update_branch(pull, "hubot")
    assert title(world, pull) == "Allowed"


@pytest.mark.parametrize(("head", "base"), [("main", "dev"), ("dev", "main")])
def test_a_sync_between_long_lived_branches_passes_where_each_part_did(world: World, head: str, base: str) -> None:
    with_policy(world, POLICY)
    world.repo.branch("dev", world.repo.tip("main"), by="octocat")
    agents = world.pull({"docs/a.md": "agent\n"}, branch="copilot/a", base=head)
    assert title(world, agents) == "Allowed"
    world.repo.merge(agents, "hubot", method="merge")
    world.repo.branch("keys", world.repo.tip(head), by="hubot")
    world.repo.commit("keys", {"security/keys.py": "KEY = 2\n"}, author="hubot", message="Rotate the key")
    keys = opened(world, "keys", base=head)
    assert title(world, keys) == "Allowed"
    world.repo.merge(keys, "octocat", method="merge")
    assert title(world, opened(world, head, base=base)) == "Allowed"


@pytest.mark.parametrize(("head", "base"), [("main", "dev"), ("dev", "main")])
def test_a_sync_of_squash_merged_changes_passes_where_each_part_did(world: World, head: str, base: str) -> None:
    with_policy(world, POLICY)
    world.repo.branch("dev", world.repo.tip("main"), by="octocat")
    agents = world.pull({"docs/a.md": "agent\n"}, branch="copilot/a", base=head)
    world.repo.merge(agents, "hubot", method="squash")
    world.repo.branch("keys", world.repo.tip(head), by="hubot")
    world.repo.commit("keys", {"security/keys.py": "KEY = 2\n"}, author="hubot", message="Rotate the key")
    world.repo.merge(opened(world, "keys", base=head), "octocat", method="squash")
    assert title(world, opened(world, head, base=base)) == "Allowed"


def test_an_agents_protected_change_that_got_into_the_other_branch_is_blocked_in_the_sync(world: World) -> None:
    with_policy(world, POLICY)
    world.repo.branch("dev", world.repo.tip("main"), by="octocat")
    agents = world.pull({"security/keys.py": "agent\n"}, branch="copilot/a", base="dev")
    world.repo.merge(agents, "hubot", method="merge")
    assert title(world, opened(world, "dev", base="main")) == "Blocked: 1 file"


def test_an_honest_trailer_blocks_nothing_that_the_person_and_the_agent_may_do_each(world: World) -> None:
    with_policy(world, ALLOW_LIST)
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", {"docs/index.md": "2\n"}, author="hubot", message=f"m\n\n{CLAUDE}")
    assert title(world, opened(world)) == "Allowed"


def test_a_trailer_of_somebody_who_may_not_write_allows_nothing(world: World) -> None:
    with_policy(world, ALLOW_LIST)
    world.server.add_user("mallory")
    fork = world.repo.fork("mallory")
    fork.commit("fix", {"docs/index.md": "2\n"}, author="mallory", message=f"m\n\n{CLAUDE}")
    pull = world.repo.open_pull("fix", base="main", author="mallory", title="t", body="", fork=fork)
    assert title(world, pull) == "Blocked: 1 file"


def test_who_had_no_part_in_the_paths_that_need_approval_may_approve_them(world: World) -> None:
    world.repo.branch("fix", by="octocat")
    world.repo.commit("fix", {"docs/index.md": "2\n"}, author="octocat", message="Docs")
    world.repo.commit("fix", {"src/app.py": "x = 2\n"}, author="Copilot", message="Code")
    pull = opened(world, by="Copilot")
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == "Approved (1 of 1)"


def test_who_committed_to_the_paths_that_need_approval_may_not_approve_them(world: World) -> None:
    world.repo.branch("fix", by="octocat")
    world.repo.commit("fix", {"src/app.py": "x = 2\n"}, author="Copilot", message="Code")
    world.repo.commit("fix", {"src/app.py": "x = 3\n"}, author="octocat", message="More code")
    pull = opened(world, by="Copilot")
    world.repo.review(pull, "octocat", "APPROVED")
    assert title(world, pull) == "Waiting for approval (0 of 1)"


def test_what_an_agents_pull_request_takes_back_in_a_persons_branch_is_the_agents_though_not_listed(
    world: World,
) -> None:
    """A merge commit of the agent's takes back a fix; GitHub's list of that pull request shows a typo in the docs alone."""
    with_policy(world, POLICY)
    repo = world.repo
    repo.branch("feature", by="hubot")
    start = repo.commit("feature", {"security/keys.py": "A\nB\n"}, author="hubot")
    fixed = repo.commit("feature", {"security/keys.py": "A\nB\nC\n"}, author="hubot")
    repo.branch("guide", start, by="octocat")
    guide = repo.commit("guide", {"docs/guide.md": "guide\n"}, author="octocat")
    repo.merge(repo.open_pull("guide", base="feature", author="octocat", title="Guide", body=""), "hubot")
    repo.branch("copilot/typo", guide)
    taken_back = repo.store.read_commit(guide).tree
    who = repo._signature("Copilot", world.server.now())
    evil = repo.store.commit_tree(taken_back, "Merge feature", who, who, (guide, fixed))
    world.server.verification[evil] = "unsigned"
    repo.store.set_ref("refs/heads/copilot/typo", evil)
    repo.moved("copilot/typo", guide, evil, world.server.account("Copilot"))
    repo.commit("copilot/typo", {"docs/index.md": "typo\n"}, author="Copilot")
    typo = repo.open_pull("copilot/typo", base="feature", author="Copilot", title="Typo", body="")
    assert [file.path for file in repo.files_of(typo)] == [b"docs/index.md"]
    repo.merge(typo, "hubot")
    pull = opened(world, "feature")
    assert {file.path for file in repo.files_of(pull)} == {b"docs/guide.md", b"docs/index.md", b"security/keys.py"}
    assert title(world, pull) == "Blocked: 1 file"


AUTH = "".join(f"line {number}\n" for number in range(30))


def test_an_agents_edit_that_bringing_the_branch_up_to_date_moves_under_protection_is_the_agents(world: World) -> None:
    with_policy(world, POLICY)
    world.repo.commit("main", {"lib/auth.py": AUTH}, author="octocat")
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", {"lib/auth.py": AUTH + "BACKDOOR\n"}, author="hubot", message=f"Log\n\n{COPILOT}")
    world.repo.commit("main", {"security/auth.py": Rename("lib/auth.py")}, author="octocat")
    pull = opened(world)
    assert title(world, pull) == "Blocked: 1 file"
    world.repo.update_branch(pull, "hubot")
    assert [(file.status, file.path) for file in world.repo.files_of(pull)] == [("modified", b"security/auth.py")]
    assert title(world, pull) == "Blocked: 1 file"
    world.repo.commit("fix", {"security/auth.py": AUTH + "BACKDOOR\nmore\n"}, author="hubot", message="More")
    assert title(world, pull) == "Blocked: 1 file"


def test_an_agents_edit_elsewhere_is_no_part_of_a_protected_file_that_the_base_has_moved(world: World) -> None:
    with_policy(world, POLICY)
    world.repo.commit("main", {"lib/auth.py": AUTH}, author="octocat")
    world.repo.branch("fix", by="hubot")
    world.repo.commit("fix", {"docs/index.md": "t\n"}, author="hubot", message=f"Docs\n\n{COPILOT}")
    world.repo.commit("main", {"security/auth.py": Rename("lib/auth.py")}, author="octocat")
    pull = opened(world)
    world.repo.update_branch(pull, "hubot")
    world.repo.commit("fix", {"security/auth.py": AUTH + "more\n"}, author="hubot", message="More")
    assert title(world, pull) == "Allowed"
