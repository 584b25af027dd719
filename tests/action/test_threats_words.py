"""Threats that lie in how something is written: names nearly right, characters that nobody sees, other words for a call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.action.world import FILES, PERMISSIONS, World
from tests.github_server.faults import Action
from tests.github_server.server import GitHubServer

BLOCKED = {"security/keys.py": "KEY = 2\n"}
RULES = b"security/** @agents block\n"


def made(github: GitHubServer, directory: Path, policy: bytes | None = RULES, **files: Any) -> World:
    return World.make(github, directory, policy=policy, files=FILES | files)


def test_threat_39_who_called_the_agent_in_an_issues_own_text_does_not_approve(world: World) -> None:
    world.token = world.server.token("actions", permissions=PERMISSIONS | {"issues": "read"}, repository=world.repo)
    issue = world.repo.open_issue("octocat", "Keys", "@copilot implement this")
    pull = world.pull({"src/app.py": "x = 2\n"})
    pull.body = f"Fixes #{issue.number}"
    world.repo.review(pull, "octocat", "APPROVED")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 1)"
    world.repo.review(pull, "hubot", "APPROVED")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Approved (1 of 1)"


@pytest.mark.parametrize("odd", ["\u200b", "\u202e", "\u2068", "\U000e0041"])
def test_threat_42_a_character_that_nobody_sees_in_a_policy_is_an_error(world: World, odd: str) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": f"security/**{odd} @agents block\n"}, message="odd")
    pull = world.pull(BLOCKED)
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Policy does not parse"


@pytest.mark.parametrize("path", [".Claude/settings.json", "CLAUDE.MD", ".github/Workflows/ci.yml"])
def test_threat_42_a_second_spelling_of_what_is_protected_by_default_waits_too(world: World, path: str) -> None:
    pull = world.pull({path: "x\n"})
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 1)"


NEARLY = [".github/AGENTSOWNERS", "agentowners", "docs/Agent-Owners.txt", ".github/AGENTOWNER.yml", "AGENT_OWNERS"]


@pytest.mark.parametrize("path", NEARLY)
def test_threat_43_a_policy_under_a_nearly_right_name_passes_nothing(github: GitHubServer, tmp_path: Path, path: str) -> None:
    world: World = made(github, tmp_path, None, **{path: RULES.decode()})
    pull = world.pull(BLOCKED)
    assert world.judge(pull) == 1
    check = world.check(pull.head_sha)
    assert (check.conclusion, check.title) == ("failure", "Policy is not read")
    assert path in (check.summary or "")


@pytest.mark.parametrize("path", NEARLY)
def test_threat_43_one_beside_a_policy_is_named(github: GitHubServer, tmp_path: Path, path: str) -> None:
    world: World = made(github, tmp_path, RULES, **{path: RULES.decode()})
    pull = world.pull({"docs/index.md": "new\n"})
    assert world.judge(pull) == 0
    assert path in (world.check(pull.head_sha).summary or "")


@pytest.mark.parametrize("path", ["packages/x/AGENTOWNERS", "owners", "docs/agentowners/index.md", "agentowner.py"])
def test_what_may_be_something_else_is_nothing_of_it(github: GitHubServer, tmp_path: Path, path: str) -> None:
    world = made(github, tmp_path, None, **{path: "x\n"})
    pull = world.pull(BLOCKED)
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "No policy"


@pytest.mark.parametrize("name", ["@github-copilot", "@copilot[bot]", "@copilot-swe-agent"])
def test_threat_43_a_nearly_right_name_of_an_agent_means_it(world: World, name: str) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": f"security/** {name} block\n"}, message="by a name of its vendor's")
    pull = world.pull(BLOCKED)
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


@pytest.mark.parametrize(("path", "named"), [("packages/x/AGENTOWNERS", True), ("packages/x/owners", False)])
def test_a_policy_that_a_change_brings_where_none_is_looked_for_is_named(
    github: GitHubServer, tmp_path: Path, path: str, named: bool
) -> None:
    world = made(github, tmp_path, RULES)
    pull = world.pull({path: RULES.decode()})
    assert world.judge(pull) == 0
    assert ("is called like a policy, and is not read" in (world.check(pull.head_sha).summary or "")) is named
    world.inputs["policy-file"] = ".github/AGENTOWNERS"
    world.judge(pull)
    assert "called like a policy" not in (world.check(pull.head_sha).summary or "")


def test_policies_of_the_base_where_none_is_looked_for_are_named(github: GitHubServer, tmp_path: Path) -> None:
    nested = {f"packages/{name}/AGENTOWNERS": RULES.decode() for name in "edcba"}
    world = made(github, tmp_path, RULES, **nested)
    pull = world.pull({"docs/index.md": "new\n", "packages/a/AGENTOWNERS": "# changed\n"})
    assert world.judge(pull) == 0
    check = world.check(pull.head_sha)
    summary = check.summary or ""
    assert check.title == "Allowed"
    assert [summary.count(f"packages/{name}/AGENTOWNERS") for name in "abcde"] == [1, 1, 1, 0, 0]
    assert "2 more such files are not read" in summary
    assert "called like a policy" not in (check.text or "")


@pytest.mark.parametrize("fault", ["500", "403", "reset", "not-json", "truncated", None])
def test_that_they_cannot_be_looked_for_changes_nothing_else(github: GitHubServer, tmp_path: Path, fault: Action | None) -> None:
    world = made(github, tmp_path, RULES, **{"packages/a/AGENTOWNERS": RULES.decode()})
    pull = world.pull({"docs/index.md": "new\n"})
    root = world.repo.store.read_commit(world.repo.tip("main")).tree
    if fault is None:
        world.server.limits.tree_entries = 8
    else:
        world.server.faults.add(fault, method="GET", path=f"/git/trees/{root}$", times=1000)
    assert world.judge(pull) == 0
    check = world.check(pull.head_sha)
    assert (check.title, "called like a policy" in (check.summary or "")) == ("Allowed", False)
    assert world.requests.count(f"GET /git/trees/{root}") == 1
