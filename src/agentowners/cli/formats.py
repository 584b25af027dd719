"""An outcome on standard output, in the format that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import Enum
from typing import assert_never

from agentowners.cli.output import emit, say, wants_color
from agentowners.engine.verdict import Outcome, Verdict
from agentowners.records import replace


class VerdictFormat(Enum):
    """How a verdict is said."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    MARKDOWN = "markdown"


def render(outcome: Outcome, form: VerdictFormat, first_lines: Callable[[], dict[str, int]] = dict) -> None:
    """Write an outcome to standard output.

    Args:
        outcome: what to say.
        form: how to say it; each format's module is imported only if it is the one.
        first_lines: finds the first changed line of each file; asked only where the format shows it and a file offends.
    """
    match form:
        case VerdictFormat.TEXT:
            from agentowners.report.verdict.text import text

            say(text(outcome, color=wants_color(sys.stdout)))
        case VerdictFormat.JSON:
            from agentowners.report.verdict.json import chunks

            emit(chunks(outcome))
        case VerdictFormat.SARIF:
            from agentowners import __version__
            from agentowners.report.verdict.sarif import sarif

            emit([sarif(_with_lines(outcome, first_lines), version=__version__)])
        case VerdictFormat.GITHUB:
            from agentowners.report.verdict.github import commands

            say("".join(f"{line}\n" for line in commands(_with_lines(outcome, first_lines))))
        case VerdictFormat.MARKDOWN:
            from agentowners.report.verdict.markdown import markdown

            say(markdown(outcome))
        case _:
            assert_never(form)


def _with_lines(outcome: Outcome, first_lines: Callable[[], dict[str, int]]) -> Outcome:
    if not isinstance(outcome, Verdict) or not any(outcome.decision_of(file).restricts for file in outcome.files):
        return outcome
    lines = first_lines()
    return replace(outcome, files=[file._replace(first_line=lines.get(file.path, file.first_line)) for file in outcome.files])
