from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Any, overload

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from agentowners.diagnostics import Source
from agentowners.engine.verdict import Approvals, FileDecision, Judgement, Outcome, SettledObligation, Verdict
from agentowners.policy.model import Action, Decision
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.json import chunks, file_entry
from tests.report import golden
from tests.report.documents import dumps, to_json
from tests.report.strategies import frugal, outcomes
from tests.report.verdicts import BLOCK_RULE, EXAMPLES, HEAD, POLICY, blocked, file, unparsed, verdict

SCHEMA: dict[str, Any] = json.loads((files("agentowners") / "schemas" / "verdict-1.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_published_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_kind_of_outcome_follows_the_schema(example: str) -> None:
    outcome = EXAMPLES[example]()
    VALIDATOR.validate(to_json(outcome))
    VALIDATOR.validate(to_json(outcome, Enforcement.EVALUATE))
    golden.check(f"{example}.json", dumps(outcome))


@frugal
@given(outcomes)
def test_every_outcome_follows_the_schema_and_streams_as_it_is(outcome: Outcome) -> None:
    VALIDATOR.validate(to_json(outcome))
    text = dumps(outcome)
    assert text.isascii()
    assert text == dumps(outcome)
    if isinstance(outcome, Verdict):
        # of many denials, the first are worked out
        entries = [file_entry(outcome, file) | {"denial": None} for file in outcome.files]
        assert [entry | {"denial": None} for entry in json.loads(text)["files"]] == json.loads(json.dumps(entries))


def test_the_documented_example() -> None:
    outcome = replace(blocked(), approvals=Approvals(2, 0, (SettledObligation(2, ("@acme/sre",), (".github/AGENTOWNERS:9",)),)))
    entry = to_json(outcome)
    assert list(entry) == [
        "schema",
        "engine",
        "conflict",
        "decision",
        "conclusion",
        "title",
        "ref",
        "head_sha",
        "repository",
        "pull_request",
        "principals",
        "approvals",
        "files",
        "policy",
        "diagnostics",
    ]
    assert entry["schema"] == 1
    assert (entry["decision"], entry["conclusion"], entry["title"]) == ("block", "failure", "Blocked: 1 file")
    assert (entry["ref"], entry["head_sha"]) == ("refs/heads/main", HEAD)
    assert (entry["repository"], entry["pull_request"]) == ("acme/shop", 7)
    assert entry["principals"] == [
        {
            "name": "@copilot",
            "login": "Copilot",
            "group": "agents",
            "strength": "verified",
            "evidence": ["author id 198982749", "branch copilot/fix-login"],
            "scope": "everywhere",
            "commits": None,
            "paths": None,
            "vouched": False,
        }
    ]
    assert entry["approvals"] == {
        "required": 2,
        "granted": 0,
        "obligations": [
            {"count": 2, "approvers": ["@acme/sre"], "granted_by": [], "met": False, "rules": [".github/AGENTOWNERS:9"]}
        ],
        "ignored": [],
        "counted": [],
    }
    denial = entry["files"][0].pop("denial")
    assert denial is not None
    assert (denial["boundary"], denial["accesses"][0]["rules"][0]["id"]) == ("change", ".github/AGENTOWNERS:2")
    assert entry["files"][0] == {
        "path": "security/x.py",
        "actions": ["file_modify"],
        "because": "listed",
        "stands_for": None,
        "decision": "block",
        "principal": "@copilot",
        "rules": [
            {
                "id": ".github/AGENTOWNERS:2",
                "source": ".github/AGENTOWNERS",
                "line": 2,
                "text": "security/** @smooth-operative/* @copilot block",
                "decision": "block",
                "reason": "keys live here",
            }
        ],
        "matched": [".github/AGENTOWNERS:2", ".github/AGENTOWNERS:9"],
        "unprotected": [],
        "principals": [],
    }
    assert entry["policy"]["sources"] == [
        {"path": ".github/AGENTOWNERS", "ref": "refs/heads/main", "sha256": sha256(POLICY).hexdigest()}
    ]


def test_a_path_that_is_not_utf_8_appears_with_lone_surrogates_escaped() -> None:
    assert '"path": "caf\\udce9\\n"' in dumps(verdict(file("caf\udce9\n")))


def test_diagnostics_carry_their_place_and_the_line() -> None:
    (first, _) = to_json(unparsed())["diagnostics"]
    assert first == {
        "id": "unknown-decision",
        "severity": "error",
        "message": "`blok` is not a decision",
        "path": ".github/AGENTOWNERS",
        "line": 2,
        "column": 37,
        "end_line": 2,
        "end_column": 41,
        "source": "security/**    @smooth-operative/*  blok",
        "help": "write `allow`, `require_approval` or `block`",
    }


def test_an_observed_decision_stands_beside_the_enforced_one() -> None:
    entry = to_json(EXAMPLES["everything"]())
    observed = next(f for f in entry["files"] if f["path"] == "src/observed.py")
    assert observed["decision"] == "allow"
    assert observed["observed"]["decision"] == "block"
    assert observed["observed"]["rules"][0]["id"] == BLOCK_RULE.id


def test_what_is_only_observed_is_reported_as_the_decision() -> None:
    entry = to_json(EXAMPLES["only-observed"]())
    assert entry["decision"] == "block"
    assert entry["conclusion"] == "neutral"
    assert [f["decision"] for f in entry["files"]] == ["block", "allow"]
    assert entry["files"][0]["principal"] == "@copilot"


class _MadeWhenAsked(Sequence[FileDecision]):
    """Files that exist only while they are looked at, as a large change may have them."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __len__(self) -> int:
        return self.number

    @overload
    def __getitem__(self, index: int) -> FileDecision: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FileDecision]: ...
    def __getitem__(self, index: int | slice) -> FileDecision | Sequence[FileDecision]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(self.number))]
        if index >= self.number:
            raise IndexError(index)
        decision = Decision.BLOCK if index % 2 else Decision.ALLOW
        return FileDecision(f"{index:06}", (Action.FILE_MODIFY,), Judgement(decision, None, matched=(str(index),)))


def test_files_that_are_made_when_asked_for_are_not_taken_for_each_other() -> None:
    lazy = replace(verdict(), files=_MadeWhenAsked(100), decision=Decision.BLOCK)
    for number, entry in enumerate(json.loads(dumps(lazy))["files"]):
        assert entry["matched"] == [str(number)]
        assert entry["decision"] == ("block" if number % 2 else "allow")


def test_a_large_verdict_is_said_piece_by_piece() -> None:
    large = verdict(*(file(f"src/{number:05}.py") for number in range(5000)))
    pieces: Iterator[str] = chunks(large)
    assert max(map(len, pieces)) < 1000


def test_sources_without_a_ref() -> None:
    entry = to_json(verdict(sources=(Source("a", b""),)))
    assert entry["policy"]["sources"][0]["ref"] is None
