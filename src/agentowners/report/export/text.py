"""Remarks of an export for a terminal."""

from __future__ import annotations

from agentowners.export.model import NOT_HELD, STRICTER, Exported
from agentowners.report.shared.diagnostic_text import finding_text
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.finding import of_diagnostic
from agentowners.report.shared.style import PLAIN, Style


def export_remarks(exported: Exported, style: Style = PLAIN) -> str:
    """The remarks, each with its place, those about the whole, and a line that counts, ending in a newline."""
    found = sorted(exported.remarks, key=lambda one: one.id != NOT_HELD)
    lines = [f"{finding_text(of_diagnostic(remark), style, named=True)}\n\n" for remark in found]
    lines += [f"note: {for_terminal(note)}\n" for note in exported.notes]
    counts = {id: sum(remark.id == id for remark in found) for id in (NOT_HELD, STRICTER)}
    return (
        "".join(lines) + f"exported for {exported.target}: not held in {counts[NOT_HELD]:,}, stricter in {counts[STRICTER]:,}\n"
    )
