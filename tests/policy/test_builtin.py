"""Section 8 of the policy reference: what is protected by default."""

from __future__ import annotations

import pytest

from agentowners.policy.builtin import POLICY_NAMES, builtin, protected_patterns
from agentowners.policy.model import Action, Decision, Outcome
from agentowners.policy.patterns import PathPattern
from tests.policy.reading import covers


def protecting(path: str, *policy_paths: str) -> list[str]:
    """The built-in rules that a path is in."""
    return [rule.id.removeprefix("builtin:") for rule in builtin(policy_paths).rules if covers(rule.patterns, path)]


def test_it_asks_for_one_human_approval_where_others_than_people_write() -> None:
    layer = builtin([])
    assert (layer.name, layer.source) == ("builtin", None)
    for rule in layer.rules:
        assert rule.id.startswith("builtin:")
        assert rule.outcome == Outcome(Decision.REQUIRE_APPROVAL, 1)
        assert [str(principal) for principal in rule.principals] == ["@agents", "@bots", "@unattributed"]
        assert rule.actions == {Action.FILE_WRITE}
        assert (rule.name, rule.span, rule.refs) == (None, None, ())
        assert rule.reason is not None


def test_every_name_under_which_a_policy_is_found_in_search_order() -> None:
    assert POLICY_NAMES == (
        ".github/AGENTOWNERS", "AGENTOWNERS", "docs/AGENTOWNERS", ".agentowners.yml", ".agentowners.yaml",
        ".github/agentowners.yml", ".github/agentowners.yaml", ".acp.yml", "smoo-policy.yml",
    )  # fmt: skip
    for name in POLICY_NAMES:
        assert protecting(name) == ["policy"]
        assert protecting(f"sub/{name}") == []


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ("policies/agents.txt", "policies/agents.txt"),
        ("./policies//agents.txt", "policies/agents.txt"),
        ("/policies/agents.txt", "policies/agents.txt"),
        ("a[b]*?\\.txt", "a[b]*?\\.txt"),
        ("!x", "!x"),
        ("a\nb", "a\nb"),
        ("\udcff", "\udcff"),
    ],
)
def test_policies_found_and_named_are_protected(named: str, path: str) -> None:
    assert protecting(path, named) == ["policy"]
    assert protecting(path) == []


def test_a_name_is_no_glob() -> None:
    assert protecting("abc", "a*c") == []
    assert protecting("policies/a.txt/x", "policies/a.txt") == ["policy"]


@pytest.mark.parametrize("named", ["", ".", "..", "../x", "/"])
def test_names_outside_of_the_repository_protect_nothing(named: str) -> None:
    assert builtin([named]) == builtin([])


def test_a_name_that_is_found_anyway_is_listed_once() -> None:
    assert builtin(["AGENTOWNERS", "AGENTOWNERS"]) == builtin([])


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (".github/workflows/ci.yml", "workflows"),
        (".github/workflows", "workflows"),
        (".github/actions/a/action.sh", "workflows"),
        ("CODEOWNERS", "codeowners"),
        (".github/CODEOWNERS", "codeowners"),
        ("docs/CODEOWNERS", "codeowners"),
        (".github/copilot-instructions.md", "copilot-instructions"),
        ("action.yml", "action-metadata"),
        ("a/b/action.yaml", "action-metadata"),
        *((f"{where}{name}", rule) for where in ("", "a/b/") for name, rule in [
            ("AGENTS.md", "agent-instructions"),
            ("CLAUDE.md", "agent-instructions"),
            ("GEMINI.md", "agent-instructions"),
            (".cursorrules", "agent-instructions"),
            (".windsurfrules", "agent-instructions"),
            (".github/instructions/x.md", "agent-instructions"),
            (".github/agents/x.md", "agent-instructions"),
            (".claude/settings.json", "agent-config"),
            (".cursor/rules/x", "agent-config"),
            (".codex/x", "agent-config"),
            (".gemini/x", "agent-config"),
            (".mcp.json", "mcp"),
            ("agents.md", "agent-instructions"),
            (".Claude/settings.json", "agent-config"),
            (".vscode/settings.json", "editor"),
            ("x/.github/hooks/a", "agent-config"),
            (".vscode/mcp.json", "mcp"),
            (".devcontainer/devcontainer.json", "devcontainer"),
        ]),
    ],
)  # fmt: skip
def test_what_is_protected(path: str, rule: str) -> None:
    assert protecting(path) == [rule]


@pytest.mark.parametrize(
    "path",
    [
        "a/.github/workflows/x",
        "a/CODEOWNERS",
        "a/.github/copilot-instructions.md",
        "agents.mdx",
        ".vscode/launch.json",
        "src/x",
        ".claude.md",
    ],
)
def test_what_is_not(path: str) -> None:
    assert protecting(path) == []


@pytest.mark.parametrize("path", [".claude", "a/.cursor", ".codex", ".gemini", ".devcontainer", "a/.github/agents"])
def test_threat_32_a_link_put_where_a_protected_directory_would_be(path: str) -> None:
    assert len(protecting(path)) == 1


def test_all_of_it_at_once() -> None:
    patterns = protected_patterns(["x/y"])
    assert PathPattern("/x/y") in patterns
    assert PathPattern(".mcp.json") in patterns
    assert len(patterns) == sum(len(rule.patterns) for rule in builtin(["x/y"]).rules)
