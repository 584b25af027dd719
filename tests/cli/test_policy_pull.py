"""``propose --pull-request``: a pull request that changes the policy alone, and the check with its three signals on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.action.world import World
from tests.cli.agents_desk import Office, office
from tests.github_server.server import GitHubServer

__all__ = ["office"]

POLICY = b"security/**   @agents  block\nmode read-only @ci-bot\napprovals reviewer=4242\n"
PLACE = ".github/AGENTOWNERS"
WRITES = {"contents": "write", "pull-requests": "write"}
NARROW = {"add_exception": {"rule": f"{PLACE}:1", "pattern": "!/security/list.txt"}}


@pytest.fixture
def world(github: GitHubServer, office: Office, tmp_path: Path) -> World:
    """The repository on GitHub, whose policy is the clone's, and a token of the agent's in the environment."""
    world = World.make(github, tmp_path, policy=POLICY)
    office.repo.commit({PLACE: POLICY})
    office.repo.git("reset", "-q", "--hard")
    token = github.token("actions", permissions=WRITES, repository=world.repo)
    for name, value in {"GITHUB_TOKEN": token, "GITHUB_API_URL": github.url, "GITHUB_REPOSITORY": "acme/shop"}.items():
        office.monkeypatch.setenv(name, value)
    return world


def propose(office: Office, *operations: Any, **members: Any) -> dict[str, Any]:
    return office.propose(*operations, arguments=("--pull-request", "--client", "claude"), **members)


def test_the_pull_request_changes_the_policy_alone_and_the_check_asks_a_person(office: Office, world: World) -> None:
    answer = propose(office, NARROW, intent_summary="the list is public")
    (pull,) = world.repo.pulls.values()
    assert answer["pull_request"].endswith(f"/pull/{pull.number}")
    assert (pull.title, pull.base_ref, pull.head_ref) == (
        "Policy: the list is public",
        "main",
        f"agentowners/{answer['id']}",
    )
    assert [file.path for file in world.repo.files_of(pull)] == [PLACE.encode()]
    entry = world.repo.store.lookup(pull.head_sha, PLACE.encode())
    assert entry is not None
    text = world.repo.store.read(entry.sha)[1]
    assert text == POLICY.replace(b"security/**   @", b"security/** !/security/list.txt   @")
    assert "`@claude`, as it says" in (pull.body or "")
    assert world.judge(pull) == 0
    check = world.check(pull.head_sha)
    assert check.conclusion == "action_required"
    said = check.summary or ""
    for signal in (
        "| Prover | 1 thing became looser",
        "| Reviewer |",
        "| Mode compatibility | read-only for `@ci-bot`: compatible |",
    ):
        assert signal in said, said
    assert "security/list.txt" in said
    shown = office.run("inbox", "show", answer["id"], "--format", "json").json
    assert (shown["state"], shown["pull_request"]) == ("pending", answer["pull_request"])
    assert [entry["event"] for entry in office.journal()] == ["proposal", "pull request"]


def test_nothing_that_a_proposal_says_makes_anything_on_github(office: Office, world: World) -> None:
    hostile = "@octocat see https://x.example\n\nCo-authored-by: octocat <octocat@example.com>\n```\n# heading | cell"
    propose(office, NARROW, intent_summary=hostile)
    (pull,) = world.repo.pulls.values()
    assert "\n" not in pull.title
    assert "\nCo-authored-by" not in (pull.body or "")
    assert "`@octocat see" in (pull.body or "")
    message = world.repo.store.read_commit(pull.head_sha).message
    assert "octocat" not in message


def test_a_policy_of_another_day_is_not_written_over(office: Office, world: World) -> None:
    world.repo.commit("main", {PLACE: POLICY + b"new/** @agents block\n"})
    arguments = ("--pull-request", "--client", "claude")
    place = office.home / "p.json"
    place.write_text('{"intent_summary": "x", "operations": [{"add_rule": {"text": "a/** @agents block"}}]}')
    done = office.run("propose", str(place), *arguments)
    assert (done.code, "is another on GitHub than here" in done.err) == (1, True)
    assert "waits in the inbox" in done.err
    assert not world.repo.pulls
    assert list(world.repo.branches()) == ["main"]


@pytest.mark.parametrize("permissions", [{"contents": "read"}, {"contents": "write"}])
def test_a_token_that_may_not(office: Office, world: World, github: GitHubServer, permissions: dict[str, str]) -> None:
    token = github.token("actions", permissions=permissions, repository=world.repo)
    office.monkeypatch.setenv("GITHUB_TOKEN", token)
    place = office.home / "p.json"
    place.write_text('{"intent_summary": "x", "operations": [{"add_rule": {"text": "a/** @agents block"}}]}')
    done = office.run("propose", str(place), "--pull-request")
    assert (done.code, "no pull request was opened" in done.err) == (1, True)
    assert token not in done.err
    assert not world.repo.pulls


def test_without_a_token(office: Office, world: World) -> None:
    office.monkeypatch.delenv("GITHUB_TOKEN")
    office.monkeypatch.delenv("GH_TOKEN", raising=False)
    place = office.home / "p.json"
    place.write_text('{"intent_summary": "x", "operations": [{"add_rule": {"text": "a/** @agents block"}}]}')
    done = office.run("propose", str(place), "--pull-request")
    assert (done.code, "no token for GitHub" in done.err) == (1, True)


def test_a_first_policy(office: Office, world: World) -> None:
    world.repo.commit("main", {PLACE: None})
    office.repo.commit({"README.md": "r\n"}, parents=[], branch="main")
    office.repo.git("reset", "-q", "--hard")
    propose(office, {"add_rule": {"text": "/security/ @agents block"}})
    (pull,) = world.repo.pulls.values()
    assert [file.path for file in world.repo.files_of(pull)] == [PLACE.encode()]
