from __future__ import annotations

import re

import pytest
from hypothesis import given

from agentowners.engine.verdict import AppliedRule, Judgement, Outcome
from agentowners.policy.model import Decision
from agentowners.report.shared.style import Style
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.text import text
from tests.report import golden
from tests.report.strategies import frugal, outcomes
from tests.report.verdicts import BLOCKED, COPILOT, EXAMPLES, blocked, file, verdict

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_kind_of_outcome_reads_well(example: str) -> None:
    golden.check(f"{example}.txt", text(EXAMPLES[example]()))


def test_evaluate_says_that_nothing_is_enforced() -> None:
    golden.check("blocked-evaluate.txt", text(blocked(), Enforcement.EVALUATE))


@frugal
@given(outcomes)
def test_threat_17_no_line_can_be_taken_for_a_workflow_command(outcome: Outcome) -> None:
    report = text(outcome)
    assert report.endswith("\n")
    for line in report.split("\n"):
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert "##[" not in line


def test_threat_17_a_file_name_that_is_a_command() -> None:
    report = text(verdict(file("::error::all is well\n::stop-commands::x", BLOCKED)))
    assert "  - \\x3a:error::all is well\\n::stop-commands::x" in report.splitlines()


@frugal
@given(outcomes)
def test_color_adds_nothing_but_color(outcome: Outcome) -> None:
    assert _ANSI.sub("", text(outcome, style=Style(color=True))) == text(outcome)


def test_color_sets_the_outcome_off() -> None:
    assert text(blocked(), style=Style(color=True)).startswith("\x1b[1;31mBlocked: 1 file\x1b[0m\n")


def test_many_files_of_one_kind_are_one_block() -> None:
    many = verdict(*(file(f"security/{number:03}.py", BLOCKED) for number in range(422)), file("a.py"))
    report = text(many)
    assert report.count("next") == 1
    assert report.count("  - ") == 10
    assert "    and 412 more\n" in report
    assert "1 other file is allowed." in report
    assert text(many, limit=None).count("  - ") == 422


def test_a_path_without_end_is_cut_in_the_middle() -> None:
    longest = max(map(len, text(verdict(file("security/" + "x" * 100_000 + ".py", BLOCKED))).splitlines()))
    assert longest < 3000


def ruled(id: str, line: int | None, words: str) -> Judgement:
    rule = AppliedRule(id, id.partition(":")[0], line, words, Decision.BLOCK, None)
    return Judgement(Decision.BLOCK, COPILOT, (rule,))


def test_a_rule_that_is_built_in_is_told_in_short() -> None:
    report = text(verdict(file("a", ruled("builtin:policy", None, "/x " * 100)), file("b", ruled("p:1", 1, "/y " * 100))))
    built_in, own = [line for line in report.splitlines() if "rule  " in line]
    assert built_in.endswith("…")
    assert len(built_in) < 160
    assert own.count("/y") == 100


def test_of_many_rules_the_first_are_shown() -> None:
    many = verdict(*(file(f"d{number:03}/x", ruled(f"p:{number}", number, "/d @agents block")) for number in range(1, 1001)))
    report = text(many)
    assert report.count("    rule  p:") == 20
    assert "… and 980 more rules on 980 files: `--format json` has them all.\n" in report
    assert text(many, limit=None).count("    rule  p:") == 1000
