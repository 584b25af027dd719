from __future__ import annotations

import pytest

from agentowners.diagnostics import Severity
from agentowners.lint.run import find
from tests.lint.linting import YAML, findings, said, subject

ID = "allow-by-default"


def test_it_is_a_note() -> None:
    found = findings(ID, subject("/docs/  @agents  allow\n"))
    assert said(found) == [
        "1 `/docs/  @agents  allow`: this `allow` changes no decision: "
        "no default restricts whom it names, so nothing is asked for without it"
    ]
    assert [f.diagnostic.severity for f in found] == [Severity.NOTE]


def test_the_smallest_policy_has_notes_only() -> None:
    text = """\
    rules:
      - patterns: ["**/.env*", "**/secrets/**"]
        actions: [file_read, file_write, shell_execute]
        decision: block
        reason: "Sensitive files must not be accessed by agents"
      - patterns: ["**/*.md", "**/docs/**"]
        actions: [file_write]
        decision: allow
    """
    assert [(f.diagnostic.id, f.diagnostic.severity) for f in find(subject(text, name=YAML))] == [(ID, Severity.NOTE)]


@pytest.mark.parametrize(
    "text",
    [
        "default @agents require_approval\n/docs/ @humans allow",
        "default @agents allow\n/docs/ @agents allow",
        "default @anyone block\ndefault @humans allow\n/docs/ @humans allow",
        "default @humans block\n/docs/ @copilot allow",
        "/src/ @agents block\n/docs/ @agents allow",
    ],
)
def test_found(text: str) -> None:
    assert len(findings(ID, subject(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "default @agents require_approval\n/docs/ @agents allow",
        "default @agents require_approval\n/docs/ @copilot allow",
        "default @agents require_approval\n/docs/ @anyone allow",
        "default @agents require_approval\n/docs/ @some-app allow",  # nothing tells its group
        "default @anyone block\n/docs/ @humans allow",
        "default @humans block\n/docs/ @unattributed allow",
        "default @claude block\n/docs/ @agents allow",
        "default @agents allow\ndefault @copilot block\n/docs/ @copilot allow",
        "default @agents allow\ndefault @copilot-swe-agent block\n/docs/ @copilot allow",  # one and the same
        "/docs/ @agents allow actions=file_read",
        "/docs/ @agents allow actions=shell_execute",
        "/docs/ @agents block\n/docs/a @agents allow",  # another check speaks of it
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()
