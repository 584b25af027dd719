"""What ``lint`` found on standard output, in the format that was asked for."""

from __future__ import annotations

import sys
from enum import Enum
from typing import assert_never

from agentowners.cli.output import emit, say, wants_color
from agentowners.lint.run import Report


class LintFormat(Enum):
    """Values of ``lint --format``."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def render_report(report: Report, form: LintFormat) -> None:
    """Print a report; each format's module is imported only if it is the one."""
    match form:
        case LintFormat.TEXT:
            from agentowners.report.lint.text import lint_text
            from agentowners.report.shared.style import Style

            say(lint_text(report, Style(color=wants_color(sys.stdout))))
        case LintFormat.JSON:
            from agentowners.report.lint.json import lint_json

            emit([lint_json(report)])
        case LintFormat.SARIF:
            from agentowners import __version__
            from agentowners.report.lint.sarif import lint_sarif

            emit([lint_sarif(report, version=__version__)])
        case LintFormat.GITHUB:
            from agentowners.report.lint.github import lint_commands

            say("".join(f"{line}\n" for line in lint_commands(report)))
        case _:
            assert_never(form)
