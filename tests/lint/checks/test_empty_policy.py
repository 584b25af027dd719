from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "empty-policy"


@pytest.mark.parametrize("text", ["", "\n", "# to come\n", "approvals\n", "agent x id=1\n"])
def test_a_policy_that_restricts_nothing(text: str) -> None:
    found = findings(ID, subject(text))
    assert said(found) == ["1 ``: the policy restricts nothing: it has no rule, no default and no mode"]
    assert helps(found) == ["one line is a beginning: `security/** @agents block`"]


def test_in_yaml_too() -> None:
    assert len(findings(ID, subject("version: 1\n", name=YAML))) == 1


@pytest.mark.parametrize(
    "text", ["x @agents block\n", "default @agents block\n", "mode read-only @agents\n", "unprotect AGENTS.md @claude\n"]
)
def test_silent_where_something_is_said(text: str) -> None:
    assert findings(ID, subject(text)) == ()
