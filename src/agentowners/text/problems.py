"""Errors of one source, noted while it is read."""

from __future__ import annotations

from typing import Final, Self

from agentowners.diagnostics import Diagnostic, Severity, Source, Span
from agentowners.text.source import PlacedText, SourceText
from agentowners.text.unseen import visible
from agentowners.text.wording import shorten

MAX_ERRORS: Final = 10_000
"""Nobody reads more, and a file of rubbish holds millions."""
_SHOWN: Final = 400


class TextError(ValueError):
    """A piece of text that must not be written.

    ``offset`` counts characters from its start, ``length`` how many of them are wrong; 0 is all from there on.
    """

    def __init__(self, message: str, offset: int = 0, help: str | None = None, length: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.help = help
        self.length = int(offset > 0) if length is None else length

    def moved(self, by: int) -> Self:
        """The same of a text that has so many characters more in front, or fewer."""
        return type(self)(self.message, max(self.offset + by, 0), self.help, self.length)


class TooManyErrors(Exception):  # noqa: N818 (says what there is, and ends the reading)
    """There are so many errors that the rest of the file is not worth reading."""


class Problems(PlacedText):
    """Collects what is wrong with one source."""

    def __init__(self, source: Source, text: SourceText) -> None:
        super().__init__(source, text.lines)
        self._diagnostics = list(text.diagnostics)

    @property
    def errors(self) -> int:
        """Number of errors so far: two readings compared tell whether what lies between them was right."""
        return len(self._diagnostics)

    def error(self, id: str, message: str, span: Span, help: str | None = None) -> None:
        """Note an error; whatever a policy smuggles into a message, it stays one line of bounded length.

        Raises:
            TooManyErrors: this is one too many.
        """
        if len(self._diagnostics) >= MAX_ERRORS:
            message = f"more than {MAX_ERRORS:,} errors, the rest of the file is not read"
            self._diagnostics.append(Diagnostic("too-many-errors", Severity.ERROR, message, span))
            raise TooManyErrors
        self._diagnostics.append(Diagnostic(id, Severity.ERROR, _shown(message), span, help and _shown(help)))

    def by_place(self) -> tuple[Diagnostic, ...]:
        """Every diagnostic once, in the order of the text."""
        diagnostics = dict.fromkeys(self._diagnostics)
        return tuple(sorted(diagnostics, key=lambda diagnostic: (diagnostic.span.line, diagnostic.span.column)))


def _shown(message: str) -> str:
    return shorten(visible(message), _SHOWN)
