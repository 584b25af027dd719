"""Events are valid under OCSF's own schema with nothing additional, and say nothing that must not be written down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from msgspec.structs import replace
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from agentowners.audit.entry import LogEntry, read_entry
from agentowners.audit.events import Occasion, path_digest, shortened, verdict_event
from agentowners.change.model import Account, AccountType, Evidence, Signal, Strength
from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.report.verdict.conclusion import Conclusion, conclude
from tests.engine.build import ALICE, by, change, facts, file, review, verdict
from tests.examples import examples
from tests.report.strategies import outcomes
from tests.sinks.logs import AT, LOG

POLICY = "security/** @agents block\nsrc/** @agents require_approval(2)\nunprotect AGENTS.md @agents\n"


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """Of a class of events with what a security control says, as the schema's own tool writes it."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.8.0")).get_class_schema(name, ["security_control"])
    return jsonschema.Draft202012Validator(schema)


def occasion(outcome: Outcome, **changes: Any) -> Occasion:
    concluded = conclude(outcome)
    usual = Occasion(
        at=AT,
        uid="a" * 64,
        log=LOG,
        repository="acme/shop",
        run="https://github.com/acme/shop/actions/runs/1",
        attempt="1",
        check="AGENTOWNERS",
        head=outcome.head or "",
        target="7",
        conclusion=concluded.conclusion.value,
        title=concluded.title,
        enforced=True,
        intends=("check run `AGENTOWNERS`",),
    )
    return replace(usual, **changes)


def event_of(outcome: Outcome, **changes: Any) -> dict[str, Any]:
    """The event, as it comes out of a log again."""
    entry = LogEntry(LOG, 1, "sha256:" + "0" * 64, "a" * 64, AT, (verdict_event(outcome, occasion(outcome, **changes)),))
    (found,) = read_entry(entry.stored()).events
    return dict[str, Any](found)


def problems(event: Mapping[str, Any]) -> list[str]:
    name = "api_activity" if event.get("class_uid") == 6003 else "compliance_finding"
    return [f"{error.json_path}: {error.message[:200]}" for error in validator(name).iter_errors(event)]


BLOCKED = verdict(POLICY, change("security/k.py", "src/a.py", "README.md", "AGENTS.md", ".github/AGENTOWNERS"))


def test_a_verdict_is_a_compliance_finding() -> None:
    event = event_of(BLOCKED)
    assert problems(event) == []
    assert (event["class_uid"], event["type_uid"], event["time"]) == (2003, 200301, AT * 1000)
    assert event["policy"] == {"name": "AGENTOWNERS", "uid": BLOCKED.digest, "is_applied": True}
    assert event["compliance"]["requirements"] == ["AGENTOWNERS:1", "AGENTOWNERS:2", "builtin:policy"]
    files = {one["name"]: one for one in event["resources"] if one["type"] == "file"}
    assert files["security/k.py"]["labels"] == ["decision:block", "rule:AGENTOWNERS:1", "action:file_modify"]
    assert files["security/k.py"]["uid"] == path_digest("security/k.py")
    assert "unprotect:AGENTOWNERS:3" in files["AGENTS.md"]["labels"]
    inner = event["unmapped"]["agentowners"]
    assert inner["policy_files"] == [".github/AGENTOWNERS"]
    assert inner["principals"][0] == {
        "name": "@copilot",
        "group": "agents",
        "strength": "verified",
        "login": "Copilot",
        "id": 198982749,
        "evidence": ["author id 198982749"],
    }
    assert [one["type"] for one in event["resources"][:3]] == ["repository", "commit", "ref"]


@pytest.mark.parametrize(
    ("conclusion", "numbers"),
    [("success", (1, 1, 1)), ("action_required", (2, 2, 23)), ("failure", (3, 2, 2)), ("neutral", (99, 3, 17))],
)
def test_conclusions_are_mapped(conclusion: str, numbers: tuple[int, int, int]) -> None:
    event = event_of(BLOCKED, conclusion=conclusion)
    assert problems(event) == []
    assert (event["compliance"]["status_id"], event["action_id"], event["disposition_id"]) == numbers
    assert {one.value for one in Conclusion} >= {conclusion}


