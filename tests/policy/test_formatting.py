"""The canonical form: the same policy and the same comments, and nothing left to change."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given

from agentowners.diagnostics import Source
from agentowners.policy.conversion import ConversionRefused
from agentowners.policy.formatting import Syntax, canonical, parse
from agentowners.policy.model import Layer
from tests.examples import examples
from tests.policy.commented import comment_texts, line_texts, yaml_texts
from tests.policy.reading import LINES, YAML

PATHS = {Syntax.LINE: LINES, Syntax.YAML: YAML}
patient = examples(15)


def read(text: str, syntax: Syntax) -> Layer:
    source = Source(PATHS[syntax], text.encode())
    layer, diagnostics = parse(source, syntax)
    assert diagnostics == (), text
    return layer


def fmt(text: str, syntax: Syntax, wanted: Syntax | None = None) -> str:
    return canonical(read(text, syntax), wanted or syntax)


def check(text: str, syntax: Syntax) -> None:
    printed = fmt(text, syntax)
    assert read(printed, syntax) == read(text, syntax)
    assert comment_texts(PATHS[syntax], printed) == comment_texts(PATHS[syntax], text)
    assert fmt(printed, syntax) == printed
    assert "\r" not in printed
    assert "\n\n\n" not in printed
    assert not printed.startswith(("\n", "\ufeff"))
    assert printed == "" or (printed.endswith("\n") and not printed.endswith("\n\n"))
    # A pattern may end in an escaped blank, and a line in that pattern.
    assert not re.search(r"(?<!\\)[ \t]$", printed, re.MULTILINE)


@patient
@given(line_texts())
def test_lines_say_the_same_in_canonical_form(text: str) -> None:
    check(text, Syntax.LINE)


@patient
@given(yaml_texts())
def test_yaml_says_the_same_in_canonical_form(text: str) -> None:
    check(text, Syntax.YAML)


@patient
@given(line_texts())
def test_lines_become_yaml_with_all_their_comments_and_come_back(text: str) -> None:
    as_yaml = fmt(text, Syntax.LINE, Syntax.YAML)
    assert comment_texts(YAML, as_yaml) == comment_texts(LINES, text)
    assert fmt(as_yaml, Syntax.YAML) == as_yaml
    back = fmt(as_yaml, Syntax.YAML, Syntax.LINE)
    assert comment_texts(LINES, back) == comment_texts(LINES, text)
    assert fmt(back, Syntax.LINE) == back
    # From here on the statements stand in the order of the sections, and nothing moves any more.
    assert fmt(fmt(back, Syntax.LINE, Syntax.YAML), Syntax.YAML, Syntax.LINE) == back


@patient
@given(yaml_texts(visible=True))
def test_yaml_becomes_lines_with_all_its_comments(text: str) -> None:
    try:
        as_lines = fmt(text, Syntax.YAML, Syntax.LINE)
    except ConversionRefused:
        assume(False)
        raise
    assert comment_texts(LINES, as_lines) == comment_texts(YAML, text)
    assert fmt(as_lines, Syntax.LINE) == as_lines


def test_a_form_that_no_policy_may_have_is_refused() -> None:
    """A fault of neither the policy nor the formatter: the other syntax takes more room."""
    layer = read("/a/ @x block # " + '"' * 3_000_000 + "\n", Syntax.LINE)
    with pytest.raises(ConversionRefused, match="larger than a policy may be"):
        canonical(layer, Syntax.YAML)
