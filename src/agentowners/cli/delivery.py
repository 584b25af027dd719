"""Reports that go to standard output, or into a file whose name says in which format."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Any

from agentowners.cli.arguments import CommandParser
from agentowners.cli.formats import FORMATS, function
from agentowners.cli.output import emit, say, style_of
from agentowners.cli.writing import write_report
from agentowners.report.shared.escape import for_terminal

_BY_SUFFIX = {".html": "html", ".htm": "html", ".json": "json"}


def add_delivery(parser: CommandParser, subject: str) -> None:
    """Add ``--format`` and ``--output`` for a subject's reports."""
    parser.add_argument(
        "--format", choices=list(FORMATS[subject]), help="output format (default: by the name of --output, else text)"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write the report there, in place of what there is")


def deliver(subject: str, options: Namespace, report: object, **details: Any) -> None:
    """Write a report where the options want it; ``details`` are for its text for people.

    Raises:
        AgentownersError: the file cannot be written.
    """
    form = options.format or _form_of(options.output or "")
    write = function(subject, form)
    if form == "text" and options.output is None:
        say(write(report, style=style_of(sys.stdout), **details))
        return
    written: str | Iterable[str]
    if form == "text":
        written = write(report, **details)
    elif form == "html":
        from agentowners.cli.pages import assets

        written = write(report, assets(subject))
    else:
        written = write(report)
    pieces = [written] if isinstance(written, str) else written
    if options.output is None:
        emit(pieces)
        return
    write_report(options.output, "".join(pieces).encode("utf-8", "backslashreplace"))
    if not options.quiet:
        say(f"written: {for_terminal(options.output)}\n")


def _form_of(name: str) -> str:
    return next((form for suffix, form in _BY_SUFFIX.items() if name.lower().endswith(suffix)), "text")
