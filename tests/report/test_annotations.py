from __future__ import annotations

import json

import pytest
from hypothesis import given
from msgspec.structs import replace

from agentowners.diagnostics import Severity
from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.report.verdict.annotations import TEXT_LIMIT, Annotation, annotate
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.groups import level, offending
from tests.report.documents import to_json
from tests.report.strategies import frugal, outcomes
from tests.report.verdicts import (
    BLOCK_RULE,
    BLOCKED,
    allowed,
    approved,
    blocked,
    blocked_and_waiting,
    file,
    landing,
    observed_approvals,
    only_observed,
    too_many_files,
    unparsed,
    verdict,
    waiting,
)


def test_one_for_each_offending_path_on_its_first_changed_line() -> None:
    found = annotate(blocked_and_waiting())
    assert [(a.path, a.start_line, a.end_line, a.level) for a in found] == [
        ("security/keys.py", 1, 1, Severity.ERROR),
        ("security/x.py", 12, 12, Severity.ERROR),
        ("infra/main.tf", 3, 3, Severity.WARNING),
        (".github/workflows/ci.yml", 8, 8, Severity.NOTE),
    ]


def test_it_says_decision_rule_who_what_why_and_what_next() -> None:
    (found,) = annotate(blocked())
    assert found.title == "Blocked by .github/AGENTOWNERS:2"
    assert found.message.split("\n") == [
        "`@copilot` (AI agent, verified): modified",
        "Rule .github/AGENTOWNERS:2: security/** @smooth-operative/* @copilot block",
        "Reason: keys live here",
        "Next: take this change out; to let `@copilot` make it, first change rule `.github/AGENTOWNERS:2` on `main`",
    ]
    assert json.loads(found.raw_details) == to_json(blocked())["files"][0]


def test_of_several_files_each_is_spoken_of_alone() -> None:
    assert all("take this change out" in a.message for a in annotate(blocked_and_waiting())[:2])


@pytest.mark.parametrize(
    ("outcome", "title"),
    [
        (waiting(), "Needs approval (1 of 2), asked for by infra-on-main"),
        (approved(), "Approved (2 of 2), asked for by infra-on-main"),
        (only_observed(), "Would be blocked by .github/AGENTOWNERS:2"),
        (observed_approvals(), "Would need approval (0 of 2), asked for by infra-on-main"),
    ],
)
def test_titles(outcome: Outcome, title: str) -> None:
    assert annotate(outcome)[0].title == title


def test_nothing_is_next_where_everybody_approved() -> None:
    assert "Next" not in annotate(approved())[0].message


def test_what_is_only_told_is_said_one_step_lower() -> None:
    assert [a.level for a in annotate(blocked(), Enforcement.EVALUATE)] == [Severity.WARNING]
    assert {a.level for a in annotate(waiting(), Enforcement.EVALUATE)} == {Severity.NOTE}
    assert [a.level for a in annotate(only_observed())] == [Severity.WARNING]
    assert [a.level for a in annotate(observed_approvals())] == [Severity.NOTE]


def test_what_would_allow_a_path_is_worked_out_for_few_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    replayed: list[object] = []

    def counted(*asked: object, **_: object) -> tuple[()]:
        replayed.append(asked)
        return ()

    monkeypatch.setattr("agentowners.report.verdict.json.remedies", counted)
    found = annotate(verdict(*(file(f"security/{number}.py", BLOCKED) for number in range(30))))
    assert len(found) == 30
    assert 0 < len(replayed) <= 10


def test_none_where_nothing_offends() -> None:
    assert annotate(allowed()) == ()
    assert annotate(too_many_files()) == ()
    with pytest.raises(ValueError, match="no finding"):
        level(allowed(), allowed().files[0], Enforcement.ACTIVE)


def test_a_policy_that_does_not_parse_is_annotated_on_its_lines() -> None:
    first, second = annotate(unparsed())
    assert (first.path, first.start_line, first.level) == (".github/AGENTOWNERS", 2, Severity.ERROR)
    assert first.title == "Policy error: unknown-decision"
    assert first.message == "`blok` is not a decision\nHelp: write `allow`, `require_approval` or `block`"
    assert second.message == "a rule names at least one principal"


def test_threat_17_a_path_that_github_could_not_take_is_sent_as_text() -> None:
    name = "security/a\n\u202eb\udcff"
    (found,) = annotate(verdict(file(name, BLOCKED)))
    assert found.path == "security/a\\n\\u202eb\\xff"
    assert json.loads(found.raw_details)["path"] == name


@frugal
@given(outcomes)
def test_every_annotation_is_one_that_github_takes(outcome: Outcome) -> None:
    found = annotate(outcome)
    if not isinstance(outcome, NoVerdict):
        assert sorted(json.loads(a.raw_details)["path"] for a in found) == sorted(f.path for f in offending(outcome))
    for item in found:
        assert_acceptable(item)
        assert all(line.isprintable() for line in item.message.split("\n"))


def assert_acceptable(item: Annotation) -> None:
    payload = item.payload()
    json.dumps(payload).encode("utf-8")
    assert item.path
    assert 1 <= item.start_line <= item.end_line
    assert 0 < len(item.title) <= 255
    assert item.title.isprintable()
    assert 0 < len(item.message.encode()) <= TEXT_LIMIT
    assert len(item.raw_details.encode()) <= TEXT_LIMIT
    assert payload["annotation_level"] in ("failure", "warning", "notice")


@pytest.mark.parametrize(
    ("path", "matched", "text"),
    [
        ("security/x", 20_000, "x"),
        ("security/x", 1, "x" * 1_000_000),
        ("security/" + "\udcff" * 4000, 20_000, "\u202e" * 100_000),
        ("security/" + "x" * 1_000_000, 1, "x"),
    ],
)
def test_what_is_too_long_is_cut_to_valid_json(path: str, matched: int, text: str) -> None:
    rule = replace(BLOCK_RULE, id=text, statement=text, reason=text)
    judgement = replace(BLOCKED, rules=(rule,) * 50, matched=("AGENTOWNERS:1",) * matched)
    (found,) = annotate(verdict(file(path, judgement)))
    assert_acceptable(found)
    details = json.loads(found.raw_details)
    assert details["cut"] is True
    assert details["decision"] == "block"
    assert details["path"] == path[: len(details["path"])]


def test_a_path_that_only_lands_says_why_it_is_judged() -> None:
    beginning = "Why here: merging writes this file too, because "
    said = {one.path: one.message.split("\n")[1].removeprefix(beginning) for one in annotate(landing())}
    assert said == {
        "security/auth.py": "the base branch has moved it here from `lib/auth.py`",
        "security/keys.py": "a merge of two histories takes the base branch's change of it back",
        "infra/main.tf": "a commit on its own changes it, and a rebase applies commits one by one",
    }
