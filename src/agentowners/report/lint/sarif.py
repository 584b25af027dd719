"""Findings of ``lint`` as SARIF: a rule for each check that found something, and for each kind of error in a policy's text."""

from __future__ import annotations

from agentowners.lint.registry import CHECKS
from agentowners.lint.run import Report
from agentowners.report.lint.findings import DOCUMENTATION, lint_findings
from agentowners.report.shared.finding import Finding
from agentowners.report.shared.sarif import SarifRule, SarifRun, sarif_text


def lint_sarif(report: Report) -> str:
    """The log as ASCII text that ends in a newline."""
    findings = lint_findings(report)
    run = SarifRun(
        tool="AGENTOWNERS lint",
        url=DOCUMENTATION,
        rules=[_rule(finding) for finding in {finding.id: finding for finding in findings}.values()],
        findings=findings,
        fingerprint="agentownersLint/v1",
        remarks=report.remarks,
    )
    return sarif_text(run)


def _rule(finding: Finding) -> SarifRule:
    check = next((check for check in CHECKS if check.id == finding.id), None)
    if check is None:
        return SarifRule(id=finding.id, summary="The policy does not parse")
    return SarifRule(id=check.id, summary=check.summary, level=check.severity, url=finding.url)
