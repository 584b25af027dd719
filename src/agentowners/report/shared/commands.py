"""Workflow commands, for a job's log and the files of a pull request: ``::error file=...,line=...,title=...::message``.

The runner shows ten of each level a step (GitHub's documentation, "Workflow commands"); the tenth counts the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agentowners.diagnostics import Severity
from agentowners.report.shared.cut import shorten
from agentowners.report.shared.escape import command_data, command_property, printable
from agentowners.report.shared.finding import Finding

PER_LEVEL: Final = 10
_NAMES: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MESSAGE_LIMIT: Final = 4000
_TITLE_LIMIT: Final = 255


def workflow_commands(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The lines to print, without line ends: errors first, at most ten of each level."""
    entries = list(findings)
    lines: list[str] = []
    for level in Severity:
        members = [finding for finding in entries if finding.level is level]
        selection = members if len(members) <= PER_LEVEL else members[: PER_LEVEL - 1]
        lines += map(command, selection)
        if len(selection) < len(members):
            rest = f"{len(members) - len(selection):,} more like these; the job's summary and the report list them"
            lines.append(command(Finding(id="", level=level, title="And more", message=rest)))
    return tuple(lines)


def command(finding: Finding) -> str:
    """One workflow command; nothing in its parts can end it or begin another."""
    place = finding.location
    where = "" if place is None else f"file={command_property(place.path)},line={place.line},"
    title = shorten(printable(finding.title), _TITLE_LIMIT)
    message = shorten("\n".join(map(printable, finding.lines)), _MESSAGE_LIMIT)
    return f"::{_NAMES[finding.level]} {where}title={command_property(title)}::{command_data(message)}"
