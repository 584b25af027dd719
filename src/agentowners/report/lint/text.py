"""Findings of ``lint`` for a terminal."""

from __future__ import annotations

from typing import Final

from agentowners.diagnostics import Severity
from agentowners.lint.model import Check, LintNeed
from agentowners.lint.run import Report
from agentowners.report.lint.findings import lint_findings
from agentowners.report.shared.cut import count
from agentowners.report.shared.diagnostic_text import finding_text
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import PLAIN, Style
from agentowners.text.wording import listed

_NEEDS: Final = {LintNeed.FILES: "files that git knows", LintNeed.ACCOUNTS: "--online"}


def lint_text(report: Report, style: Style = PLAIN) -> str:
    """Everything that was fixed and found, and a line that sums it up; ends in a newline.

    ::

        .github/AGENTOWNERS:2:1: warning[one-level-pattern]: `deploy/*` covers one level only: it lets `deploy/eu/main.tf` escape
          2 | deploy/*  @agents  block
            | ^~~~~~~~
          help: write `deploy/**` for everything below
    """
    blocks = [finding_text(finding, style, named=True) for finding in lint_findings(report)]
    fixes = [f"fixed[{fixed.id}]: {for_terminal(fixed.path)}: {for_terminal(fixed.summary)}" for fixed in report.fixed]
    notes = [f"{style.severity(Severity.NOTE, 'note')}: {for_terminal(remark)}" for remark in report.remarks]
    blocks = [*(["\n".join(fixes)] if fixes else []), *blocks, *(["\n".join(notes)] if notes else [])]
    summary = _summary(report, style)
    if report.findings and style.columns is not None:
        summary += f"\nMore about one: agentowners lint --explain {for_terminal(report.findings[0].diagnostic.id)}"
    return "\n\n".join([*blocks, summary]) + "\n"


def checks_text(checks: tuple[Check, ...]) -> str:
    """The checks there are: id, severity, and what each is about."""
    width = max((len(check.id) for check in checks), default=0)
    return "".join(f"{check.id:{width}}  {check.severity.value:7}  {check.summary}\n" for check in checks)


def _summary(report: Report, style: Style) -> str:
    where = for_terminal(report.files[0]) if len(report.files) == 1 else count(len(report.files), "file")
    numbers = [count(n, severity.value) for severity in Severity if (n := report.count(severity))]
    suffix = f"; {len(report.fixed):,} fixed" if report.fixed else ""
    suffix += f"; {report.meant:,} left out by comments in the policy" if report.meant else ""
    if not numbers:
        looked = f"{count(report.rules, 'rule')} in {where}, {_checks(report)}"
        return f"{style.strong('No mistakes found')}: {looked}{suffix}"
    fixable = report.fixable
    can = f"; {fixable:,} can be fixed with --fix" if fixable else ""
    return f"{style.strong(listed(numbers))} in {where}{can}{suffix}"


def _checks(report: Report) -> str:
    lacking = sum(report.not_run.values())
    if not lacking:
        return count(report.checks, "check")
    why = ", ".join(f"{number} {'need' if number > 1 else 'needs'} {_NEEDS[need]}" for need, number in report.not_run.items())
    return f"{report.checks} of {count(report.checks + lacking, 'check')} ran ({why})"
