from __future__ import annotations

import pytest

from agentowners.lint.fixes import repair
from tests.lint.linting import LINES, YAML, findings, helps, said, subject

ID = "bidirectional-character"


@pytest.mark.parametrize("char", ["\u200b", "\u2060", "\u00ad", "\ufeff", "\u2028", "\U000e0041", "\u3164"])
@pytest.mark.parametrize("text", ["x  @agents  block  # because{}\n", "# say{}so\n"])
def test_what_cannot_be_seen_of_a_comment(char: str, text: str) -> None:
    (found,) = findings(ID, subject(text.format(char)))
    assert f"U+{ord(char):04X} " in found.diagnostic.message
    span = found.diagnostic.span
    assert span.text[span.column - 1] == char
    assert found.fix is not None


def test_its_name_and_how_many_there_are() -> None:
    assert said(findings(ID, subject("a  @agents  block  # d\u200be\u2060\n"))) == [
        "1 `\u200b`: U+200B ZERO WIDTH SPACE in a comment cannot be seen, and 1 more like it on this line",
    ]
    text = 'rules: [{patterns: [a], decision: block, reason: "b\u200bc"}]\n'
    assert helps(findings(ID, subject(text, name=YAML))) == ["take it out, or write it again by hand"]


def test_a_blank_that_separates_nothing() -> None:
    assert said(findings(ID, subject("docs\u00a0src  @agents  block\n"))) == [
        "1 `\u00a0`: U+00A0 NO-BREAK SPACE looks like a blank, and separates nothing"
    ]
    assert findings(ID, subject("x  @agents  block  # 10\u00a0000\n")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffx  @agents  block\n",  # a byte order mark
        "# \u26a0\ufe0f: \U0001f468\u200d\U0001f4bb, 1\ufe0f\u20e3\n"
        "# \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f\n",
        "\u8cc7\u6599\u3000\u4e00/  @agents  block\n",
        "caf\u00e9/\u65e5\u672c\u8a9e  @agents  block\n",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()


def test_comments_in_yaml_are_whole_lines() -> None:
    text = "# a\u200bb\nrules: [{patterns: [x], decision: block}] # c\u200bd\n"
    found = findings(ID, subject(text, name=YAML))
    assert [f.fix is not None for f in found] == [True, False]


def test_the_fix_takes_them_out_and_nothing_else() -> None:
    text = "# a\u200bb\u2060\u2060\r\nxy  @agents  block  # c\u200b\r\nz  @agents  allow"
    done = repair(subject(text.encode()))
    (layer,) = done.subject.layers
    assert layer.source is not None
    assert layer.source.data.decode() == "# ab\r\nxy  @agents  block  # c\r\nz  @agents  allow"
    assert [(fixed.id, fixed.path) for fixed in done.fixed] == [(ID, LINES)] * 2
