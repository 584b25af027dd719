"""Remarks of a conversion for a terminal: those that matter most first, each with its place."""

from __future__ import annotations

from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Conversion
from agentowners.report.shared.diagnostic_text import finding_text
from agentowners.report.shared.finding import of_diagnostic
from agentowners.report.shared.style import PLAIN, Style


def remarks_text(conversion: Conversion, style: Style = PLAIN) -> str:
    """The remarks and a line that counts them, ending in a newline; the line alone where there are none."""
    lines = []
    for id in (LOOSER, STRICTER, LEFT_OUT):
        for remark in conversion.remarks:
            if remark.id == id:
                lines.append(finding_text(of_diagnostic(remark), style, named=True))
    return "".join(f"{line}\n\n" for line in lines) + summary(conversion) + "\n"


def summary(conversion: Conversion) -> str:
    """``converted from codeowners: 3 statements; looser in 1 place, stricter in 2, 0 left out``."""
    counts = {id: sum(remark.id == id for remark in conversion.remarks) for id in (LOOSER, STRICTER, LEFT_OUT)}
    statements = sum(len(piece.statements) for piece in conversion.pieces)
    said = f"{statements:,} statement{'' if statements == 1 else 's'}"
    if not any(counts.values()):
        return f"converted from {conversion.origin}: {said}; everything carries over"
    places = f"looser in {counts[LOOSER]:,}, stricter in {counts[STRICTER]:,}, left out {counts[LEFT_OUT]:,}"
    return f"converted from {conversion.origin}: {said}; {places}"
