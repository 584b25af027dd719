"""A conversion from another tool's policy: the remarks for a terminal, those that matter most first, and all of it as JSON."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Conversion, Origin
from agentowners.documents import Count, one_of, says
from agentowners.report.shared.cut import count
from agentowners.report.shared.diagnostic_text import diagnostic_text
from agentowners.report.shared.finding import DiagnosticJson, diagnostic_entry
from agentowners.report.shared.json_text import json_document
from agentowners.report.shared.style import PLAIN, Style


class PieceJson(TypedDict):
    """Statements that came from one place of the original."""

    place: Annotated[str, says("`<path>:<line>`, and the words that the original has for it.")]
    statements: Count
    remarks: Count


class ConversionSummaryJson(TypedDict):
    """Statements and remarks, counted."""

    statements: Count
    looser: Annotated[Count, says("The original asks or refuses where the policy does not.")]
    stricter: Annotated[Count, says("The policy asks or refuses where the original does not.")]
    left_out: Annotated[Count, says("Of no effect on a decision.")]


ConversionJson = TypedDict(
    "ConversionJson",
    {
        "schema": Annotated[Literal[1], says("Version of this schema.")],
        "from": Annotated[str, one_of(Origin), says("Kind of the original.")],
        "policy": Annotated[str, says("The policy's text, with every remark as a comment at its place.")],
        "pieces": Annotated[list[PieceJson], says("The statements in order, by the place that each came from.")],
        "remarks": Annotated[
            list[DiagnosticJson],
            says("All that does not carry over as it is, by its place in the original: `looser`, `stricter` or `left-out`."),
        ],
        "summary": ConversionSummaryJson,
    },
)
ConversionJson.__doc__ = "Printed by `agentowners convert --format json`."


def remarks_text(conversion: Conversion, style: Style = PLAIN) -> str:
    """The remarks and a line that counts them, ending in a newline; the line alone where there are none."""
    counts = _counts(conversion)
    remarks = [remark for id in counts for remark in conversion.remarks if remark.id == id]
    body = "".join(f"{diagnostic_text(remark, style, named=True)}\n\n" for remark in remarks)
    places = f"looser in {counts[LOOSER]:,}, stricter in {counts[STRICTER]:,}, left out {counts[LEFT_OUT]:,}"
    statements = count(sum(len(piece.statements) for piece in conversion.pieces), "statement")
    carried = places if remarks else "everything carries over"
    return f"{body}converted from {conversion.origin}: {statements}; {carried}\n"


def conversion_json(conversion: Conversion, policy: str) -> str:
    """The policy's text and every remark, as ASCII text that ends in a newline."""
    counts = _counts(conversion)
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
    return json_document(document)


def _counts(conversion: Conversion) -> dict[str, int]:
    return {id: sum(remark.id == id for remark in conversion.remarks) for id in (LOOSER, STRICTER, LEFT_OUT)}
