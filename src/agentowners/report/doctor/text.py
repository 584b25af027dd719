"""A checkup for people: worst first, each finding with what to do, and at the end what helps most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.checkup.findings import Checkup, Finding, Guarantee
from agentowners.policy.model import Decision
from agentowners.report.shared.escape import for_markdown_prose, for_terminal
from agentowners.report.shared.style import Style

_HEADINGS: Final = {
    Guarantee.UNAVAILABLE: ("Unavailable", Decision.BLOCK),
    Guarantee.BEST_EFFORT: ("Best effort", Decision.REQUIRE_APPROVAL),
    Guarantee.STRONG: ("Strong", Decision.ALLOW),
}
WORDS: Final = {Guarantee.UNAVAILABLE: "unavailable", Guarantee.BEST_EFFORT: "best effort", Guarantee.STRONG: "strong"}


def doctor_text(checkup: Checkup, *, color: bool = False) -> str:
    """The checkup for a terminal."""
    return "".join(f"{line}\n" for line in _lines(checkup, Style(color)))


def _lines(checkup: Checkup, style: Style) -> Iterator[str]:
    yield style.strong(for_terminal(title(checkup)))
    for guarantee, (heading, decision) in _HEADINGS.items():
        findings = checkup.of(guarantee)
        if not findings:
            continue
        yield ""
        yield style.decision(decision, heading)
        for finding in findings:
            yield for_terminal(f"  - {finding.subject}: {finding.why}")
            if finding.fix is not None:
                yield for_terminal(f"    fix  {finding.fix}")
    yield ""
    yield for_terminal(closing(checkup))


def title(checkup: Checkup) -> str:
    """How many of each."""
    counts = ", ".join(f"{len(checkup.of(guarantee))} {WORDS[guarantee]}" for guarantee in Guarantee)
    return f"{checkup.repository}: {counts}"


def closing(checkup: Checkup) -> str:
    """What helps most."""
    finding = checkup.next
    return "Nothing here can be better." if finding is None else f"Next: {finding.fix}"


def doctor_markdown(checkup: Checkup) -> str:
    """The checkup as Markdown: a table."""
    lines = [
        f"## {for_markdown_prose(title(checkup))}",
        "",
        "| guarantee | what | why | fix |",
        "|---|---|---|---|",
        *(_row(finding) for finding in checkup.sorted),
        "",
        for_markdown_prose(closing(checkup)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _row(finding: Finding) -> str:
    word = WORDS[finding.guarantee] if finding.known else "not known"
    fix = "" if finding.fix is None else for_markdown_prose(finding.fix)
    return f"| {word} | {for_markdown_prose(finding.subject)} | {for_markdown_prose(finding.why)} | {fix} |"
