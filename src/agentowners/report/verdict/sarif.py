"""A verdict as SARIF: a rule for each policy rule that carries a decision, a result for each offending path.

Diagnostics of the policy's text are notifications about the tool's configuration; a missing verdict is one about its execution,
which then was not successful.
"""

from __future__ import annotations

from typing import Final

from agentowners.diagnostics import Severity
from agentowners.engine.verdict import AppliedRule, NoVerdict, Outcome
from agentowners.policy.model import Decision
from agentowners.report.shared.cut import shorten
from agentowners.report.shared.escape import printable
from agentowners.report.shared.finding import Finding, of_diagnostic
from agentowners.report.shared.json_text import Json
from agentowners.report.shared.sarif import sarif_rule, sarif_text
from agentowners.report.verdict.advice import sentence
from agentowners.report.verdict.conclusion import Enforcement, conclude
from agentowners.report.verdict.findings import UNNAMED, rule_ids, verdict_findings
from agentowners.report.verdict.groups import groups

_LEVELS: Final = {Decision.BLOCK: Severity.ERROR, Decision.REQUIRE_APPROVAL: Severity.WARNING, Decision.ALLOW: Severity.NOTE}
_TEXT: Final = 1000


def sarif(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> str:
    """The log as ASCII text that ends in a newline."""
    rules: dict[str, Json] = {}
    findings: list[Finding] = []
    failure = None
    if isinstance(outcome, NoVerdict):
        failure = sentence(outcome) + (f" {outcome.help}" if outcome.help else "")
    else:
        listed = groups(outcome)
        rules = {id: _rule_descriptor(rule) for rule, id in rule_ids(listed).items()}
        if any(not group.said.rules for group in listed):
            rules.setdefault(UNNAMED, sarif_rule("What the policy restricts"))
        findings = [finding for _, finding in verdict_findings(outcome, enforcement)]
    concluded = conclude(outcome, enforcement)
    conflict = not isinstance(outcome, NoVerdict) and outcome.conflict
    return sarif_text(
        "AGENTOWNERS",
        rules,
        findings,
        fingerprint="agentownersFinding/v1",
        failure=failure,
        configuration=list(map(of_diagnostic, outcome.diagnostics)),
        properties={"conclusion": concluded.conclusion.value, "title": concluded.title, "conflict": conflict},
    )


def _rule_descriptor(rule: AppliedRule) -> Json:
    text = shorten(rule.text, _TEXT)
    return sarif_rule(
        text,
        description=shorten(rule.reason, _TEXT) if rule.reason else text,
        level=_LEVELS[rule.decision],
        properties={"source": printable(rule.source), "line": rule.line},
    )
