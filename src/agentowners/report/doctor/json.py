"""A checkup as JSON, schema version 1: ``schemas/doctor-1.schema.json`` describes it."""

from __future__ import annotations

from typing import Any

from agentowners.checkup.findings import Checkup, Finding, Guarantee
from agentowners.report.shared.json_text import encode

Json = dict[str, Any]


def to_json(checkup: Checkup) -> Json:
    """The document."""
    following = checkup.next
    return {
        "schema": 1,
        "repository": checkup.repository,
        "default_branch": checkup.default_branch,
        "branches": list(checkup.branches),
        "summary": {
            "strong": len(checkup.of(Guarantee.STRONG)),
            "best_effort": len(checkup.of(Guarantee.BEST_EFFORT)),
            "unavailable": len(checkup.of(Guarantee.UNAVAILABLE)),
            "not_known": sum(not finding.known for finding in checkup.findings),
            "fixable": sum(finding.fix is not None for finding in checkup.findings),
        },
        "findings": [_finding(finding) for finding in checkup.sorted],
        "next": None if following is None else _finding(following),
    }


def doctor_json(checkup: Checkup) -> str:
    """The document as ASCII text that ends in a newline."""
    return encode(to_json(checkup), indent=2) + "\n"


def _finding(finding: Finding) -> Json:
    return {
        "id": finding.question.value,
        "branch": finding.branch,
        "subject": finding.subject,
        "guarantee": finding.guarantee.value,
        "known": finding.known,
        "why": finding.why,
        "fix": finding.fix,
    }
