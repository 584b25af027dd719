"""What ``lint`` found as workflow commands, for a job's log and the files of a pull request."""

from __future__ import annotations

from typing import Final

from agentowners.diagnostics import Severity
from agentowners.lint.model import Finding
from agentowners.lint.run import Report
from agentowners.report.shared.escape import printable
from agentowners.report.verdict.github import command, limited
from agentowners.report.verdict.groups import Level

_LEVELS: Final = {Severity.ERROR: Level.FAILURE, Severity.WARNING: Level.WARNING, Severity.NOTE: Level.NOTICE}


def lint_commands(report: Report) -> tuple[str, ...]:
    """The lines to print, without line ends: at most ten of each level, as many as the runner shows."""
    lines = [(_LEVELS[finding.diagnostic.severity], _about(finding)) for finding in report.findings]
    lines += [(Level.NOTICE, command(Level.NOTICE, "Not everything was looked at", remark)) for remark in report.remarks]
    return limited(lines)


def _about(finding: Finding) -> str:
    diagnostic = finding.diagnostic
    level, span = _LEVELS[diagnostic.severity], diagnostic.span
    message = "\n".join([diagnostic.message, *([f"Help: {diagnostic.help}"] if diagnostic.help else [])])
    return command(
        level, f"Policy {diagnostic.severity.value}: {printable(diagnostic.id)}", message, file=span.path, line=span.line
    )
