"""Types of what ``convert --format json`` prints."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from agentowners.convert.model import Origin
from agentowners.documents import Count, one_of, says
from agentowners.report.verdict.document import DiagnosticJson


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
ConversionJson.__doc__ = (
    "Printed by `agentowners convert --format json`. Fields are only ever added, so a reader ignores the ones it does not know."
)
