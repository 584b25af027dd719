from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "needless-escape"


def test_it_points_at_the_pattern() -> None:
    found = findings(ID, subject("docs/** src\\main.py  @agents  block\n"))
    assert said(found) == [
        "1 `src\\main.py`: the backslash in `src\\main.py` escapes the character after it and separates nothing"
    ]
    assert helps(found) == ["separate directories with `/`"]


@pytest.mark.parametrize("text", ["a\\ b", "\\#x", "\\@x", "\\*", "\\!x", "a/b", "\\mode"])
def test_silent_where_an_escape_says_something(text: str) -> None:
    assert findings(ID, subject(f"{text}  @agents  block # C:\\x\n")) == ()


def test_silent_in_yaml() -> None:
    assert findings(ID, subject('rules: [{patterns: ["\\x41"], decision: block}]', name=YAML)) == ()
