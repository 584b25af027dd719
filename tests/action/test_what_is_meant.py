"""What is written in a policy is what is meant, or the check says that it is not (attacks E1 to E4)."""

from __future__ import annotations

import pytest

from tests.action.test_threats_policy import BLOCKED, title, under
from tests.action.world import World

YAML = ".agentowners.yml"


@pytest.mark.parametrize(
    "fields",
    [
        'patterns: ["security/** "]',
        'patterns: [" security/**"]',
        'patterns: ["security/**\\n"]',
        'patterns: ["secur\\tity/**"]',
        'patterns: ["security/\\u200b**"]',
        'branches: ["main "]',
        'refs: ["refs/heads/ma in"]',
        'patterns: ["security/**"], principals: ["@agents\\u2060"]',
    ],
)
def test_e1_a_yaml_policy_that_would_protect_nothing_does_not_parse(world: World, fields: str) -> None:
    under(world, f"rules: [{{{fields}, decision: block}}]\n", path=YAML)
    assert (title(world, BLOCKED) or "").startswith("Policy does not parse")


@pytest.mark.parametrize(
    "line", ["secu\u200brity/** @agents block", "security/** @agents\u2068 block", "security/** @agents block # \u202e"]
)
def test_e2_a_line_with_characters_that_nobody_sees_does_not_parse(world: World, line: str) -> None:
    under(world, f"{line}\n")
    assert (title(world, BLOCKED) or "").startswith("Policy does not parse")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("security/** @agent block", "did you mean `@agents`?"),
        ("security/** @ai block", "did you mean `@agents`?"),
        ("security/**, infra/** @agents block", "the comma has no meaning"),
        ("security/** @anthropic/claude block", "nothing defines `@anthropic/claude`"),
    ],
)
def test_e2_a_slip_is_told_in_the_summary_of_a_green_check(world: World, line: str, told: str) -> None:
    under(world, f"{line}\n")
    pull = world.pull(BLOCKED)
    world.judge(pull)
    check = world.check(pull.head_sha)
    assert check.title == "Allowed"
    assert told in (check.summary or "")
    assert told not in (check.text or "")


@pytest.mark.parametrize(
    "path", [".Claude/settings.json", "CLAUDE.MD", ".github/Workflows/ci.yml", ".github/agentowners", ".mcp.json."]
)
def test_e3_another_spelling_of_a_protected_place_waits_for_a_person(world: World, path: str) -> None:
    assert title(world, {path: "x\n"}) == "Waiting for approval (0 of 1)"


def test_e4_a_file_name_that_would_be_a_command_in_the_jobs_log(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert title(world, {"security/##[error]z": "x\n"}) == "Blocked: 1 file"
    assert "##[error]" not in "".join(capsys.readouterr())
    assert "##[error]" not in world.summary


def test_a_404_on_the_check_run_names_the_permission(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.server.faults.add("404", method="POST", path="/check-runs$", times=1000)
    world.judge(world.pull(BLOCKED))
    assert "`checks: write`" in "".join(capsys.readouterr())
