"""Types of what ``export --format json`` prints."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from agentowners.documents import Count, one_of, says
from agentowners.export.model import Target
from agentowners.report.verdict.document import DiagnosticJson


class ExportSummaryJson(TypedDict):
    """Remarks, counted."""

    not_held: Count
    stricter: Count


class ExportJson(TypedDict):
    """Printed by `agentowners export --format json`. Fields are only ever added, so a reader ignores the ones it does not
    know."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    target: Annotated[str, one_of(Target), says("What the policy is exported to.")]
    document: Annotated[dict[str, Any] | list[Any] | str, says("Data for a target that reads JSON, else its text.")]
    notes: Annotated[list[str], says("What holds for the whole of it.")]
    remarks: Annotated[
        list[DiagnosticJson],
        says("Line by line, what the target does not hold (`not-held`) and where it is stricter than the policy (`stricter`)."),
    ]
    summary: ExportSummaryJson
