"""A policy file's bytes become lines, or errors that name the very place."""

from __future__ import annotations

import re
from itertools import islice
from typing import Final, NamedTuple

from agentowners.diagnostics import Diagnostic, Severity, Source, Span
from agentowners.text.unseen import BIDIRECTIONAL, said_of, turned_around

MAX_BYTES: Final = 5 * 1024 * 1024
_LOOKED_AT: Final = 1024
"""Bytes at a file's beginning that tell how it is encoded."""
_SHOWN_A_LINE: Final = 20
_SHOWN_A_FILE: Final = 1_000
"""So that rubbish does not become millions of diagnostics."""

_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"
LINE_REFUSES: Final = re.compile(f"[{_CONTROL}{BIDIRECTIONAL}]")
"""Characters that no line may hold, its comment neither: control characters but tab, bytes that are not UTF-8 (surrogates here),
and what turns the text around."""
YAML_REFUSES: Final = re.compile(f"[{_CONTROL}{BIDIRECTIONAL}\u2028\u2029\ufeff\ufffe\uffff]")
"""The same for YAML, with what its readers disagree about: further line ends, and characters that YAML does not have."""


class SourceText(NamedTuple):
    """The lines of a source, without their ends, and what is wrong with their characters."""

    lines: list[str]
    diagnostics: tuple[Diagnostic, ...] = ()
    bad_lines: frozenset[int] = frozenset()
    """Numbers of the lines that hold what cannot be read."""


class PlacedText:
    """Lines of a source, without their ends, and places in them."""

    def __init__(self, source: Source, lines: list[str]) -> None:
        self.source = source
        self.lines = lines

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """A place in this source."""
        return Span(self.source.path, line, column, end_line, end_column, self.line(line))

    def whole_lines(self, first: int, last: int) -> Span:
        """The place of some lines, the last one's end included where it has one."""
        if last < len(self.lines):
            return self.span(first, 1, last + 1, 1)
        return self.span(first, 1, last, len(self.line(last)) + 1)

    def line(self, number: int) -> str:
        """The text of a line; of one behind the last, nothing."""
        return self.lines[number - 1] if number <= len(self.lines) else ""


def read_source(source: Source, refuses: re.Pattern[str]) -> SourceText:
    """Decode a source; lines end at LF or CRLF and nowhere else, a byte order mark in front is dropped.

    What ``refuses`` finds, bytes that are not UTF-8, and too large a file become diagnostics; nothing is raised.
    """
    if len(source.data) > MAX_BYTES:
        error = _error(source, "file-too-large", f"file is larger than {MAX_BYTES // 1024 // 1024} MiB", (1, 0, 0), "")
        return SourceText([], (error,))
    if (encoding := _other_encoding(source.data)) is not None:
        first = source.data.partition(b"\n")[0].decode("utf-8", "surrogateescape")
        message = f"file is {encoding}, and not UTF-8"
        return SourceText([], (_error(source, "invalid-utf8", message, (1, 0, 0), first, "save the file as UTF-8"),))
    text = source.data.decode("utf-8", "surrogateescape").removeprefix("\ufeff").replace("\r\n", "\n")
    lines = text.split("\n")
    if refuses.search(text) is None:
        return SourceText(lines)
    diagnostics: list[Diagnostic] = []
    bad: set[int] = set()
    for number, line in enumerate(lines, start=1):
        for match in islice(refuses.finditer(line), _SHOWN_A_LINE):
            bad.add(number)
            if len(diagnostics) < _SHOWN_A_FILE:
                diagnostics.append(_refused(source, match[0], (number, match.start(), match.end()), line))
    return SourceText(lines, tuple(diagnostics), frozenset(bad))


def _other_encoding(data: bytes) -> str | None:
    """UTF-16 or UTF-32, by a byte order mark or by the zero bytes beside ASCII characters."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    head = data[:_LOOKED_AT]
    even, odd = head[::2], head[1::2]
    fewer, more = sorted([even.count(0), odd.count(0)])
    by_zeros = len(head) >= 4 and fewer * 10 < len(odd) < more * 2
    return "UTF-16" if by_zeros or data.startswith((b"\xff\xfe", b"\xfe\xff")) else None


def _refused(source: Source, char: str, place: tuple[int, int, int], line: str) -> Diagnostic:
    point = ord(char)
    if 0xDC80 <= point <= 0xDCFF:
        message = f"byte 0x{point - 0xDC00:02X} is not UTF-8"
        return _error(source, "invalid-utf8", message, place, line, "save the file as UTF-8")
    if char == "\r":
        return _error(source, "control-character", "carriage return inside a line", place, line, "end lines with LF or CRLF")
    if point < 0xA0:
        return _error(source, "control-character", f"control character U+{point:04X}", place, line, "remove it")
    if turned_around(char) is not None:
        return _error(source, "bidirectional-character", said_of(char), place, line, "take it out")
    message = f"character U+{point:04X} cannot stand in YAML as it is"
    return _error(source, "control-character", message, place, line, f'write it as `"\\u{point:04x}"`')


def _error(source: Source, id: str, message: str, place: tuple[int, int, int], line: str, help: str | None = None) -> Diagnostic:
    number, start, end = place
    return Diagnostic(id, Severity.ERROR, message, Span(source.path, number, start + 1, number, end + 1, line), help)
