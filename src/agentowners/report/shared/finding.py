"""One thing that a report tells. A verdict, ``lint`` and diagnostics of a policy's text all become this value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from msgspec import Struct

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.documents import Number, one_of, says
from agentowners.report.shared.cut import around

if TYPE_CHECKING:
    from agentowners.lint.model import Fix


class FileLine(Struct, frozen=True):
    """A line of a file as a whole."""

    path: str
    line: int
    """Counts from 1."""


class Finding(Struct, frozen=True, kw_only=True):
    """A finding with everything that a format may show of it. No text is escaped yet: each format does that for its place."""

    id: str
    """Stable name of the rule, check, question or kind of diagnostic behind it."""
    level: Severity
    title: str
    """Heading of a few words, for formats that have one."""
    message: str
    """Text of one line, with the decision where it is about a file of a change."""
    location: Span | FileLine | None = None
    help: str | None = None
    """Next step, apart from the message."""
    details: tuple[str, ...] = ()
    """Lines that stand for message and help where there is room for several."""
    related: tuple[tuple[str, Span], ...] = ()
    """Other places that explain it, each with a few words."""
    fix: Fix | None = None
    url: str | None = None
    """Page that documents the kind of finding."""
    identity: tuple[str, ...] = ()
    """Parts that stay the same from run to run, unlike the line."""
    properties: Mapping[str, Any] = {}

    @property
    def lines(self) -> tuple[str, ...]:
        """The details, or else message and help."""
        return self.details or (self.message, *([f"Help: {self.help}"] if self.help else []))


def of_diagnostic(diagnostic: Diagnostic) -> Finding:
    """A diagnostic of a policy's text as a finding."""
    return Finding(
        id=diagnostic.id,
        level=diagnostic.severity,
        title=f"Policy {diagnostic.severity.value}: {diagnostic.id}",
        message=diagnostic.message,
        location=diagnostic.span,
        help=diagnostic.help,
    )


class PlaceJson(TypedDict):
    """Place in a policy file; columns count characters from 1, the end is exclusive."""

    path: str
    line: Number
    column: Number
    end_line: Number
    end_column: Number


class DiagnosticJson(TypedDict):
    """Something about the policy's text."""

    id: Annotated[str, says("Stable kebab-case name of the kind.")]
    severity: Annotated[str, one_of(Severity)]
    message: Annotated[str, says("One line.")]
    path: Annotated[str, says("The policy file.")]
    line: Annotated[Number, says("From 1.")]
    column: Annotated[Number, says("From 1, in characters.")]
    end_line: Annotated[Number, says("From 1.")]
    end_column: Annotated[Number, says("From 1, exclusive.")]
    source: Annotated[str, says("The line's text.")]
    help: Annotated[str | None, says("A way out.")]


def diagnostic_entry(diagnostic: Diagnostic) -> DiagnosticJson:
    """A diagnostic as all JSON documents have it."""
    span = diagnostic.span
    return {
        "id": diagnostic.id,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **place_entry(span),
        "source": around(span.text, span.column),
        "help": diagnostic.help,
    }


def place_entry(span: Span) -> PlaceJson:
    """A place as all JSON documents have it."""
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
