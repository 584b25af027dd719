"""A verdict as workflow commands, for where no check run can be written."""

from __future__ import annotations

from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.report.shared.commands import workflow_commands
from agentowners.report.shared.finding import Finding, of_diagnostics
from agentowners.report.verdict.advice import next_steps, sentence
from agentowners.report.verdict.conclusion import Enforcement, conclude
from agentowners.report.verdict.findings import verdict_findings


def commands(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> tuple[str, ...]:
    """The lines to print, without line ends: the outcome, then the offending files; at most ten of each level in all."""
    concluded, text = conclude(outcome, enforcement), sentence(outcome, enforcement)
    steps: tuple[str, ...] = ()
    if isinstance(outcome, NoVerdict):
        steps, findings = next_steps(outcome), of_diagnostics(outcome.diagnostics)
    else:
        findings = [finding for _, finding in verdict_findings(outcome, enforcement)]
    level = concluded.conclusion.severity
    first = Finding(id="verdict", level=level, title=concluded.title, message=text, details=(text, *steps))
    return workflow_commands([first, *findings])
