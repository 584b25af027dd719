"""Everything that ``lint`` found, as findings."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from agentowners.diagnostics import Severity
from agentowners.lint.registry import CHECKS
from agentowners.lint.run import Report
from agentowners.report.shared.cut import around
from agentowners.report.shared.finding import Finding, of_diagnostic

DOCUMENTATION: Final = "https://github.com/agentowners/agentowners-action/blob/main/docs/commands/lint.md"
_KNOWN: Final = frozenset(check.id for check in CHECKS)


def lint_findings(report: Report) -> list[Finding]:
    """The findings of a report in its order; those of a check lead to its heading in the documentation."""
    findings = []
    for item in report.findings:
        diagnostic = item.diagnostic
        span = diagnostic.span
        findings.append(
            replace(
                of_diagnostic(diagnostic),
                related=item.related,
                fix=item.fix,
                url=documentation(diagnostic.id) if diagnostic.id in _KNOWN else None,
                identity=(diagnostic.id, span.path, around(span.text, span.column), diagnostic.message),
            )
        )
    return findings


def documentation(id: str) -> str:
    """Address of a check's heading in the documentation."""
    return f"{DOCUMENTATION}#{id}"


def remark_finding(remark: str) -> Finding:
    """A remark about what was not looked at."""
    return Finding(id="remark", level=Severity.NOTE, title="Not everything was looked at", message=remark)
