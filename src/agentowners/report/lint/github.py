"""Findings of ``lint`` as workflow commands."""

from __future__ import annotations

from agentowners.lint.run import Report
from agentowners.report.lint.findings import lint_findings, remark_finding
from agentowners.report.shared.commands import workflow_commands


def lint_commands(report: Report) -> tuple[str, ...]:
    """The lines to print, without line ends: at most ten of each level, as many as the runner shows."""
    return workflow_commands([*lint_findings(report), *map(remark_finding, report.remarks)])
