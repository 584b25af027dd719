"""An export of a policy: the remarks for a terminal, and all of it as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypedDict

from agentowners.documents import Count, one_of, says
from agentowners.export.model import NOT_HELD, STRICTER, Exported, Target
from agentowners.report.shared.diagnostic_text import diagnostic_text
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.finding import DiagnosticJson, diagnostic_entry
from agentowners.report.shared.json_text import json_document
from agentowners.report.shared.style import PLAIN, Style


class ExportSummaryJson(TypedDict):
    """Remarks, counted."""

    not_held: Count
    stricter: Count


class ExportJson(TypedDict):
    """Printed by `agentowners export --format json`."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    target: Annotated[str, one_of(Target), says("What the policy is exported to.")]
    document: Annotated[dict[str, Any] | list[Any] | str, says("Data for a target that reads JSON, else its text.")]
    notes: Annotated[list[str], says("What holds for the whole of it.")]
    remarks: Annotated[
        list[DiagnosticJson],
        says("Line by line, what the target does not hold (`not-held`) and where it is stricter than the policy (`stricter`)."),
    ]
    summary: ExportSummaryJson


def export_remarks(exported: Exported, style: Style = PLAIN) -> str:
    """The remarks, each with its place, those about the whole, and a line that counts, ending in a newline."""
    remarks = sorted(exported.remarks, key=lambda entry: entry.id != NOT_HELD)
    lines = [f"{diagnostic_text(remark, style, named=True)}\n\n" for remark in remarks]
    lines += [f"note: {for_terminal(note)}\n" for note in exported.notes]
    not_held, stricter = _counts(exported)
    return "".join(lines) + f"exported for {exported.target}: not held in {not_held:,}, stricter in {stricter:,}\n"


def export_json(exported: Exported) -> str:
    """The document, what holds for the whole of it and every remark, as ASCII text that ends in a newline."""
    not_held, stricter = _counts(exported)
    document: ExportJson = {
        "schema": 1,
        "target": exported.target.value,
        "document": exported.document,
        "notes": list(exported.notes),
        "remarks": [diagnostic_entry(remark) for remark in exported.remarks],
        "summary": {"not_held": not_held, "stricter": stricter},
    }
    return json_document(document)


def _counts(exported: Exported) -> tuple[int, int]:
    return sum(remark.id == NOT_HELD for remark in exported.remarks), sum(remark.id == STRICTER for remark in exported.remarks)
