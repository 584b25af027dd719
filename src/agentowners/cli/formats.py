"""Reports on standard output or in a file, in the format that was asked for or that the file's name tells.

A new format is a file of ``report/`` and a line here.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from agentowners.cli.shell import complain, emit, say, style_of

if TYPE_CHECKING:
    from agentowners.report.page.frame import Assets
    from agentowners.report.shared.style import Style

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
    "diff": {
        "text": "diff.text:diff_text",
        "json": "diff.json:diff_json",
        "markdown": "diff.markdown:diff_markdown",
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

_DOCUMENTS: Final = frozenset({"json", "sarif", "junit", "html"})
"""Formats for programs, in UTF-8 whatever the terminal's encoding."""
_BY_SUFFIX: Final = {".html": "html", ".htm": "html", ".json": "json"}


def render(subject: str, form: str, report: object, **details: Any) -> None:
    """Print a report; only the module of its format is imported. ``details`` are for its text for people; a checkup's are for
    every format."""
    parts = _parts(subject, form, report, details, style=style_of(sys.stdout) if form == "text" else None)
    if form in _DOCUMENTS:
        emit(parts)
    else:
        say("".join(parts))


def _parts(subject: str, form: str, report: object, details: dict[str, Any], style: Style | None) -> Iterable[str]:
    write = function(subject, form)
    if form == "text":
        return [write(report, **({} if style is None else {"style": style}), **details)]
    written = write(report, *([assets(subject)] if form == "html" else ()), **(details if subject == "doctor" else {}))
    if isinstance(written, str):
        return [written]
    return written if form in _DOCUMENTS else [f"{line}\n" for line in written]


def function(subject: str, form: str) -> Any:
    """The function that writes a subject in a format."""
    module, _, name = FORMATS[subject][form].partition(":")
    return getattr(import_module(f"agentowners.report.{module}"), name)


def deliver(subject: str, options: Namespace, report: object, **details: Any) -> None:
    """Write a report where the options of ``add_delivery`` want it; ``details`` are for its text for people."""
    name = options.output or ""
    form = options.format or next((form for suffix, form in _BY_SUFFIX.items() if name.lower().endswith(suffix)), "text")
    if options.output is None:
        render(subject, form, report, **details)
        return
    from agentowners.cli.writing import write_report
    from agentowners.report.shared.escape import for_terminal

    text = "".join(_parts(subject, form, report, details, None))
    write_report(options.output, text.encode("utf-8", "backslashreplace"))
    if not options.quiet:
        say(f"written: {for_terminal(options.output)}\n")


def say_document(text: str, output: str | None, remarks: Callable[[Style], str]) -> None:
    """Print a document that went into no file, with remarks about it on standard error, and where it went."""
    from agentowners.report.shared.escape import for_terminal

    if output is None:
        emit([text])
    complain(remarks(style_of(sys.stderr)))
    if output is not None:
        complain(f"wrote {for_terminal(output)}\n")


def assets(subject: str) -> Assets:
    """Style and script of a subject's page, read from the package."""
    from importlib.resources import files

    from agentowners.report.page.frame import Assets

    folder = files("agentowners") / "report" / "page"
    style = [(folder / name).read_text("utf-8") for name in ("page.css", f"{subject}.css")]
    script = folder / f"{subject}.js"
    return Assets("\n".join(style), script.read_text("utf-8") if script.is_file() else "")
