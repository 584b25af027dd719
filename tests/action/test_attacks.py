"""Facts that GitHub tells in a way that could hide something, and the order of events chosen by whoever wants a pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from agentowners.github.client import Api
from agentowners.github.reading import JsonNode
from tests.action.test_merge_group import WEB_FLOW, built_by_hand
from tests.action.test_threats import ALLOWED, BLOCKED, approve
from tests.action.world import World
from tests.github_server.gitstore import Rename

Tamper = Callable[[str, Callable[[Any], Any]], None]


@pytest.fixture
def tamper(monkeypatch: pytest.MonkeyPatch) -> Tamper:
    """Changes what GitHub answers at paths with the given end, before anything of the product has read it."""
    changes: dict[str, Callable[[Any], Any]] = {}
    get, pages = Api.get, Api.pages

    def changed_get(self: Api, path: str, query: Mapping[str, Any] | None = None, **how: Any) -> JsonNode:
        node = get(self, path, query, **how)
        found = next((change for end, change in changes.items() if path.endswith(end)), None)
        return node if found is None else JsonNode(found(node.value), node.where)

    def changed_pages(
        self: Api, path: str, query: Mapping[str, Any] | None = None, *, member: str | None = None
    ) -> list[JsonNode]:
        nodes = pages(self, path, query, member=member)
        found = next((change for end, change in changes.items() if path.endswith(end)), None)
        return nodes if found is None else [JsonNode(value) for value in found([node.value for node in nodes])]

    monkeypatch.setattr(Api, "get", changed_get)
    monkeypatch.setattr(Api, "pages", changed_pages)
    return changes.__setitem__


def test_threat_09_an_approval_of_the_change_to_another_base(world: World) -> None:
    """The head stays what it was, and what it changes does not: what was approved was the small part of it."""
    world.repo.commit("stack", {"infra/main.tf": "evil\n"}, author="Copilot", message="below")
    world.repo.branch("copilot/fix", world.repo.tip("stack"))
    pull = world.pull({"infra/other.tf": "harmless\n"}, base="stack")
    approve(world, pull, "octocat", "hubot")
    world.repo.retarget(pull, "main", by="Copilot")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"
    assert "before the base branch was changed" in (world.check(pull.head_sha).summary or "")
    approve(world, pull, "octocat", "hubot")
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Approved (2 of 2)"


def test_threat_09_an_approval_of_the_change_to_a_base_that_was_deleted_and_made_again(world: World) -> None:
    world.repo.commit("stack", {"infra/main.tf": "evil\n"}, author="Copilot", message="below")
    world.repo.branch("copilot/fix", world.repo.tip("stack"))
    pull = world.pull({"infra/other.tf": "harmless\n"}, base="stack")
    approve(world, pull, "octocat", "hubot")
    world.repo.delete_branch("stack", by="Copilot")
    assert pull.state == "closed"
    world.repo.branch("stack", world.repo.tip("main"), by="Copilot")
    world.repo.reopen(pull, by="Copilot")
    world.run(action="reopened", pull=pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"


def test_threat_07_an_author_whom_github_does_not_name_is_somebody(world: World, tamper: Tamper) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "security/** @unattributed block\n"})
    world.repo.branch("fix")
    world.repo.commit("fix", BLOCKED, author="hubot", message="change")
    pull = world.repo.open_pull("fix", base="main", author="Copilot", title="Fix", body="")
    tamper(f"/pulls/{pull.number}", lambda it: it | {"user": None})
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_threat_01_a_rename_that_does_not_say_from_where(world: World, tamper: Tamper) -> None:
    pull = world.pull({"docs/keys.py": Rename("security/keys.py")})
    tamper("/files", lambda entries: [{k: v for k, v in it.items() if k != "previous_filename"} for it in entries])
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


def test_threat_12_a_file_listed_twice_hides_another(world: World, tamper: Tamper) -> None:
    pull = world.pull(ALLOWED | BLOCKED)
    tamper("/files", lambda entries: [entries[0], entries[0]])
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Facts are incomplete"


def test_threat_12_a_commit_listed_twice_hides_another(world: World, tamper: Tamper) -> None:
    pull = world.pull(ALLOWED)
    world.repo.commit("copilot/fix", {"docs/index.md": "again\n"}, author="hubot", message="more")
    tamper(f"/pulls/{pull.number}/commits", lambda entries: [entries[-1], entries[-1]])
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Facts are incomplete"


def test_threat_12_a_comparison_that_has_fewer_commits_than_the_pull_request(world: World, tamper: Tamper) -> None:
    """Nobody knows whether the count that GitHub tells stops where its list does, so at 250 the ends are compared."""
    pull = world.pull(ALLOWED)
    tamper(f"/pulls/{pull.number}", lambda it: it | {"commits": 250})
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Facts are incomplete"
    assert not any(request.endswith("/commits") for request in world.requests)


def test_commits_that_the_base_has_taken_in_since_are_counted_still(world: World, tamper: Tamper) -> None:
    pull = world.pull(BLOCKED)
    agents = world.repo.tip("copilot/fix")
    world.repo.commit("copilot/fix", {"docs/index.md": "again\n"}, author="hubot", message="more")
    base = world.repo.tip("main")
    world.repo.force_push("main", agents, by="octocat")
    tamper(f"/pulls/{pull.number}", lambda it: it | {"commits": 2, "base": it["base"] | {"sha": base}})
    tamper(f"/pulls/{pull.number}/commits", lambda entries: [])
    world.judge(pull)
    assert world.check(pull.head_sha).conclusion == "success"
    compared = [request for request in world.requests if "/compare/" in request]
    assert [request.partition("/compare/")[2][:40] for request in compared[:2]] == [agents, base]


def test_threat_32_a_path_that_is_in_neither_commit_is_not_known(world: World, tamper: Tamper) -> None:
    """So it is where two of GitHub's answers write a path that is not UTF-8 in different ways."""
    world.repo.commit("main", {".github/AGENTOWNERS": "vault*/** @agents block\n"})
    pull = world.pull({"vault-x": "a link, for all that anybody knows\n"})
    tamper("/files", lambda entries: [it | {"filename": "vault-\ufffd\ufffd"} for it in entries])
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_threat_22_a_pull_request_to_another_base_is_not_of_the_group(world: World) -> None:
    """There it changes less than the queue has squashed."""
    world.repo.branch("stack")
    world.repo.commit("stack", BLOCKED, author="Copilot", message="below")
    pull = world.pull(ALLOWED, base="stack")
    squashed = (ALLOWED | BLOCKED, f"Change (#{pull.number})", ("Copilot", "c@e.example"), WEB_FLOW, True)
    group = built_by_hand(world, pull, [squashed])
    assert world.run("merge_group", "checks_requested", group=group) == 1
    assert "goes to `stack`" in (world.check(group.head_sha).summary or "")


def test_threat_17_a_branch_name_in_a_message(world: World) -> None:
    base = "a`[x](e.example)`@octocat"
    world.repo.branch(base)
    pull = world.pull(ALLOWED, base=base)
    squashed = (ALLOWED, f"Change (#{pull.number})", ("Copilot", "c@e.example"), WEB_FLOW, True)
    group = built_by_hand(world, pull, [squashed])
    assert world.run("merge_group", "checks_requested", group=group) == 1
    told = world.check(group.head_sha).summary or ""
    assert "goes to" in told
    assert "`a\\x60[x](e.example)\\x60@octocat`" in told
