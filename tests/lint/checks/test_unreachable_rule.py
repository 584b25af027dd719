from __future__ import annotations

from agentowners.diagnostics import Source
from agentowners.lint.model import LintSubject
from agentowners.policy.load import load_policy
from tests.lint.linting import YAML, findings, helps, said, subject

# What is covered and what is not is held to the engine in tests/lint/test_outweighed.py; here is how it is said.
ID = "unreachable-rule"


def test_it_names_the_stricter_rule() -> None:
    found = findings(ID, subject("/docs/  @agents  block\n/docs/a.md  @copilot  allow\n"))
    assert said(found) == [
        "2 `/docs/a.md  @copilot  allow`: this `allow` never decides: `AGENTOWNERS:1` is stricter wherever it matches"
    ]
    assert [(text, span.line) for text, span in found[0].related] == [("the stricter rule", 1)]
    assert helps(found) == ["remove it, or take its paths out of the stricter rule, as `!pattern`"]
    assert found[0].fix is None


def test_several_that_are_stricter_together() -> None:
    text = "/a/* @agents block id=top\n/a/*/** @agents block id=below\n/a/ @agents require_approval\n"
    (found,) = findings(ID, subject(text))
    assert found.diagnostic.message == "this rule never decides: `top` and `below` are together stricter wherever it matches"
    assert [(text, span.line) for text, span in found.related] == [("the stricter rule", 1), ("another", 2)]


def test_many_are_not_all_named() -> None:
    agents = ["copilot", "claude", "cursor", "devin", "codex"]
    blocks = "".join(f"/a/ @{name} block\n" for name in agents)
    (found,) = findings(ID, subject(f"{blocks}/a/ {' '.join(f'@{name}' for name in agents)} allow\n"))
    assert "`AGENTOWNERS:3` and 2 more are together stricter" in found.diagnostic.message
    assert len(found.related) == 5


def test_a_mode_can_be_stricter_than_a_rule_that_restricts() -> None:
    (found,) = findings(ID, subject("mode read-only @ci-bot\n/a @ci-bot require_approval actions=file_write\n"))
    assert found.diagnostic.message == "this rule never decides: mode `read-only` of line 1 is stricter wherever it matches"


def test_the_builtin_layer_is_lifted_by_unprotect_only() -> None:
    (found,) = findings(ID, subject("/src/ @copilot block\nAGENTS.md /src/ @copilot allow actions=file_write\n"))
    assert "`builtin:agent-instructions` and `AGENTOWNERS:1` are together stricter" in found.diagnostic.message
    assert found.diagnostic.help == "remove it; what is protected by default only an `unprotect` line lifts"


def test_a_rule_that_covers_no_path() -> None:
    found = findings(ID, subject("/a/b !/a/ @agents block\n"))
    assert said(found) == [
        "1 `/a/b !/a/ @agents block`: this rule covers no path: its negative patterns take out all that it names"
    ]


def test_a_rule_of_another_file() -> None:
    sources = [
        Source("AGENTOWNERS", b"/docs/a.md @agents allow\n"),
        Source(YAML, b"rules: [{patterns: [/docs/], decision: block}]\n"),
    ]
    (found,) = findings(ID, LintSubject(load_policy(sources)))
    assert found.diagnostic.span.path == "AGENTOWNERS"
    assert found.related[0][1].path == YAML


def test_one_finding_for_one_rule() -> None:
    for text in (
        "** @agents block\n/a @agents allow\n",
        "mode read-only @ci-bot\n/a @ci-bot allow actions=file_write\n",
        "AGENTS.md @copilot allow actions=file_write\n",
    ):
        assert findings(ID, subject(text)) == ()
