"""What ``lint`` found, for a terminal."""

from __future__ import annotations

from agentowners.diagnostics import Severity
from agentowners.lint.model import Check, Finding
from agentowners.lint.run import Report
from agentowners.report.shared.cut import count, listed
from agentowners.report.shared.diagnostic_text import place_lines
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import PLAIN, Style


def lint_text(report: Report, style: Style = PLAIN) -> str:
    """Everything that was fixed and found, and a line that sums it up; ends in a newline.

    ::

        .github/AGENTOWNERS:2:1: warning[one-level-pattern]: `deploy/*` covers one level only: it lets `deploy/eu/main.tf` escape
          2 | deploy/*  @agents  block
            | ^~~~~~~~
          help: write `deploy/**` for everything below
    """
    blocks = [finding_text(finding, style) for finding in report.findings]
    fixed = [f"fixed[{one.id}]: {for_terminal(one.path)}: {for_terminal(one.summary)}" for one in report.fixed]
    notes = [f"{style.severity(Severity.NOTE, 'note')}: {for_terminal(remark)}" for remark in report.remarks]
    blocks = [*(["\n".join(fixed)] if fixed else []), *blocks, *(["\n".join(notes)] if notes else [])]
    return "\n\n".join([*blocks, _summary(report, style)]) + "\n"


def finding_text(finding: Finding, style: Style = PLAIN) -> str:
    """One finding, in lines without a final newline."""
    diagnostic = finding.diagnostic
    severity = style.severity(diagnostic.severity, f"{diagnostic.severity.value}[{for_terminal(diagnostic.id)}]")
    lines = place_lines(diagnostic.span, f"{severity}: {for_terminal(diagnostic.message)}", diagnostic.severity, style)
    for words, span in finding.related:
        note = style.severity(Severity.NOTE, "note")
        lines += [f"  {line}" for line in place_lines(span, f"{note}: {for_terminal(words)}", Severity.NOTE, style)]
    if diagnostic.help is not None:
        lines.append(f"  {style.strong('help')}: {for_terminal(diagnostic.help)}")
    if finding.fix is not None:
        lines.append(f"  {style.strong('fix')}: {for_terminal(finding.fix.summary)} (with --fix)")
    return "\n".join(lines)


def checks_text(checks: tuple[Check, ...]) -> str:
    """The checks there are: id, severity, and what each is about."""
    width = max((len(check.id) for check in checks), default=0)
    return "".join(f"{check.id:{width}}  {check.severity.value:7}  {check.summary}\n" for check in checks)


def _summary(report: Report, style: Style) -> str:
    where = for_terminal(report.files[0]) if len(report.files) == 1 else count(len(report.files), "file")
    numbers = [count(n, severity.value) for severity in Severity if (n := report.count(severity))]
    done = f"; {len(report.fixed):,} fixed" if report.fixed else ""
    done += f"; {report.meant:,} left out by comments in the policy" if report.meant else ""
    if not numbers:
        looked = f"{count(report.rules, 'rule')} in {where}, {count(report.checks, 'check')}"
        return f"{style.strong('No mistakes found')}: {looked}{done}"
    fixable = report.fixable
    can = f"; {fixable:,} can be fixed with --fix" if fixable else ""
    return f"{style.strong(listed(numbers))} in {where}{can}{done}"