def test_that_there_is_no_verdict_is_an_event_with_its_reasons() -> None:
    event = event_of(NoVerdict("Too many files", "it has 80,001 files; ask jane@acme.example", "make it smaller"))
    assert problems(event) == []
    assert event["unmapped"]["agentowners"]["kind"] == "no_verdict"
    assert event["compliance"]["status_details"][1].startswith("it has 80,001 files; ask [redacted:email:")


def test_who_approved_and_who_did_not_count() -> None:
    reviews = [review(ALICE), review(Account("copilot", 198982749, AccountType.BOT), id=2)]
    event = event_of(verdict("src/** @agents require_approval\n", change("src/a.py", reviews=reviews), facts()))
    approvals = event["unmapped"]["agentowners"]["approvals"]
    assert approvals["counted"] == [{"login": "alice", "via": "review"}]
    assert [one["reviewer"] for one in approvals["ignored"]] == ["copilot"]


def test_no_address_of_a_person_is_said() -> None:
    evidence = [*by(ALICE), Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, email="jane@acme.example", where="commit 1a2b3c4")]
    event = event_of(verdict("src/** @agents block\n", change("src/a.py", evidence=evidence, author=ALICE)))
    assert problems(event) == []
    assert "jane" not in json.dumps(event)
    assert "[redacted:email:" in json.dumps(event)


def test_a_name_that_looks_like_a_secret_hides_nothing() -> None:
    path = "docs/ghp_16C7e42F292c6912E7710c838347Ae178B4a.md"
    event = event_of(verdict(POLICY, change(path)))
    assert "16C7e42F292c6912E7710c838347Ae178B4a" not in json.dumps(event)
    (named,) = [one for one in event["resources"] if one["type"] == "file"]
    assert named["name"].startswith("docs/[redacted:github-token:")
    assert named["uid"] == path_digest(path)


@pytest.mark.parametrize("name", ["a\nb", "\udc80\udcff", "\u202ex", "::error::x", "<b>", "😀", "a" * 4000, "\x1b[31m"])
def test_hostile_names_come_back(name: str) -> None:
    event = event_of(verdict(POLICY, change(file(name))))
    assert problems(event) == []
    (named,) = [one for one in event["resources"] if one["type"] == "file"]
    assert named["name"] == name.encode("utf-8", "backslashreplace").decode()
    assert named["uid"] == path_digest(name)


@examples(10)
@given(outcomes)
def test_every_event_is_valid(outcome: Outcome) -> None:
    event = event_of(outcome)
    assert problems(event) == []
    assert problems(shortened(event, 1)) == []


@pytest.mark.parametrize(
    "mutation",
    [
        {"class_uid": 5},
        {"extra": 1},
        {"severity_id": 55},
        {"metadata": {"version": "1.8.0"}},
        {"compliance": {"status_id": 7}},
        {"compliance": {"more": 7}},
        {"resources": [{"type": "file"}]},
        {"time": "now"},
        {"policy": {"is_applied": True}},
        {"finding_info": {"title": "x"}},
    ],
)
def test_what_is_not_valid_is_told(mutation: dict[str, Any]) -> None:
    assert problems(event_of(BLOCKED) | mutation)


def test_an_event_is_shortened_to_its_worst_files() -> None:
    many = verdict(POLICY, change(*(f"docs/{n}" for n in range(200)), "security/k.py", *(f"src/{n}" for n in range(30))))
    event: dict[str, Any] = shortened(event_of(many), 5)
    assert problems(event) == []
    names = [one["name"] for one in event["resources"] if one["type"] == "file"]
    assert (names[0], len(names)) == ("security/k.py", 5)
    assert all(name.startswith("src/") for name in names[1:])
    assert event["unmapped"]["agentowners"]["files_omitted"] == 226
