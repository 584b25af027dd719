from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "literal-character"


@pytest.mark.parametrize(
    ("pattern", "odd", "help"),
    [
        ('"src/**"', "a quote", "write paths without quotes; in lines a blank is escaped, `\\ `"),
        ("docs/**,", "the comma", "separate patterns with blanks"),
        ("src/*.{js,ts}", "`{...}`", "write one pattern for each"),
    ],
)
def test_it_points_at_the_pattern(pattern: str, odd: str, help: str) -> None:
    found = findings(ID, subject(f"x/ {pattern}  @agents  block\n"))
    assert said(found) == [f"1 `{pattern}`: {odd} has no meaning in `{pattern}` but itself"]
    assert helps(found) == [help]


def test_modes_too_and_yaml() -> None:
    assert len(findings(ID, subject("mode workspace-write @agents src/{a,b}\nunprotect 'x' @copilot\n"))) == 2
    assert said(findings(ID, subject("rules: [{patterns: ['a/{b,c}'], decision: block}]", name=YAML))) == [
        "1 `'a/{b,c}'`: `{...}` has no meaning in `a/{b,c}` but itself"
    ]


@pytest.mark.parametrize("pattern", ["a'b", "{x}", "a,b", "src/**"])
def test_silent(pattern: str) -> None:
    assert findings(ID, subject(f"{pattern}  @agents  block\n")) == ()
