"""Acts beside verdicts stand in the audit trail, before they are done, and check runs tell of their entries."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from agentowners.audit.entry import LogEntry
from agentowners.cli.main import main as command_line
from tests.action.test_app import Own
from tests.action.test_audit import FILE, entries
from tests.action.test_audit import trail as trail
from tests.action.test_push_again import push
from tests.action.world import World
from tests.sinks.conftest import credentials as credentials
from tests.sinks.logs import checked
from tests.sinks.memory import MemoryStore

POLICY = ".github/AGENTOWNERS"


def acts(found: list[LogEntry], kind: str) -> list[dict[str, Any]]:
    return [dict(event) for entry in found for event in entry.events if _details(event)["kind"] == kind]


def _details(event: Any) -> dict[str, Any]:
    found: dict[str, Any] = event["unmapped"]["agentowners"]
    return found


def verified(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("GITHUB_TOKEN", world.token)
    monkeypatch.setenv("GITHUB_API_URL", world.server.url)
    place = world.directory / "workspace" / FILE
    return command_line(["audit", "verify", str(place), "--check-runs", "acme/shop", "--quiet"])


def test_a_change_of_the_policy_stands_there_with_its_proof(trail: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pull = trail.pull({POLICY: "security/ @agents allow\n"})
    trail.judge(pull)
    found = entries(trail)
    (act,) = acts(found, "policy_change")
    told = _details(act)
    assert (act["class_uid"], act["type_uid"], told["target"], told["check"]) == (6003, 600303, str(pull.number), "AGENTOWNERS")
    assert told["proof"]["prover"] == "failed"
    assert told["proof"]["looser"] > 0
    assert told["before"] != told["after"]
    assert [one["name"] for one in act["resources"] if one["type"] == "file"] == [POLICY]
    assert "### Policy change" in (trail.check(pull.head_sha).summary or "")
    assert verified(trail, monkeypatch) == 0


def test_what_cannot_be_written_down_of_a_change_is_not_shown(trail: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from agentowners.sinks.file import FileLog
    from agentowners.sinks.store import StoreError

    plain = FileLog.append

    def append(self: FileLog, entry: LogEntry) -> Any:
        if any(_details(event)["kind"] == "policy_change" for event in entry.events):
            raise StoreError("the disk is full")
        return plain(self, entry)

    monkeypatch.setattr(FileLog, "append", append)
    pull = trail.pull({POLICY: "security/ @agents allow\n"})
    assert trail.judge(pull) == 0
    check = trail.check(pull.head_sha)
    assert ("### Policy change" in (check.summary or ""), check.conclusion) == (False, "action_required")


def test_passes_that_a_new_policy_takes_back(trail: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pulls = [trail.pull({f"docs/{n}.md": "a\n"}, branch=f"copilot/{n}") for n in range(2)]
    for pull in pulls:
        trail.judge(pull)
    push(trail, {POLICY: "docs/ @agents block\n"})
    found = acts(entries(trail), "taken_back")
    assert sorted(_details(act)["target"] for act in found) == sorted(str(pull.number) for pull in pulls)
    assert {one["uid"] for act in found for one in act["resources"] if one["type"] == "commit"} == {p.head_sha for p in pulls}
    assert verified(trail, monkeypatch) == 0


def test_an_apps_token_is_told_of_by_its_digest(trail: World) -> None:
    own = Own(trail)
    given: list[str] = []
    from agentowners.github.app import Installation

    plain = Installation.token

    def token(self: Installation) -> str:
        given.append(plain(self))
        return given[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Installation, "token", token)
        assert trail.judge(trail.pull({"docs/a.md": "a\n"})) == 0
    (entry,) = entries(trail)
    made, revoked = acts([entry], "app_token")
    assert (made["type_uid"], revoked["type_uid"]) == (600301, 600304)
    assert {_details(act)["token_sha256"] for act in (made, revoked)} == {hashlib.sha256(given[0].encode()).hexdigest()}
    assert given[0] not in (trail.directory / "workspace" / FILE).read_text()
    assert own.tokens == []


@pytest.mark.usefixtures("credentials")
def test_a_bucket_is_asked_nine_times_at_most(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a run that has the most to say of one pull request: an App's token, a verdict, a change of the policy."""
    store = MemoryStore()
    monkeypatch.setattr("agentowners.sinks.s3.S3Store", lambda bucket, endpoint: store)
    Own(world)
    world.inputs["audit-s3"] = "s3://acme-audit/trail"
    for branch in ("copilot/one", "copilot/two"):
        store.requests.clear()
        assert world.judge(world.pull({POLICY: "security/ @agents allow\n"}, branch=branch)) == 0
    assert len(store.requests) <= 9, store.requests
    kept = checked(store, f"github.com/{world.repo.id}", "trail").entries
    assert [len(entry.events) for _, entry in kept] == [3, 1, 3, 1]


def test_reviews_that_are_asked_for(trail: World) -> None:
    trail.inputs["request-reviews"] = "true"
    trail.repo.commit("main", {POLICY: "infra/ @agents require_approval @octocat\n"}, message="names")
    trail.judge(trail.pull({"infra/main.tf": "b\n"}))
    (entry,) = entries(trail)
    (asked,) = _details(entry.events[0])["approvals"]["asked"]
    assert asked == {"count": 1, "of": ["@octocat"], "for": [f"{POLICY}:1"]}
    assert "review of `@octocat`, where it could count" in _details(entry.events[0])["intends"]
