from __future__ import annotations

import pytest

from agentowners.diagnostics import Source
from agentowners.lint.model import LintSubject
from agentowners.policy.load import load_policy
from tests.lint.linting import LINES, YAML, findings, said, subject

ID = "setting-without-effect"


def both(lines: str, yaml: str) -> LintSubject:
    return LintSubject(load_policy([Source("AGENTOWNERS", lines.encode()), Source(".agentowners.yml", yaml.encode())]))


@pytest.mark.parametrize(
    ("key", "loose", "strict"),
    [
        ("dismiss_stale", "false", "true"),
        ("minimum_permission", "read", "maintain"),
        ("requester_counts", "true", "false"),
        ("contributors_count", "true", "false"),
        ("by_comment", "author", "others"),
        ("by_comment", "others", "never"),
    ],
)
def test_another_file_is_stricter(key: str, loose: str, strict: str) -> None:
    message = f"`{key}` is `{loose}` here and `{strict}` in `.agentowners.yml`, which stands"
    found = findings(ID, both(f"# first\napprovals {key}={loose}\n", f"approvals: {{{key}: {strict}}}\n"))
    assert said(found) == [f"2 `approvals`: {message}"]
    assert [
        f.diagnostic.span.path for f in findings(ID, both(f"approvals {key}={strict}\n", f"approvals: {{{key}: {loose}}}\n"))
    ] == [".agentowners.yml"]


@pytest.mark.parametrize(("text", "name"), [("approvals # nothing\n", LINES), ("version: 1\napprovals: {}\n", YAML)])
def test_settings_that_say_nothing(text: str, name: str) -> None:
    (found,) = said(findings(ID, subject(text, name=name)))
    assert found.endswith("`approvals`: `approvals` without a setting says nothing")


def test_approvals_of_a_rule_are_no_settings() -> None:
    text = "rules:\n  - patterns: [a]\n    decision: require_approval\n    approvals: 2\n"
    assert findings(ID, subject(text, name=YAML)) == ()


def test_silent() -> None:
    assert findings(ID, both("approvals requester_counts=true\n", "approvals: {requester_counts: true}\n")) == ()
    assert findings(ID, both("approvals requester_counts=true\n", "approvals: {dismiss_stale: true}\n")) == ()
