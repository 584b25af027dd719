from __future__ import annotations

from agentowners.diagnostics import Severity, Source
from agentowners.lint.model import LintFacts, LintSubject
from agentowners.lint.run import MAX_FINDINGS, Report, find, left_out
from agentowners.policy.load import load_policy
from tests.lint.linting import said, subject


def test_findings_stand_by_file_and_place() -> None:
    sources = [Source("b", b"'x'  @agent  block\nrefs/x  @agents  block\n"), Source("a", b"'y'  @agents  block\n")]
    found = find(LintSubject(load_policy(sources)))
    assert [(f.diagnostic.span.path, f.diagnostic.id) for f in found] == [
        ("b", "literal-character"),
        ("b", "misspelled-group"),
        ("b", "ref-nowhere"),
        ("a", "literal-character"),
    ]


def test_an_ignored_check_does_not_run() -> None:
    assert said(find(subject("'x'  @agent  block\n"), {"literal-character"})) == [
        "1 `@agent`: `@agent` is an account of that name, and no group"
    ]


def test_files_are_listed_only_where_a_check_can_use_them() -> None:
    asked = []

    def listing() -> tuple[str, ...]:
        asked.append(1)
        return ("deploy/a/b",)

    for text, times in (("default  @agents  block\n", 0), ("deploy/* main  @agents  block\n", 1)):
        policy = load_policy([Source("AGENTOWNERS", text.encode())])
        find(LintSubject(policy, LintFacts(files=listing)))
        assert len(asked) == times


def test_a_report_counts() -> None:
    found = find(subject("'x'  @agent  block  # \u200b\n"))
    report = Report(files=("AGENTOWNERS",), findings=found)
    assert [report.count(severity) for severity in Severity] == [0, 3, 0]
    assert report.fixable == 1


def test_what_is_found_too_often_is_cut_short_and_that_is_said() -> None:
    found = find(subject(b"# lint: ignore=a,b,c,d,e,f,g,h,i,j\n" * (MAX_FINDINGS // 10 + 1) + b"default @agents block\n"))
    assert len(found) == MAX_FINDINGS
    assert left_out(found) == ("`unknown-check` found 10,000 mistakes, and does not look for more",)
    assert left_out(found[1:]) == ()
