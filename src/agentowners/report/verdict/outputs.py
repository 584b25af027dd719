"""The GitHub Action's outputs, as far as they follow from the outcome."""

from __future__ import annotations

from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.report.verdict.conclusion import Enforcement, conclude


def outputs(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> dict[str, str]:
    """Outputs by name. Where no verdict was reached, all but ``conclusion`` are empty: 0 would read like a pass."""
    concluded = conclude(outcome, enforcement)
    if isinstance(outcome, NoVerdict):
        return {
            "decision": "",
            "conclusion": concluded.conclusion.value,
            "approvals-required": "",
            "approvals-granted": "",
            "blocked-files": "",
        }
    return {
        "decision": outcome.decision.value,
        "conclusion": concluded.conclusion.value,
        "approvals-required": str(outcome.approvals.required),
        "approvals-granted": str(outcome.approvals.granted),
        "blocked-files": str(len(outcome.blocked)),
    }
