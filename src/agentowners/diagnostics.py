"""Places in a text and what is wrong there: the ground floor that every room stands on."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from msgspec import Struct

from agentowners.values import PartlyCompared


class Severity(Enum):
    """Severity of a diagnostic; only an error makes a policy invalid."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Source(PartlyCompared, frozen=True):
    """A policy file as it was read: bytes, with the name people know it by."""

    uncompared: ClassVar = frozenset({"commit"})

    path: str
    """Path as named by whoever asked for it; appears in rule ids and diagnostics."""
    data: bytes
    """The file's bytes, exactly as stored."""
    ref: str | None = None
    """Full name of the ref it was read from, e.g. ``refs/heads/main``; None where it came from a plain file."""
    commit: str | None = None
    """Id of the commit it was read from; None where that is not known, or it came from a plain file."""


class Span(Struct, frozen=True):
    """A half-open range of a source. Lines and columns count from 1, columns in characters, the end exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str = ""
    """The first line of the range as it stands in the source, without its line end."""

    def __post_init__(self) -> None:
        if not 1 <= self.line <= self.end_line or min(self.column, self.end_column) < 1:
            raise ValueError("a span counts from 1, and ends where it begins or behind")
        if self.line == self.end_line and self.end_column < self.column:
            raise ValueError("a span ends before it begins")


class Diagnostic(Struct, frozen=True):
    """Something to say about a policy's text."""

    id: str
    """Stable kebab-case name of the kind of diagnostic."""
    severity: Severity
    message: str
    """One line, lower case, no final period, user text in backticks."""
    span: Span
    help: str | None = None
    """A way out, apart from the message."""

    def __post_init__(self) -> None:
        if not self.id or not self.message:
            raise ValueError("a diagnostic without an id or a message")


class AgentownersError(Exception):
    """A failure with a one-line message for people and, where there is one, a way out."""

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class PolicyError(AgentownersError):
    """A policy that does not parse; carries every diagnostic of every file, errors first by place."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        errors = [d for d in diagnostics if d.severity is Severity.ERROR]
        if not errors:
            raise ValueError("a PolicyError needs at least one error")
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{first.span.path}:{first.span.line}:{first.span.column}: {first.message}{more}", help=first.help)
        self.diagnostics = diagnostics
