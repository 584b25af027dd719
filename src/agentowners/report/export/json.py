"""An export as JSON, schema version 1; ``document`` has its types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentowners.export.model import NOT_HELD, STRICTER, Exported
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.json import diagnostic_entry

if TYPE_CHECKING:
    from agentowners.report.export.document import ExportJson


def export_json(exported: Exported) -> str:
    """The document, what holds for the whole of it and every remark, as ASCII text that ends in a newline."""
    counts = {id: sum(remark.id == id for remark in exported.remarks) for id in (NOT_HELD, STRICTER)}
    document: ExportJson = {
        "schema": 1,
        "target": exported.target.value,
        "document": exported.document,
        "notes": list(exported.notes),
        "remarks": [diagnostic_entry(remark) for remark in exported.remarks],
        "summary": {"not_held": counts[NOT_HELD], "stricter": counts[STRICTER]},
    }
    return encode(document, indent=2) + "\n"
