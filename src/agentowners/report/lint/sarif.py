"""Findings of ``lint`` as SARIF: a rule for each check that found something, and for each kind of error in a policy's text."""

from __future__ import annotations

from agentowners.lint.registry import CHECKS
from agentowners.lint.run import Report
from agentowners.report.lint.findings import DOCUMENTATION, documented, lint_findings
from agentowners.report.shared.json_text import Json
from agentowners.report.shared.sarif import sarif_rule, sarif_text


def lint_sarif(report: Report) -> str:
    """The log as ASCII text that ends in a newline."""
    findings = lint_findings(report)
    return sarif_text(
        "AGENTOWNERS lint",
        {finding.id: _rule_descriptor(finding.id) for finding in findings},
        findings,
        fingerprint="agentownersLint/v1",
        url=DOCUMENTATION,
        remarks=report.remarks,
    )


def _rule_descriptor(id: str) -> Json:
    check = next((check for check in CHECKS if check.id == id), None)
    if check is None:
        return sarif_rule("The policy does not parse")
    return sarif_rule(check.summary, level=check.severity, url=documented(id))
