"""The GitHub Action's outputs, as far as they follow from the outcome."""

from __future__ import annotations

from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.report.verdict.conclusion import Enforcement, conclude


def outputs(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> dict[str, str]:
    """Outputs by name. Where no verdict was reached, all but ``conclusion`` are empty: 0 would read like a pass."""
    verdict = None if isinstance(outcome, NoVerdict) else outcome
    return {
        "decision": verdict.decision.value if verdict else "",
        "conclusion": conclude(outcome, enforcement).conclusion.value,
        "approvals-required": str(verdict.approvals.required) if verdict else "",
        "approvals-granted": str(verdict.approvals.granted) if verdict else "",
        "blocked-files": str(len(verdict.blocked)) if verdict else "",
    }
