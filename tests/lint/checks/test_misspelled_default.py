from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "misspelled-default"


@pytest.mark.parametrize("word", ["defaults", "defualt", "Default", "defaul", "DEFAULTS"])
def test_a_slip_makes_a_rule_of_a_default(word: str) -> None:
    found = findings(ID, subject(f"/a/ @agents block\n{word} @agents require_approval\n"))
    assert said(found) == [f"2 `{word}`: `{word}` is the name of a file here, and begins no default"]
    assert helps(found) == [f"did you mean `default`? if it is a file, write `/{word}`"]
    assert len(findings(ID, subject(f"{word} @agents block\n", ["README.md"]))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "default @agents block",
        "/defaults @agents block",
        "defaults/ @agents block",
        "defaults.yml @agents block",
        "defaults src/ @agents block",
        "defaults refs/heads/main @agents block",
        "!defaults @agents block",
        "fault @agents block",
    ],
)
def test_silent(line: str) -> None:
    assert findings(ID, subject(f"{line}\n")) == ()


def test_silent_where_something_is_called_that_and_in_yaml() -> None:
    line = "defaults @agents block\n"
    assert findings(ID, subject(line, ["src/defaults"])) == ()
    assert findings(ID, subject(line, ["roles/defaults/main.yml"])) == ()
    assert findings(ID, subject("rules: [{patterns: [defaults], decision: block}]", name=YAML)) == ()
