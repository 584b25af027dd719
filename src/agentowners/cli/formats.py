"""Reports on standard output, in the format that was asked for. A new format is a file of ``report/`` and a line here."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Final

from agentowners.cli.output import emit, say, style_of

FORMATS: Final = {
    "verdict": {
        "text": "verdict.text:text",
        "json": "verdict.json:chunks",
        "sarif": "verdict.sarif:sarif",
        "github": "verdict.findings:commands",
        "markdown": "verdict.markdown:job_summary",
    },
    "lint": {
        "text": "lint.text:lint_text",
        "json": "lint.json:lint_json",
        "sarif": "lint.sarif:lint_sarif",
        "github": "lint.findings:lint_commands",
    },
    "doctor": {
        "text": "doctor:doctor_text",
        "json": "doctor:doctor_json",
        "markdown": "doctor:doctor_markdown",
    },
    "tests": {
        "text": "tests.text:cases_text",
        "json": "tests.json:cases_json",
        "junit": "tests.junit:cases_junit",
        "github": "tests.github:cases_commands",
    },
    "map": {
        "text": "map.text:map_text",
        "html": "map.html:map_html",
        "json": "map.json:map_json",
    },
    "backtest": {
        "text": "backtest.text:backtest_text",
        "html": "backtest.html:backtest_html",
        "json": "backtest.json:backtest_json",
    },
}
"""By subject and name, the module below ``report/`` and its function, which gives a text, lines, or pieces of a document."""

_DOCUMENTS: Final = frozenset({"json", "sarif", "junit"})
"""Formats for programs, in UTF-8 whatever the terminal's encoding."""


def render(subject: str, form: str, report: object, **details: Any) -> None:
    """Print a report; only the module of its format is imported. ``details`` are for its text for people; a checkup's are for
    every format."""
    write = function(subject, form)
    if form == "text":
        say(write(report, style=style_of(sys.stdout), **details))
        return
    written = write(report, **(details if subject == "doctor" else {}))
    if form in _DOCUMENTS:
        emit([written] if isinstance(written, str) else written)
    else:
        say(written if isinstance(written, str) else "".join(f"{line}\n" for line in written))


def function(subject: str, form: str) -> Any:
    """The function that writes a subject in a format."""
    module, _, name = FORMATS[subject][form].partition(":")
    return getattr(import_module(f"agentowners.report.{module}"), name)
