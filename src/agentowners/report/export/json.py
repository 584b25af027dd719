"""An export as JSON, schema version 1: ``schemas/export-1.schema.json`` describes it."""

from __future__ import annotations

from agentowners.export.model import NOT_HELD, STRICTER, Exported
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.json import diagnostic_entry


def export_json(exported: Exported) -> str:
    """The document, what holds for the whole of it and every remark, as ASCII text that ends in a newline."""
    counts = {id: sum(remark.id == id for remark in exported.remarks) for id in (NOT_HELD, STRICTER)}
    return (
        encode(
            {
                "schema": 1,
                "target": exported.target.value,
                "document": exported.document,
                "notes": list(exported.notes),
                "remarks": [diagnostic_entry(remark) for remark in exported.remarks],
                "summary": {"not_held": counts[NOT_HELD], "stricter": counts[STRICTER]},
            },
            indent=2,
        )
        + "\n"
    )
