"""Findings about a policy's text for a terminal: place, message, the source line with a marker, and the way out."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.report.shared.cut import count
from agentowners.report.shared.escape import for_terminal, printable
from agentowners.report.shared.finding import Finding, of_diagnostic
from agentowners.report.shared.style import PLAIN, Style

_TAB: Final = 4
_MOST: Final = 160
"""Characters shown of a source line that is longer, three eighths of them before the place."""
_GUTTER: Final = 9
"""Columns taken by what stands around a part of a line."""
_FEWEST: Final = 24


def diagnostic_text(diagnostic: Diagnostic, style: Style = PLAIN, *, named: bool = False) -> str:
    """One diagnostic, in lines without a final newline; ``named`` is as for ``finding_text``.

    ::

        .github/AGENTOWNERS:2:37: error: `blok` is not a decision
          2 | security/**    @smooth-operative/*  blok
            |                                     ^~~~
          help: write `allow`, `require_approval` or `block`
    """
    return finding_text(of_diagnostic(diagnostic), style, named=named)


def finding_text(finding: Finding, style: Style = PLAIN, *, named: bool = False) -> str:
    """A finding about a place of a policy, in lines without a final newline; ``named`` shows its id, as a link where it has one.

    Raises:
        ValueError: the finding is about no place.
    """
    if not isinstance(finding.location, Span):
        raise ValueError("a finding without a place")
    kind = finding.level.value + (f"[{style.link(for_terminal(finding.id), finding.url)}]" if named else "")
    lines = _shown_place(finding.location, kind, finding.message, finding.level, style)
    for words, span in finding.related:
        lines += [f"  {line}" for line in _shown_place(span, "note", words, Severity.NOTE, style)]
    if finding.help is not None:
        lines.append(f"  {style.strong('help')}: {for_terminal(finding.help)}")
    if finding.fix is not None:
        lines.append(f"  {style.strong('fix')}: {for_terminal(finding.fix.summary)} (with --fix)")
    if style.pages is not None and (page := finding.url or style.pages(finding.id)):
        lines.append(f"  {style.strong('docs')}: {page}")
    return "\n".join(lines)


def _shown_place(span: Span, kind: str, message: str, severity: Severity, style: Style) -> list[str]:
    """A message with its place, and the source line with a marker in the severity's color."""
    place = for_terminal(f"{span.path}:{span.line}:{span.column}")
    lines = [f"{style.strong(place)}: {style.severity(severity, kind)}: {for_terminal(message)}"]
    if span.text:
        gutter = str(span.line)
        source, marker = source_lines(span, None if style.columns is None else style.columns - len(gutter) - _GUTTER)
        lines.append(f"  {style.faint(f'{gutter} |')} {source}")
        lines.append(f"  {style.faint(' ' * len(gutter) + ' |')} {style.severity(severity, marker)}")
    return lines


def diagnostics_text(diagnostics: Iterable[Diagnostic], style: Style = PLAIN) -> str:
    """Several diagnostics, each set off by an empty line; nothing for none."""
    return "\n\n".join(diagnostic_text(diagnostic, style) for diagnostic in diagnostics)


def count_by_severity(diagnostics: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``; nothing for none."""
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    return ", ".join(count(counts[severity], severity.value) for severity in Severity if severity in counts)


def source_lines(span: Span, room: int | None = None) -> tuple[str, str]:
    """The span's first line as a terminal can show it, and the marker that belongs under it; of ``room`` columns at most.

    A caret stands under the first character that is meant, tildes under the others of the line.
    """
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(span.text)
    most = _MOST if room is None else min(max(room, _FEWEST), _MOST)
    whole = len(span.text) <= most
    first = 0 if whole else max(0, start - most * 3 // 8)
    last = len(span.text) if whole else start + most - most * 3 // 8
    source, marker = ("… ", "  ") if first else ("", "")
    column = 0
    for index in range(first, min(last, len(span.text))):
        glyph = _shown(span.text[index], column)
        column += (cells := width(glyph))
        source += glyph
        mark = "^" if index == start else "~" if start < index < end else " "
        marker += mark.ljust(cells, "~" if start <= index < end else " ")[:cells] if cells else ""
    if len(span.text) > last:
        source += " …"
    if "^" not in marker:
        marker += "^"  # the place is behind the line's end, or what stands there takes no room
    return for_terminal(source), marker.rstrip()


def width(text: str) -> int:
    """Cells that printable text takes on a terminal (Unicode, UAX #11): two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _shown(char: str, column: int) -> str:
    return " " * (_TAB - column % _TAB) if char == "\t" else printable(char)
