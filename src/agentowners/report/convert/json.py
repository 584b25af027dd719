"""A conversion as JSON, schema version 1; ``document`` has its types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Conversion
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.json import diagnostic_entry

if TYPE_CHECKING:
    from agentowners.report.convert.document import ConversionJson


def conversion_json(conversion: Conversion, policy: str) -> str:
    """The policy's text and every remark, as ASCII text that ends in a newline."""
    counts = {id: sum(remark.id == id for remark in conversion.remarks) for id in (LOOSER, STRICTER, LEFT_OUT)}
    document: ConversionJson = {
        "schema": 1,
        "from": conversion.origin.value,
        "policy": policy,
        "pieces": [
            {"place": piece.title, "statements": len(piece.statements), "remarks": len(piece.remarks)}
            for piece in conversion.pieces
        ],
        "remarks": [diagnostic_entry(remark) for remark in conversion.remarks],
        "summary": {
            "statements": sum(len(piece.statements) for piece in conversion.pieces),
            "looser": counts[LOOSER],
            "stricter": counts[STRICTER],
            "left_out": counts[LEFT_OUT],
        },
    }
    return encode(document, indent=2) + "\n"
