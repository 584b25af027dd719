"""Edits of a source's text by places, which leave every other byte what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.diagnostics import Source, Span

_BOM: Final = "\ufeff"


class TextEdit(Struct, frozen=True):
    """Text to stand in place of what stands between two places of a file. Lines and columns as in ``Span``."""

    span: Span
    text: str


class SourceLines:
    """A source's text, in which the places of spans are offsets. Byte order mark, line ends and bytes stay what they are."""

    def __init__(self, source: Source) -> None:
        """Find where each line begins."""
        self.source = source
        self._text = source.data.decode("utf-8", "surrogateescape")
        first = len(_BOM) if self._text.startswith(_BOM) else 0
        self._starts = [first, *(end.end() for end in re.finditer("\n", self._text))]

    def offsets(self, span: Span) -> tuple[int, int]:
        """Start and end of a span in the text; what lies behind the end is its end."""
        return self._offset(span.line, span.column), self._offset(span.end_line, span.end_column)

    def edited(self, edits: Iterable[TextEdit]) -> Source:
        """The source after edits that do not overlap; of two that insert at one place the first stands first."""
        text, line_end = self._text, "\r\n" if "\r\n" in self._text else "\n"
        pieces: list[str] = []
        position = 0
        places = ((*self.offsets(edit.span), edit.text) for edit in edits)
        for start, stop, put in sorted(places, key=lambda place: place[:2]):
            pieces += [text[position:start], put.replace("\n", line_end)]
            position = stop
        return replace(self.source, data="".join([*pieces, text[position:]]).encode("utf-8", "surrogateescape"))

    def _offset(self, line: int, column: int) -> int:
        if line > len(self._starts):
            return len(self._text)
        following = self._starts[line] - 1 if line < len(self._starts) else len(self._text)
        ends_in_cr = line < len(self._starts) and self._text[following - 1 : following] == "\r"
        return min(self._starts[line - 1] + column - 1, following - ends_in_cr)
