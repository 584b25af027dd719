"""A checkup, worst first: for a terminal with what helps most at the end, as a table in Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Final, Literal, NotRequired, TypedDict

from msgspec import to_builtins

from agentowners.checkup.findings import Checkup, CheckupFinding, Guarantee, Question
from agentowners.dispatch.matrix import MatrixRow
from agentowners.documents import Count, one_of, says
from agentowners.policy.model import Decision
from agentowners.report.shared.escape import for_markdown_prose, for_terminal
from agentowners.report.shared.json_text import json_document
from agentowners.report.shared.matrix import TITLE, EnforcedJson, matrix_json, matrix_lines, matrix_table
from agentowners.report.shared.style import PLAIN, Style
from agentowners.report.shared.tables import table

_WORDS: Final = {Guarantee.UNAVAILABLE: "unavailable", Guarantee.BEST_EFFORT: "best effort", Guarantee.STRONG: "strong"}
_DECISIONS: Final = {
    Guarantee.UNAVAILABLE: Decision.BLOCK,
    Guarantee.BEST_EFFORT: Decision.REQUIRE_APPROVAL,
    Guarantee.STRONG: Decision.ALLOW,
}


class DoctorSummaryJson(TypedDict):
    """Findings, counted."""

    strong: Count
    best_effort: Count
    unavailable: Annotated[Count, says("Those that could not be told included.")]
    not_known: Annotated[Count, says("Those that could not be told.")]
    fixable: Annotated[Count, says("Those that have a fix; 0 is exit code 0.")]


class AnswerJson(TypedDict):
    """Answer to one question."""

    id: Annotated[str, one_of(Question), says("The question that this answers.")]
    branch: Annotated[str | None, says("The branch that it is about, null for the whole repository.")]
    subject: Annotated[str, says("What it is about, for people.")]
    guarantee: Annotated[str, one_of(Guarantee)]
    known: Annotated[bool, says("False where it could not be told; the guarantee then is `unavailable`.")]
    why: str
    fix: Annotated[str | None, says("What to do, null where nothing can be better.")]


class DoctorJson(TypedDict):
    """Printed by `agentowners doctor --format json`."""

    schema: Literal[1]
    repository: Annotated[str, says("`owner/name`.")]
    default_branch: str
    branches: Annotated[list[str], says("The branches that were looked at.")]
    summary: DoctorSummaryJson
    findings: Annotated[list[AnswerJson], says("Worst first.")]
    next: Annotated[AnswerJson | None, says("The finding whose fix helps most; null where nothing can be better.")]
    enforced: Annotated[
        NotRequired[list[EnforcedJson]],
        says("How much of a policy holds at each place that may enforce it, whatever this repository is set up for."),
    ]


def doctor_text(checkup: Checkup, style: Style = PLAIN, rows: Sequence[MatrixRow] = ()) -> str:
    """The checkup as text that ends in a newline; ``rows`` are the matrix of where a policy holds."""
    return "".join(f"{line}\n" for line in _report_lines(checkup, style, rows))


def _report_lines(checkup: Checkup, style: Style, rows: Sequence[MatrixRow]) -> Iterator[str]:
    yield style.strong(for_terminal(_title(checkup)))
    for guarantee, decision in _DECISIONS.items():
        findings = checkup.of(guarantee)
        if findings:
            yield ""
            yield style.decision(decision, _WORDS[guarantee].capitalize())
        for finding in findings:
            yield for_terminal(f"  - {finding.subject}: {finding.why}")
            if finding.fix is not None:
                yield for_terminal(f"    fix  {finding.fix}")
    if rows:
        yield ""
        yield style.strong(f"{TITLE} (`agentowners mode explain` says why)")
        yield from matrix_lines(rows)
    yield ""
    yield for_terminal(_closing(checkup))


def _title(checkup: Checkup) -> str:
    counts = ", ".join(f"{len(checkup.of(guarantee))} {_WORDS[guarantee]}" for guarantee in Guarantee)
    return f"{checkup.repository}: {counts}"


def _closing(checkup: Checkup) -> str:
    finding = checkup.next
    return "Nothing here can be better." if finding is None else f"Next: {finding.fix}"


def doctor_markdown(checkup: Checkup, rows: Sequence[MatrixRow] = ()) -> str:
    """The checkup as a document that ends in a newline; ``rows`` are the matrix of where a policy holds."""
    held = f"### {TITLE}\n\n{matrix_table(rows)}\n\n" if rows else ""
    overview = table(("guarantee", "what", "why", "fix"), map(_row, checkup.sorted))
    return f"## {for_markdown_prose(_title(checkup))}\n\n{overview}\n\n{held}{for_markdown_prose(_closing(checkup))}\n"


def _row(finding: CheckupFinding) -> tuple[str, ...]:
    word = _WORDS[finding.guarantee] if finding.known else "not known"
    return word, *(for_markdown_prose(text or "") for text in (finding.subject, finding.why, finding.fix))


def doctor_json(checkup: Checkup, rows: Sequence[MatrixRow] = ()) -> str:
    """The checkup as ASCII text that ends in a newline; ``rows`` are the matrix of where a policy holds."""
    document: DoctorJson = {
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
        "findings": to_builtins(checkup.sorted),
        "next": to_builtins(checkup.next),
        "enforced": matrix_json(rows),
    }
    return json_document(document)
