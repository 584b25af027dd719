from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given

from agentowners.diagnostics import Severity
from agentowners.engine.verdict import Outcome
from agentowners.report.shared.commands import PER_LEVEL, command
from agentowners.report.shared.finding import FileLine, Finding
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.findings import commands
from tests.report.strategies import frugal, nasty, outcomes, patient
from tests.report.test_escape import runner_unescape
from tests.report.verdicts import (
    BLOCKED,
    allowed,
    blocked,
    blocked_and_waiting,
    file,
    too_many_files,
    unparsed,
    verdict,
    waiting,
)

_LINE = re.compile(r"::(error|warning|notice) (?:file=([^:,]+),(?:line=(\d+),)?)?title=([^:,]*)::([^\n\r]*)")


def test_the_outcome_first_then_each_file() -> None:
    assert commands(blocked()) == (
        "::error title=Blocked%3A 1 file::`@copilot` may not change 1 of 2 changed files.",
        "::error file=security/x.py,line=12,title=Blocked by .github/AGENTOWNERS%3A2::`@copilot` (AI agent, verified): modified"
        "%0ARule .github/AGENTOWNERS:2: security/** @smooth-operative/* @copilot block%0AReason: keys live here%0ANext: take this"
        " change out; to let `@copilot` make it, first change rule `.github/AGENTOWNERS:2` on `main`",
    )


@pytest.mark.parametrize(
    ("outcome", "levels"),
    [
        (allowed(), {"notice": 1}),
        (waiting(), {"warning": 3}),
        (blocked_and_waiting(), {"error": 3, "warning": 1, "notice": 1}),
        (unparsed(), {"error": 3}),
        (too_many_files(), {"error": 1}),
    ],
)
def test_levels(outcome: Outcome, levels: dict[str, int]) -> None:
    assert Counter(line[2:].split(" ")[0] for line in commands(outcome)) == levels


def test_why_there_is_no_verdict_comes_with_what_to_do() -> None:
    (line,) = commands(too_many_files())
    assert line.startswith("::error title=Too many files to list::The pull request changes 3,412 files")
    assert line.endswith("%0ASplit the pull request, or judge it with `agentowners check --base` in a checkout.")


def test_at_most_ten_of_a_level_and_the_rest_counted() -> None:
    lines = commands(verdict(*(file(f"security/{number:02}", BLOCKED) for number in range(30))))
    assert len(lines) == PER_LEVEL
    assert lines[-1] == "::error title=And more::22 more like these; the job's summary and the report list them"
    exactly = commands(verdict(*(file(f"security/{number:02}", BLOCKED) for number in range(9))))
    assert len(exactly) == PER_LEVEL
    assert "And more" not in exactly[-1]


@frugal
@given(outcomes)
def test_threat_17_no_line_of_ours_can_be_forged(outcome: Outcome) -> None:
    for enforcement in Enforcement:
        lines = commands(outcome, enforcement)
        assert lines
        assert max(Counter(line.split(" ")[0] for line in lines).values()) <= PER_LEVEL
        for line in lines:
            assert line.isprintable()
            assert _LINE.fullmatch(line), line


@patient
@given(nasty.filter(bool), nasty, nasty)
def test_the_runner_reads_what_was_meant(path: str, title: str, message: str) -> None:
    lines = tuple(message.split("\n"))
    place = FileLine(path, 7)
    finding = Finding(id="x", level=Severity.WARNING, title=title, message="", details=lines, location=place)
    match = _LINE.fullmatch(command(finding))
    assert match is not None
    assert match.group(1, 3) == ("warning", "7")
    assert "\n" not in runner_unescape(match.group(2), property=True)
    assert runner_unescape(match.group(5), property=False).count("\n") == message.count("\n")
