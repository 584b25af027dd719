"""Section 6 of the policy reference: modes compile to rules."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agentowners.policy.builtin import protected_patterns
from agentowners.policy.egress import EGRESS
from agentowners.policy.model import Layer, Mode, ModeLine, Rule
from agentowners.policy.modes import compile_mode, expand, observers, rule_count
from agentowners.policy.patterns import PathPattern, PrincipalPattern
from agentowners.policy.printer import rule_text
from tests.policy.reading import covers, lines, yaml

PROTECTED = (PathPattern("/.github/workflows"), PathPattern(".claude"))
EGRESS_TEXT = " ".join(str(pattern) for pattern in EGRESS)


def compiled(text: str) -> list[str]:
    """What a line with a mode compiles to, printed."""
    (mode,) = lines(text).modes
    rules = compile_mode(mode, PROTECTED)
    assert len(rules) == rule_count(mode.mode, mode.workspace)
    for rule in rules:
        assert lines(rule_text(rule)).rules == (rule,)
    return [rule_text(rule) for rule in rules]


def test_read_only() -> None:
    assert compiled("mode read-only @a @b") == ["** @a @b block actions=file_write"]


def test_workspace_write() -> None:
    assert compiled("mode workspace-write @a src/ *.md") == [
        "src/ *.md @a allow actions=file_write",
        "!src/ !*.md @a require_approval actions=file_write",
    ]


def test_what_is_taken_out_of_the_workspace_lies_outside() -> None:
    assert compiled("mode workspace-write @a src/ !src/x !*.md") == [
        "src/ !src/x !*.md @a allow actions=file_write",
        "!src/ @a require_approval actions=file_write",
        "src/x *.md @a require_approval actions=file_write",
    ]
    assert compiled("mode workspace-write @a !src/x") == [
        "!src/x @a allow actions=file_write",
        "src/x @a require_approval actions=file_write",
    ]


def test_without_patterns_the_workspace_is_everything_that_is_not_protected() -> None:
    assert compiled("mode workspace-write @a") == [
        "!/.github/workflows !.claude @a allow actions=file_write",
        "/.github/workflows .claude @a require_approval actions=file_write",
    ]


def test_where_nothing_is_protected_the_workspace_is_everything() -> None:
    (mode,) = lines("mode workspace-write @a").modes
    assert [rule_text(rule) for rule in compile_mode(mode, ())] == ["** @a allow actions=file_write"]


def test_reviewed_egress() -> None:
    assert compiled("mode reviewed-egress @a src/") == [
        "src/ @a allow actions=file_write",
        "!src/ @a require_approval actions=file_write",
        f"{EGRESS_TEXT} @a require_approval actions=file_write",
    ]


def test_approved_online() -> None:
    assert compiled("mode approved-online @a package.json /Cargo.toml")[2:] == [
        f"{EGRESS_TEXT} !package.json !/Cargo.toml @a require_approval actions=file_write"
    ]
    assert compiled("mode approved-online @a")[2:] == [f"{EGRESS_TEXT} @a require_approval actions=file_write"]


def test_approved_online_with_a_workspace() -> None:
    (mode,) = yaml("modes: [{mode: approved-online, principals: [a], workspace: [src/], approved: [go.sum]}]").modes
    assert [rule_text(rule) for rule in compile_mode(mode, PROTECTED)] == [
        "src/ @a allow actions=file_write",
        "!src/ @a require_approval actions=file_write",
        f"{EGRESS_TEXT} !go.sum @a require_approval actions=file_write",
    ]


def test_observe_only_is_no_rule() -> None:
    layer = lines("mode observe-only @a @b\nmode read-only @c\nmode observe-only @d\n")
    assert compiled("mode observe-only @a") == []
    assert observers(layer) == (PrincipalPattern("a"), PrincipalPattern("b"), PrincipalPattern("d"))


def test_modes_stand_among_the_rules_in_file_order() -> None:
    layer = lines("a @x block\nmode reviewed-egress @x src/ !src/x\nb @x allow id=n\nmode read-only @y\n")
    rules = expand(layer, PROTECTED)
    assert [rule.id for rule in rules] == [
        "AGENTOWNERS:1", "AGENTOWNERS:2", "AGENTOWNERS:2#2", "AGENTOWNERS:2#3", "AGENTOWNERS:2#4", "n", "AGENTOWNERS:4",
    ]  # fmt: skip
    assert [rule.span.line if rule.span else 0 for rule in rules] == [1, 2, 2, 2, 2, 3, 4]


def test_on_one_line_of_yaml_every_rule_has_an_id_of_its_own() -> None:
    modes = "modes: [{mode: workspace-write, principals: [x]}, {mode: read-only, principals: [x]}]"
    rules = expand(yaml(f"{{{modes}, rules: [{{patterns: [a], decision: block}}]}}", path="p#2.yml"), PROTECTED)
    assert [rule.id for rule in rules] == ["p#2.yml:1", "p#2.yml:1#2", "p#2.yml:1#3", "p#2.yml:1#4"]


def test_a_layer_without_modes_keeps_its_rules() -> None:
    layer = lines("a @x block")
    assert expand(layer, PROTECTED) is layer.rules


def test_a_layer_that_was_never_text() -> None:
    rule = replace(lines("a @x block").rules[0], span=None, id="r")
    layer = Layer(rules=(rule,), modes=(ModeLine(Mode.WORKSPACE_WRITE, rule.principals, (PathPattern("a"),), id="m"),))
    assert [found.id for found in expand(layer, ())] == ["r", "m", "m#2"]
    assert all(isinstance(found, Rule) for found in expand(layer, ()))


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/a.yml", ".github/actions/a/b", ".gitmodules", "a/Dockerfile", "Dockerfile.dev", "x.dockerfile",
        "Containerfile", "compose.yml", "a/compose.prod.yaml", "docker-compose.yml", "a/.devcontainer/x", ".devcontainer/x",
        "package.json", "a/package.json", "bun.lockb", "deno.jsonc", "requirements-dev.txt", "pyproject.toml", "setup.py",
        "Pipfile.lock", "Cargo.lock", "go.sum", "go.work.sum", "Gemfile.lock", "x.gemspec", "build.gradle.kts",
        "gradle/libs.versions.toml",
        "a/b.csproj", "mix.lock", "flake.lock", ".npmrc", ".yarnrc.yml", ".cargo/config.toml", "nuget.config", "a/main.tf",
        "prod.tfvars", "Chart.yaml", "values-prod.yaml", "kustomization.yml", "serverless.yaml", "cdk.json", "Pulumi.prod.yaml",
        ".mcp.json", "a/.cursor/mcp.json", ".vscode/mcp.json", ".claude/x", "a/.codex/x", ".gemini/x",
    ],
)  # fmt: skip
def test_what_opens_external_access(path: str) -> None:
    assert covers(EGRESS, path)


@pytest.mark.parametrize("path", ["src/x.py", "README.md", "a/.github/workflows/x", "a/.cargo/config.toml", "package.json.md"])
def test_what_does_not(path: str) -> None:
    assert not covers(EGRESS, path)


def test_the_list_is_that_of_the_reference() -> None:
    assert len(EGRESS) == len(set(EGRESS)) == 73
    assert not any(pattern.negative for pattern in EGRESS)


def test_the_protected_paths_of_a_policy_serve_as_the_end_of_the_workspace() -> None:
    (mode,) = lines("mode workspace-write @a").modes
    inside, outside = compile_mode(mode, protected_patterns(["x.txt"]))
    assert "!/x.txt" in rule_text(inside).split()
    assert "/x.txt" in rule_text(outside).split()
