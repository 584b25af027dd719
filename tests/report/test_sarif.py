from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.report.shared.sarif import artifact_uri
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.groups import offending
from agentowners.report.verdict.sarif import sarif
from tests.report import golden
from tests.report.strategies import frugal, names, outcomes, patient
from tests.report.verdicts import (
    BLOCK_RULE,
    BLOCKED,
    EXAMPLES,
    blocked,
    blocked_and_waiting,
    file,
    too_many_files,
    unparsed,
    verdict,
)

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def run_of(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> dict[str, Any]:
    (run,) = json.loads(sarif(outcome, enforcement))["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_kind_of_outcome_follows_the_official_schema(example: str) -> None:
    VALIDATOR.validate(json.loads(sarif(EXAMPLES[example]())))


@frugal
@given(outcomes)
def test_every_outcome_follows_the_official_schema(outcome: Outcome) -> None:
    text = sarif(outcome)
    assert text.isascii()
    log = json.loads(text)
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    if not isinstance(outcome, NoVerdict):
        assert len(run["results"]) == len(list(offending(outcome)))


def test_the_whole_of_one() -> None:
    golden.check("everything.sarif", sarif(blocked_and_waiting()))


def test_levels_and_places() -> None:
    results = run_of(blocked_and_waiting())["results"]
    assert [(r["level"], r["ruleId"]) for r in results] == [
        ("error", BLOCK_RULE.id),
        ("error", BLOCK_RULE.id),
        ("warning", "infra-on-main"),
        ("note", "builtin:workflows"),
    ]
    assert results[1]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "security/x.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12},
    }
    assert run_of(blocked(), Enforcement.EVALUATE)["results"][0]["level"] == "warning"


def test_a_fingerprint_does_not_move_with_the_line() -> None:
    def fingerprint(outcome: Outcome) -> object:
        return run_of(outcome)["results"][0]["partialFingerprints"]

    assert fingerprint(blocked()) == fingerprint(verdict(file("security/x.py", BLOCKED, first_line=99)))
    assert fingerprint(blocked()) != fingerprint(verdict(file("security/y.py", BLOCKED)))


def test_rules_of_one_id_in_two_layers_stay_apart() -> None:
    other = replace(BLOCK_RULE, source="org/AGENTOWNERS", statement="x @agents block")
    third = replace(other, statement="y @agents block")
    run = run_of(verdict(file("security/x.py", replace(BLOCKED, rules=(BLOCK_RULE, other, third)))))
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ids == [BLOCK_RULE.id, f"org/AGENTOWNERS:{BLOCK_RULE.id}", f"org/AGENTOWNERS:{BLOCK_RULE.id}#3"]


def test_a_policy_that_does_not_parse_is_told_with_its_places() -> None:
    (invocation,) = run_of(unparsed())["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "The policy has 2 errors." in invocation["toolExecutionNotifications"][0]["message"]["text"]
    first = invocation["toolConfigurationNotifications"][0]
    assert first["descriptor"]["id"] == "unknown-decision"
    assert first["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 2,
        "startColumn": 37,
        "endLine": 2,
        "endColumn": 41,
    }


def test_no_verdict_is_an_execution_that_failed() -> None:
    (invocation,) = run_of(too_many_files())["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "Split" not in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert "split the pull request" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert run_of(blocked())["invocations"] == [{"executionSuccessful": True}]


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("src/app.py", "src/app.py"),
        ("a b#c?d%e.py", "a%20b%23c%3Fd%25e.py"),
        ("http://evil.example/x", "http%3A//evil.example/x"),
        ("ü/漢", "%C3%BC/%E6%BC%A2"),
        ("caf\udce9", "caf%E9"),
        ("a\n\u202e", "a%0A%E2%80%AE"),
    ],
)
def test_paths_are_percent_encoded(path: str, uri: str) -> None:
    assert artifact_uri(path) == uri


@patient
@given(names.filter(lambda path: not path.startswith("/")))
def test_a_path_is_a_relative_reference_that_leads_back_to_its_bytes(path: str) -> None:
    uri = artifact_uri(path)
    assert uri.isascii()
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert unquote_to_bytes(uri) in (path.encode("utf-8", "surrogatepass"), _escaped(path))


def _escaped(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape") if not any("\ud800" <= c <= "\udc7f" for c in path) else b""
