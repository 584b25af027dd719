"""A checkup's answers as findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agentowners.checkup.findings import CheckupFinding, Guarantee
from agentowners.diagnostics import Severity
from agentowners.report.shared.finding import Finding

_LEVELS: Final = {
    Guarantee.UNAVAILABLE: Severity.ERROR,
    Guarantee.BEST_EFFORT: Severity.WARNING,
    Guarantee.STRONG: Severity.NOTE,
}


def checkup_findings(answers: Iterable[CheckupFinding]) -> list[Finding]:
    """The answers in their order; a finding is named after its question and says what it is about in its title."""
    return [
        Finding(
            id=answer.question.value,
            level=_LEVELS[answer.guarantee],
            title=answer.subject,
            message=answer.why,
            help=answer.fix,
            properties={"guarantee": answer.guarantee.value, "known": answer.known, "branch": answer.branch},
        )
        for answer in answers
    ]
