from __future__ import annotations

import html
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agentowners.report.shared.escape import (
    command_data,
    command_property,
    for_html,
    for_markdown,
    for_markdown_prose,
    for_sarif,
    for_terminal,
    printable,
    quoted,
)
from tests.report.rendering import HARMLESS, REFERENCES, inline, parse, running_text, types
from tests.report.strategies import nasty, patient


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("src/app.py", "src/app.py"),
        ("a b/ü/漢.txt", "a b/ü/漢.txt"),
        ("a\nb\r\t", "a\\nb\\r\\t"),
        ("\x00\x1b[31m\x7f", "\\x00\\x1b[31m\\x7f"),
        ("\x85\x9b", "\\u0085\\u009b"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2066\u200b\u200d\ufeff\u00ad", "\\u2066\\u200b\\u200d\\ufeff\\u00ad"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("\u00a0\u3000", "\\u00a0\\u3000"),
        ("\u034f\u3164\ufe0f\U000e0100", "\\u034f\\u3164\\ufe0f\\U000e0100"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("\ue000\U0010ffff\U000e0041", "\\ue000\\U0010ffff\\U000e0041"),
        ("my\\ file", "my\\ file"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@patient
@given(st.text() | nasty)
def test_printable_text_is_one_visible_line_and_stays_as_it_is(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown.splitlines()) <= 1
    assert printable(shown) == shown
    assert shown.encode("utf-8").decode() == shown


@patient
@given(nasty)
def test_quoted_text_has_no_backtick_inside(text: str) -> None:
    assert quoted(text).count("`") == 2


@patient
@given(nasty)
@example("  ::error::x")
@example("::::")
def test_no_line_for_a_terminal_holds_a_workflow_command(text: str) -> None:
    assert "##[" not in for_terminal(text)
    assert not for_terminal(text).lstrip().startswith("::")
    assert for_terminal(for_terminal(text)) == for_terminal(text)


def test_threat_17_file_name_that_forges_markdown_stays_one_code_span_in_a_table() -> None:
    name = "x` | ![y](http://e.example) @octocat | `\n# h"
    document = f"| a | b |\n|---|---|\n| {for_markdown(name)} | z |"
    assert types(document).count("td_open") == 2
    spans = [token.content for token in inline(parse(document)) if token.type == "code_inline"]
    assert spans == ["x\\x60 \\x7c ![y](http://e.example) @octocat \\x7c \\x60\\n# h"]


@patient
@given(st.text(min_size=1) | nasty.filter(bool))
@example("\\")
@example("`")
@example(" ")
@example("  a ")
@example("a\\")
@example("|\\")
def test_a_value_in_markdown_is_exactly_one_code_span(text: str) -> None:
    shown = printable(text).replace("`", "\\x60").replace("|", "\\x7c")
    for document in (for_markdown(text), f"- {for_markdown(text)}", f"x {for_markdown(text)}, y"):
        children = [token for token in inline(parse(document)) if token.type != "text"]
        assert [token.type for token in children] == ["code_inline"], document
        assert children[0].content == shown
    table = f"| a | b |\n|---|---|\n| {for_markdown(text)} | z |"
    assert types(table).count("td_open") == 2
    assert types(table)[-1] == "table_close"
    assert [t.content for t in inline(parse(table))][-2:] == [shown, "z"]


@patient
@given(st.text() | nasty)
@example("www.``evil.example")
@example("`a``b`")
@example("` `")
@example("a `b")
@example("1. x")
@example(" 0.")
@example("deadbeef cafe")
@example("fa`c`ade dead``beef")
def test_prose_in_markdown_refers_to_nothing(text: str) -> None:
    document = for_markdown_prose(text)
    assert set(types(document)) <= {"paragraph_open", "inline", "paragraph_close"}
    assert {token.type for token in inline(parse(document))} <= {"text", "code_inline"}
    for block in running_text(document):
        assert not REFERENCES.search(block), block


@pytest.mark.parametrize(
    ("message", "markdown"),
    [
        ("cannot read team `acme/sre`", "cannot read team `acme/sre`"),
        ("`blok` is not a decision", "`blok` is not a decision"),
        ('it\'s (probably) 2 of 3, "done".', 'it\'s (probably) 2 of 3, "done".'),
        ("see http://evil.example, @octocat", "see `http://evil.example`, `@octocat`"),
        ("put on #1: (see @octocat) ...", "put on `#1`: (see `@octocat`) ..."),
        (":smile: `:smile:`", "`:smile`: `:smile:`"),
        ("gave it to 1a2b3c4", "gave it to `1a2b3c4`"),
        ("two  blanks\tand a tab", "two  `blanks\\tand` a tab"),
        ("a`b`c", "a`b`c"),
        ("", ""),
    ],
)
def test_prose_reads_as_it_was_written(message: str, markdown: str) -> None:
    assert for_markdown_prose(message) == markdown


@patient
@given(nasty)
def test_every_inline_token_of_prose_in_a_cell_stays_in_the_cell(text: str) -> None:
    document = f"| a | b |\n|---|---|\n| x{for_markdown_prose(text)} | z |"
    assert types(document).count("td_open") == 2
    assert {token.type for token in inline(parse(document))} <= HARMLESS


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += "".join(value or "" for _, value in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@patient
@given(nasty)
def test_text_in_html_is_text(text: str) -> None:
    for document in (f"<p>{for_html(text)}</p>", f'<p title="{for_html(text)}">', f"<p title='{for_html(text)}'>"):
        parser = _Collector()
        parser.feed(document)
        parser.close()
        assert parser.tags == ["p"]
        assert parser.text == printable(text)


@patient
@given(nasty)
def test_text_in_a_sarif_message_makes_no_link_and_no_placeholder(text: str) -> None:
    shown = for_sarif(text)
    assert "[" not in shown.replace("\\[", "")
    assert "{0}" not in for_sarif("{0} {12}").replace("{{0}}", "")
    assert shown.isprintable()


def runner_unescape(data: str, *, property: bool) -> str:
    """What the runner makes of escaped text (actions/runner, ActionCommand)."""
    pairs = [("%0D", "\r"), ("%0A", "\n"), *([("%3A", ":"), ("%2C", ",")] if property else []), ("%25", "%")]
    for escaped, char in pairs:
        data = data.replace(escaped, char)
    return data


@patient
@given(nasty)
def test_command_data_and_properties_arrive_at_the_runner_as_they_were(text: str) -> None:
    data, value = command_data(text), command_property(text)
    for shown in (data, value):
        assert shown.isprintable()
    assert not set(":,") & set(value)
    assert runner_unescape(data, property=False) == "\n".join(map(printable, text.split("\n")))
    assert runner_unescape(value, property=True) == printable(text)


def test_html_escapes_are_the_usual_ones() -> None:
    assert for_html('<a href="x">\'&`') == html.escape('<a href="x">\'&') + "&#96;"
