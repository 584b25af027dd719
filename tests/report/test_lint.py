"""What ``lint`` found, in every format."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agentowners.diagnostics import Diagnostic, PolicyError, Severity, Source, Span
from agentowners.lint.model import Fix, LintFinding, LintSubject
from agentowners.lint.run import FixedFinding, Report, find
from agentowners.policy.load import load_policy
from agentowners.report.lint.findings import DOCUMENTATION, documented, lint_commands
from agentowners.report.lint.json import lint_json
from agentowners.report.lint.sarif import lint_sarif
from agentowners.report.lint.text import lint_text
from agentowners.report.shared.style import Style
from agentowners.text.edits import TextEdit
from tests.docs.pages import ROOT
from tests.report.test_sarif import VALIDATOR

SCHEMA = json.loads((ROOT / "src/agentowners/schemas/lint-1.schema.json").read_text())
SPAN = Span(".github/AGENTOWNERS", 2, 1, 2, 9, "deploy/*  @agents  block")
FIRST = Span(".github/AGENTOWNERS", 1, 1, 1, 2, "x  @agents  block")
FINDING = LintFinding(
    Diagnostic("one-level-pattern", Severity.WARNING, "`deploy/*` covers one level only", SPAN, "write `deploy/**`"),
    Fix("write it", (TextEdit(SPAN, "deploy/**"), TextEdit(FIRST, ""))),
    (("beside this one", FIRST),),
)
NOTE = LintFinding(Diagnostic("allow-by-default", Severity.NOTE, "an `allow` that says nothing", FIRST))
REPORT = Report(
    files=(".github/AGENTOWNERS",),
    findings=(FINDING, NOTE),
    rules=3,
    checks=20,
    fixed=(FixedFinding("duplicate-rule", ".github/AGENTOWNERS", "remove the later one"),),
    remarks=("2 teams of `acme` could not be looked up",),
)


def test_text() -> None:
    assert (
        lint_text(REPORT)
        == """\
fixed[duplicate-rule]: .github/AGENTOWNERS: remove the later one

