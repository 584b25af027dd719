"""A checkup for a terminal: worst first, each finding with what to do, and at the end what helps most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.checkup.findings import Checkup, Guarantee
from agentowners.dispatch.matrix import MatrixRow
from agentowners.policy.model import Decision
from agentowners.report.doctor.findings import checkup_findings
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.matrix import TITLE, matrix_lines
from agentowners.report.shared.style import PLAIN, Style

WORDS: Final = {Guarantee.UNAVAILABLE: "unavailable", Guarantee.BEST_EFFORT: "best effort", Guarantee.STRONG: "strong"}
_DECISIONS: Final = {
    Guarantee.UNAVAILABLE: Decision.BLOCK,
    Guarantee.BEST_EFFORT: Decision.REQUIRE_APPROVAL,
    Guarantee.STRONG: Decision.ALLOW,
}


def doctor_text(checkup: Checkup, style: Style = PLAIN, rows: Sequence[MatrixRow] = ()) -> str:
    """The checkup as text that ends in a newline; ``rows`` are the matrix of where a policy holds."""
    return "".join(f"{line}\n" for line in _lines(checkup, style, rows))


def _lines(checkup: Checkup, style: Style, rows: Sequence[MatrixRow]) -> Iterator[str]:
    yield style.strong(for_terminal(title(checkup)))
    for guarantee, decision in _DECISIONS.items():
        findings = checkup_findings(checkup.of(guarantee))
        if findings:
            yield ""
            yield style.decision(decision, WORDS[guarantee].capitalize())
        for finding in findings:
            yield for_terminal(f"  - {finding.title}: {finding.message}")
            if finding.help is not None:
                yield for_terminal(f"    fix  {finding.help}")
    if rows:
        yield ""
        yield style.strong(f"{TITLE} (`agentowners mode explain` says why)")
        yield from matrix_lines(rows)
    yield ""
    yield for_terminal(closing(checkup))


def title(checkup: Checkup) -> str:
    """The number of findings of each guarantee."""
    counts = ", ".join(f"{len(checkup.of(guarantee))} {WORDS[guarantee]}" for guarantee in Guarantee)
    return f"{checkup.repository}: {counts}"


def closing(checkup: Checkup) -> str:
    """The step that helps most."""
    finding = checkup.next
    return "Nothing here can be better." if finding is None else f"Next: {finding.fix}"
