"""A verdict as workflow commands, for where no check run can be written: ``::error file=...,line=...,title=...::message``.

The runner shows ten of each level a step (GitHub's documentation, "Workflow commands"); the tenth tells how many there are more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.engine.verdict import NoVerdict, Outcome
from agentowners.report.shared.cut import shorten
from agentowners.report.shared.escape import command_data, command_property
from agentowners.report.verdict.advice import next_steps, sentence
from agentowners.report.verdict.annotations import Annotation, annotate
from agentowners.report.verdict.conclusion import Conclusion, Enforcement, conclude
from agentowners.report.verdict.groups import Level

PER_LEVEL: Final = 10
_NAMES: Final = {Level.FAILURE: "error", Level.WARNING: "warning", Level.NOTICE: "notice"}
_LOUDNESS: Final = {
    Conclusion.SUCCESS: Level.NOTICE,
    Conclusion.NEUTRAL: Level.NOTICE,
    Conclusion.ACTION_REQUIRED: Level.WARNING,
    Conclusion.FAILURE: Level.FAILURE,
}
_MESSAGE_LIMIT: Final = 4000


def commands(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> tuple[str, ...]:
    """The lines to print, without line ends: the outcome, then what is offending; at most ten of each level in all."""
    concluded = conclude(outcome, enforcement)
    steps = next_steps(outcome, enforcement) if isinstance(outcome, NoVerdict) else ()
    told = "\n".join([sentence(outcome, enforcement), *steps])
    first = (_LOUDNESS[concluded.conclusion], command(_LOUDNESS[concluded.conclusion], concluded.title, told))
    lines = [first, *((item.level, _about(item)) for item in annotate(outcome, enforcement))]
    return limited(lines)


def limited(lines: Sequence[tuple[Level, str]]) -> tuple[str, ...]:
    """Commands by level, ten of each at most; the tenth counts the rest."""
    return tuple(line for level in Level for line in _limited(level, [text for of, text in lines if of is level]))


def command(level: Level, title: str, message: str, *, file: str | None = None, line: int | None = None) -> str:
    """One workflow command; nothing in its parts can end it or begin another."""
    place = [] if file is None else [f"file={command_property(file)}", *([] if line is None else [f"line={line}"])]
    properties = ",".join([*place, f"title={command_property(title)}"])
    return f"::{_NAMES[level]} {properties}::{command_data(shorten(message, _MESSAGE_LIMIT))}"


def _about(item: Annotation) -> str:
    return command(item.level, item.title, item.message, file=item.path, line=item.start_line)


def _limited(level: Level, lines: list[str]) -> Iterator[str]:
    if len(lines) <= PER_LEVEL:
        yield from lines
        return
    yield from lines[: PER_LEVEL - 1]
    yield command(
        level, "And more", f"{len(lines) - PER_LEVEL + 1:,} more like these; the job's summary and the report list them"
    )