.github/AGENTOWNERS:2:1: warning[one-level-pattern]: `deploy/*` covers one level only
  2 | deploy/*  @agents  block
    | ^~~~~~~~
  .github/AGENTOWNERS:1:1: note: beside this one
    1 | x  @agents  block
      | ^
  help: write `deploy/**`
  fix: write it (with --fix)

.github/AGENTOWNERS:1:1: note[allow-by-default]: an `allow` that says nothing
  1 | x  @agents  block
    | ^

note: 2 teams of `acme` could not be looked up

1 warning and 1 note in .github/AGENTOWNERS; 1 can be fixed with --fix; 1 fixed
"""
    )


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (Report(files=("a",), findings=(), rules=1, checks=2), "No mistakes found: 1 rule in a, 2 checks\n"),
        (Report(files=("a", "b"), findings=(), rules=0, checks=1), "No mistakes found: 0 rules in 2 files, 1 check\n"),
        (
            Report(files=("a",), findings=(), rules=0, checks=1, fixed=REPORT.fixed),
            "No mistakes found: 0 rules in a, 1 check; 1 fixed\n",
        ),
        (
            Report(files=("a",), findings=(), rules=1, checks=2, meant=3),
            "No mistakes found: 1 rule in a, 2 checks; 3 left out by comments in the policy\n",
        ),
    ],
)
def test_the_last_line_where_there_is_nothing(report: Report, said: str) -> None:
    assert lint_text(report).endswith(said)


def test_color_says_nothing_that_words_do_not() -> None:
    import re

    colored = lint_text(REPORT, Style(color=True))
    assert "\x1b[1;33mwarning[one-level-pattern]\x1b[0m" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == lint_text(REPORT)


def test_json() -> None:
    document = json.loads(lint_json(REPORT))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["findings"][0] == {
        "id": "one-level-pattern",
        "severity": "warning",
        "message": "`deploy/*` covers one level only",
        "path": ".github/AGENTOWNERS",
        "line": 2,
        "column": 1,
        "end_line": 2,
        "end_column": 9,
        "source": "deploy/*  @agents  block",
        "help": "write `deploy/**`",
        "related": [
            {"message": "beside this one", "path": ".github/AGENTOWNERS", "line": 1, "column": 1, "end_line": 1, "end_column": 2}
        ],
        "fix": {
            "summary": "write it",
            "edits": [
                {"path": ".github/AGENTOWNERS", "line": 2, "column": 1, "end_line": 2, "end_column": 9, "text": "deploy/**"},
                {"path": ".github/AGENTOWNERS", "line": 1, "column": 1, "end_line": 1, "end_column": 2, "text": ""},
            ],
        },
    }
    assert document["summary"] == {
        "rules": 3,
        "checks": 20,
        "errors": 0,
        "warnings": 1,
        "notes": 1,
        "fixable": 1,
        "fixed": 1,
        "meant": 0,
    }
    assert document["remarks"] == ["2 teams of `acme` could not be looked up"]
    assert document["fixed"] == [{"id": "duplicate-rule", "path": ".github/AGENTOWNERS", "summary": "remove the later one"}]


def run_of(report: Report) -> dict[str, Any]:
    log = json.loads(lint_sarif(report))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif() -> None:
    run = run_of(REPORT)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["one-level-pattern", "allow-by-default"]
    assert rules[0]["helpUri"].endswith("/docs/commands/lint.md#one-level-pattern")
    first, second = run["results"]
    assert (first["level"], second["level"], second["ruleIndex"]) == ("warning", "note", 1)
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 9}
    assert first["relatedLocations"][0]["message"] == {"text": "beside this one"}
    assert [r["insertedContent"]["text"] for r in first["fixes"][0]["artifactChanges"][0]["replacements"]] == ["deploy/**", ""]
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == REPORT.remarks[0]


def test_a_finding_keeps_its_fingerprint_when_its_line_moves() -> None:
    moved = Span(SPAN.path, 9, 1, 9, 9, SPAN.text)
    again = LintFinding(Diagnostic(FINDING.diagnostic.id, Severity.WARNING, FINDING.diagnostic.message, moved))
    one, other = (run_of(Report(files=("a",), findings=(f,)))["results"][0] for f in (FINDING, again))
    assert one["partialFingerprints"] == other["partialFingerprints"]


def test_commands() -> None:
    assert lint_commands(REPORT) == (
        "::warning file=.github/AGENTOWNERS,line=2,title=Policy warning%3A one-level-pattern::"
        f"`deploy/*` covers one level only%0AHelp: write `deploy/**`%0ADocs: {DOCUMENTATION}#one-level-pattern",
        "::notice file=.github/AGENTOWNERS,line=1,title=Policy note%3A allow-by-default::"
        f"an `allow` that says nothing%0ADocs: {DOCUMENTATION}#allow-by-default",
        "::notice title=Not everything was looked at::2 teams of `acme` could not be looked up",
    )
    assert len(lint_commands(Report(files=("a",), findings=(FINDING,) * 50))) == 10


def of(data: bytes, path: str) -> Report:
    try:
        policy = load_policy([Source(path, data)])
    except PolicyError as error:
        return Report(files=(path,), findings=tuple(map(LintFinding, error.diagnostics)))
    return Report(files=(path,), findings=find(LintSubject(policy)))


def test_errors_are_findings_too() -> None:
    report = of(b"x @agents blok\ny @ block\n", "AGENTOWNERS")
    assert lint_text(report).count("error[") == 2
    assert lint_text(report).endswith("2 errors in AGENTOWNERS\n")
    assert run_of(report)["tool"]["driver"]["rules"][0] == {
        "id": "unknown-decision",
        "shortDescription": {"text": "The policy does not parse"},
    }


def test_in_a_jobs_log_a_finding_has_its_page_and_on_a_terminal_the_command_that_explains_it() -> None:
    logged = lint_text(REPORT, Style(pages=documented))
    assert logged.count("  docs: ") == 2
    assert f"  docs: {DOCUMENTATION}#one-level-pattern\n" in logged
    assert "--explain" not in logged
    shown = lint_text(REPORT, Style(color=True, links=True, columns=100))
    assert shown.endswith("\nMore about one: agentowners lint --explain one-level-pattern\n")
    assert f"\x1b]8;;{DOCUMENTATION}#one-level-pattern\x1b\\one-level-pattern\x1b]8;;\x1b\\" in shown
    assert "docs:" not in shown
    assert "--explain" not in lint_text(Report(files=("a",), findings=()), Style(columns=100))


@pytest.mark.parametrize("end", ["\x1b\\", "\x07", "\x9c", "\n"])
def test_an_address_in_which_a_terminal_could_find_its_end_leads_nowhere(end: str) -> None:
    assert Style(links=True).link("one-level-pattern", f"https://example.com/{end}x") == "one-level-pattern"


HOSTILE = st.lists(
    st.sampled_from(
        [
            "x",
            "deploy/*",
            "'q'",
            "@agents",
            "@claud",
            "block",
            "allow",
            " ",
            " ",
            "\n",
            "#",
            "\x1b[31m",
            "::error::x",
            "##[error]",
            "\u202e",
            "\udc80",
        ]
    )
    | st.text(max_size=5),
    max_size=20,
).map("".join)


@given(HOSTILE, st.sampled_from(["AGENTOWNERS", ".agentowners.yml", "a\x1b[0m\n::warning::b", "\udcff"]))
def test_nothing_hostile_gets_through(text: str, path: str) -> None:
    report = of(text.encode("utf-8", "surrogatepass"), path)
    Draft202012Validator(SCHEMA).validate(json.loads(lint_json(report)))
    VALIDATOR.validate(json.loads(lint_sarif(report)))
    shown = lint_text(report)
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in shown.splitlines())
    linked = re.sub(r"\x1b\]8;;(?:https://[!-~]*)?\x1b\\", "", lint_text(report, Style(links=True, columns=100)))
    assert all(char.isprintable() or char == "\n" for char in linked)
    for line in lint_commands(report):
        assert "\n" not in line
        assert line.startswith(("::error ", "::warning ", "::notice "))
