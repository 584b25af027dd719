"""Section 9 of the policy reference, "Errors and warnings": what parses, and is hardly what was meant."""

from __future__ import annotations

import pytest

from agentowners.diagnostics import Severity
from agentowners.policy.builtin import builtin
from agentowners.policy.warnings import layer_warnings, pattern_warnings
from tests.policy.reading import lines


def warned(text: str) -> list[tuple[int, str | None]]:
    return [(found.span.line, found.help) for found in layer_warnings(lines(text))]


def test_a_catch_all_beside_an_allow() -> None:
    (found,) = layer_warnings(lines("docs/** @agents allow\n** @agents require_approval\n"))
    assert (found.id, found.severity) == ("catch-all-outweighs-allow", Severity.WARNING)
    assert (
        found.message == "this rule covers every path and outweighs the `allow` of rule `AGENTOWNERS:1`: the strictest rule wins"
    )
    assert found.help == "for an allow-list write `default @agents require_approval` instead"
    assert found.span.line == 2


@pytest.mark.parametrize(
    "rule",
    [
        "** @agents block",
        "* @agents block",
        "/** @agents block",
        "**/* @agents block",
        "x ** @Agents @x require_approval(2)",
        "** @anyone block",
    ],
)
def test_it_is_certain(rule: str) -> None:
    assert [line for line, _ in warned(f"docs/** @agents allow\n{rule}\n")] == [2]


@pytest.mark.parametrize(
    ("allow", "rule"),
    [
        ("docs/** @agents allow", "** @bots block"),
        ("docs/** @agents @bots allow", "** @agents block"),
        ("docs/** @claude allow", "** @agents block"),
        ("docs/** @agents allow", "!docs/** @agents block"),
        ("docs/** @agents allow", "** !docs/** @agents block"),
        ("docs/** @agents allow", "src/** @agents block"),
        ("docs/** @agents allow", "** @agents allow"),
        ("docs/** @agents allow", "** refs/heads/main @agents block"),
        ("docs/** @agents allow", "** @agents block actions=file_delete"),
        ("docs/** @agents allow actions=file_read", "** @agents block actions=file_write"),
        ("docs/** @agents block", "** @agents block"),
    ],
)
def test_it_is_not(allow: str, rule: str) -> None:
    assert warned(f"{allow}\n{rule}\n") == []


def test_what_to_do_where_a_default_cannot_say_it() -> None:
    help = "except the allowed paths inside the rule, as `!pattern`"
    on_a_ref = "docs/** refs/heads/main @agents allow\nrefs/heads/main @agents block\n"
    for_writing = "docs/** @agents allow actions=file_write\n** @agents block actions=file_write,file_read\n"
    assert warned(on_a_ref) == [(2, help)]
    assert warned(for_writing) == [(2, help)]


def test_the_builtin_layer_has_none() -> None:
    assert layer_warnings(builtin([])) == ()


@pytest.mark.parametrize(
    ("rule", "said", "help"),
    [
        (
            '"src/my dir/" @agents block',
            [
                'a quote has no meaning in `"src/my` but itself',
                'a quote has no meaning in `dir/"` but itself',
            ],
            "write paths without quotes; in lines a blank is escaped, `\\ `",
        ),
        ("'src/' @agents block", ["a quote has no meaning in `'src/'` but itself"], None),
        ("src/, lib/ @agents block", ["the comma has no meaning in `src/,` but itself"], "separate patterns with blanks"),
        ("!src/, @agents block", ["the comma has no meaning in `!src/,` but itself"], None),
        ("src/{a,b}.py @agents block", ["`{...}` has no meaning in `src/{a,b}.py` but itself"], "write one pattern for each"),
        (
            "lib/ src\\main.py @agents block",
            [r"the backslash in `src\main.py` escapes the character after it and separates nothing"],
            "separate directories with `/`",
        ),
        ("refs/main @agents block", ["no branch and no tag is called `refs/main`"], "a branch is `refs/heads/<name>`"),
        ("!refs/main @agents block", ["no branch and no tag is called `!refs/main`"], None),
        ("refs/heads @agents block", ["no branch and no tag is called `refs/heads`"], None),
        ("refs/remotes/origin/main @agents block", ["no branch and no tag is called `refs/remotes/origin/main`"], None),
    ],
)
def test_a_pattern_that_is_hardly_meant(rule: str, said: list[str], help: str | None) -> None:
    found = pattern_warnings(lines(rule))
    assert [(d.message, d.severity, d.span.line) for d in found] == [(message, Severity.WARNING, 1) for message in said]
    assert help is None or found[0].help == help


@pytest.mark.parametrize(
    "rule",
    [
        r"a\\b my\ notes.txt \#a \[b\] @agents block",
        "o'neill.md a\"b say, @agents block",
        "a{b} {a b,c} {} {, @agents block",
        "refs/heads/ refs/tags/v1 refs/** refs/*/main refs/h*/x refs/heads/[:a] @agents block",
        "** @agents block",
    ],
)
def test_a_pattern_that_may_be_meant(rule: str) -> None:
    assert [d.message for d in pattern_warnings(lines(rule)) if "`say,`" not in d.message and "`{,`" not in d.message] == []


def test_the_builtin_layer_is_meant() -> None:
    assert pattern_warnings(builtin([])) == ()
