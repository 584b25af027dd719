from __future__ import annotations

import pytest
from hypothesis import given

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.report.shared.diagnostic_text import (
    count_by_severity,
    diagnostic_text,
    diagnostics_text,
    source_lines,
    width,
)
from agentowners.report.shared.style import Style
from tests.report.strategies import diagnostics, patient
from tests.report.verdicts import BAD_DECISION, BAD_PRINCIPAL, CATCH_ALL


def marked(text: str, column: int, end: int, *, end_line: int = 1) -> tuple[str, str]:
    return source_lines(Span("AGENTOWNERS", 1, column, end_line, end, text))


def test_place_message_line_marker_and_help() -> None:
    assert diagnostic_text(BAD_DECISION) == (
        ".github/AGENTOWNERS:2:37: error: `blok` is not a decision\n"
        "  2 | security/**    @smooth-operative/*  blok\n"
        "    |                                     ^~~~\n"
        "  help: write `allow`, `require_approval` or `block`"
    )


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("column", [1, 50, 141, 281])
def test_a_line_and_its_marker_fit_the_terminal(columns: int, column: int) -> None:
    text = "x" * (column - 1) + "here" + "x" * (300 - column)
    span = Span("AGENTOWNERS", 7, column, 7, column + 4, text)
    found = Diagnostic("unknown", Severity.ERROR, "no", span)
    _, source, marker = diagnostic_text(found, Style(columns=columns)).splitlines()
    assert max(len(source), len(marker)) <= columns
    assert marker.index("^~~~") == source.index("here")


def test_several_are_set_off_by_an_empty_line() -> None:
    assert diagnostics_text([BAD_DECISION, BAD_PRINCIPAL]).count("\n\n") == 1
    assert diagnostics_text([]) == ""


def test_they_are_counted_by_severity() -> None:
    assert count_by_severity([BAD_DECISION, BAD_PRINCIPAL, CATCH_ALL]) == "2 errors, 1 warning"
    assert count_by_severity([]) == ""


@pytest.mark.parametrize(
    ("text", "column", "end", "source", "marker"),
    [
        ("abc def", 5, 8, "abc def", "    ^~~"),
        ("abc", 1, 1, "abc", "^"),  # a place between two characters
        ("abc", 4, 4, "abc", "   ^"),  # behind the end
        ("abc", 9, 9, "abc", "   ^"),  # further behind than a line goes
        ("\tab", 2, 4, "    ab", "    ^~"),  # a tab is shown as blanks
        ("a\tb", 2, 3, "a   b", " ^~~"),
        ("漢字x", 3, 4, "漢字x", "    ^"),  # wide characters take two cells
        ("漢字x", 1, 3, "漢字x", "^~~~"),
        ("e\u0301x", 3, 4, "e\u0301x", " ^"),  # a combining mark takes none
        ("a\u202eb", 2, 3, "a\\u202eb", " ^~~~~~"),  # what cannot be seen is shown as an escape
        ("", 1, 1, "", "^"),
    ],
)
def test_the_marker_stands_under_what_is_meant(text: str, column: int, end: int, source: str, marker: str) -> None:
    assert marked(text, column, end) == (source, marker)


def test_of_several_lines_the_rest_of_the_first_is_marked() -> None:
    assert marked("ab cd", 4, 2, end_line=3) == ("ab cd", "   ^~")


def test_a_line_without_end_is_shown_around_the_place() -> None:
    source, marker = marked("x" * 5000 + "BAD" + "y" * 5000, 5001, 5004)
    assert len(source) < 200
    assert source.startswith("… x")
    assert source.endswith("y …")
    assert source[marker.index("^") : len(marker)] == "BAD"


@patient
@given(diagnostics)
def test_no_diagnostic_shows_what_cannot_be_seen(diagnostic: Diagnostic) -> None:
    lines = diagnostic_text(diagnostic).split("\n")
    assert all(line.isprintable() and "##[" not in line for line in lines)
    if diagnostic.span.text:
        source, marker = source_lines(diagnostic.span)
        assert marker.count("^") == 1
        assert set(marker) <= set(" ^~")
        assert marker.index("^") <= width(source)


def test_severities_have_colors() -> None:
    shown = diagnostic_text(BAD_DECISION, Style(color=True))
    assert "\x1b[1;31merror\x1b[0m" in shown
    note = Diagnostic("x", Severity.NOTE, "m", Span("p", 1, 1, 1, 1))
    assert diagnostic_text(note) == "p:1:1: note: m"
