"""Everything that ``lint`` found, as findings."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from agentowners.diagnostics import Severity
from agentowners.lint.registry import CHECKS
from agentowners.lint.run import Report
from agentowners.report.shared.commands import workflow_commands
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
                url=documented(diagnostic.id),
                identity=(diagnostic.id, span.path, around(span.text, span.column), diagnostic.message),
            )
        )
    return findings


def documented(id: str) -> str | None:
    """Address of a check's heading in the documentation; None for an id that is no check's."""
    return f"{DOCUMENTATION}#{id}" if id in _KNOWN else None


def lint_commands(report: Report) -> tuple[str, ...]:
    """The lines to print, without line ends: at most ten of each level, as many as the runner shows."""
    title = "Not everything was looked at"
    remarks = (Finding(id="remark", level=Severity.NOTE, title=title, message=remark) for remark in report.remarks)
    findings = [
        replace(lint_finding, details=(*lint_finding.lines, f"Docs: {lint_finding.url}")) if lint_finding.url else lint_finding
        for lint_finding in lint_findings(report)
    ]
    return workflow_commands([*findings, *remarks])
