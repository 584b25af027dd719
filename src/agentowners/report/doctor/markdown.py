"""A checkup as Markdown: a table, worst first."""

from __future__ import annotations

from agentowners.checkup.findings import Checkup, Guarantee
from agentowners.report.doctor.findings import checkup_findings
from agentowners.report.doctor.text import WORDS, closing, title
from agentowners.report.shared.escape import for_markdown_prose
from agentowners.report.shared.finding import Finding
from agentowners.report.shared.tables import table


def doctor_markdown(checkup: Checkup) -> str:
    """The checkup as a document that ends in a newline."""
    rows = map(_row, checkup_findings(checkup.sorted))
    shown = table(("guarantee", "what", "why", "fix"), rows)
    return f"## {for_markdown_prose(title(checkup))}\n\n{shown}\n\n{for_markdown_prose(closing(checkup))}\n"


def _row(finding: Finding) -> tuple[str, ...]:
    properties = finding.properties
    word = WORDS[Guarantee(properties["guarantee"])] if properties["known"] else "not known"
    return word, *(for_markdown_prose(text or "") for text in (finding.title, finding.message, finding.help))
