"""A checkup as JSON, schema version 1: ``schemas/doctor-1.schema.json`` describes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentowners.checkup.findings import Checkup, Guarantee
from agentowners.dispatch.matrix import MatrixRow
from agentowners.report.doctor.findings import checkup_findings
from agentowners.report.shared.finding import Finding
from agentowners.report.shared.json_text import encode
from agentowners.report.shared.matrix import matrix_json

if TYPE_CHECKING:
    from agentowners.report.doctor.document import AnswerJson, DoctorJson


def to_json(checkup: Checkup, rows: Sequence[MatrixRow] = ()) -> DoctorJson:
    """The document; ``rows`` are the matrix of where a policy holds."""
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
        "findings": [_entry(finding) for finding in checkup_findings(checkup.sorted)],
        "next": None if checkup.next is None else _entry(checkup_findings([checkup.next])[0]),
        "enforced": matrix_json(rows),
    }


def doctor_json(checkup: Checkup, rows: Sequence[MatrixRow] = ()) -> str:
    """The document as ASCII text that ends in a newline."""
    return encode(to_json(checkup, rows), indent=2) + "\n"


def _entry(finding: Finding) -> AnswerJson:
    return {
        "id": finding.id,
        "branch": finding.properties["branch"],
        "subject": finding.title,
        "guarantee": finding.properties["guarantee"],
        "known": finding.properties["known"],
        "why": finding.message,
        "fix": finding.help,
    }
