"""A checkup as Markdown: a table, worst first."""

from __future__ import annotations

from collections.abc import Sequence

from agentowners.checkup.findings import Checkup, Guarantee
from agentowners.dispatch.matrix import MatrixRow
from agentowners.report.doctor.findings import checkup_findings
from agentowners.report.doctor.text import WORDS, closing, title
from agentowners.report.shared.escape import for_markdown_prose
from agentowners.report.shared.finding import Finding
from agentowners.report.shared.matrix import TITLE, matrix_table
from agentowners.report.shared.tables import table


def doctor_markdown(checkup: Checkup, rows: Sequence[MatrixRow] = ()) -> str:
    """The checkup as a document that ends in a newline; ``rows`` are the matrix of where a policy holds."""
    held = f"### {TITLE}\n\n{matrix_table(rows)}\n\n" if rows else ""
    shown = table(("guarantee", "what", "why", "fix"), map(_row, checkup_findings(checkup.sorted)))
    return f"## {for_markdown_prose(title(checkup))}\n\n{shown}\n\n{held}{for_markdown_prose(closing(checkup))}\n"


def _row(finding: Finding) -> tuple[str, ...]:
    properties = finding.properties
    word = WORDS[Guarantee(properties["guarantee"])] if properties["known"] else "not known"
    return word, *(for_markdown_prose(text or "") for text in (finding.title, finding.message, finding.help))
