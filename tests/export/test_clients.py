"""Permissions of clients: what they let through by their own reading, the policy allows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator

from agentowners.change.model import Status
from agentowners.export.clients import claude_code, copilot
from agentowners.export.model import NOT_HELD, STRICTER, Exported
from agentowners.export.standpoint import held
from agentowners.policy.model import Policy
from tests.examples import examples
from tests.export.reading import MAIN, PATHS, answer_of, decisions, load, policies

RULE = {
    "type": "string",
    # `permissionRule` of the schema for `.claude/settings.json` in SchemaStore, as far as an export writes rules
    "pattern": r"^((Bash|Edit|Read)(\([^)]+\))?)$",
}
SETTINGS = {
    "type": "object",
    "properties": {
        "permissions": {
            "type": "object",
            "properties": {
                **{word: {"type": "array", "items": RULE, "uniqueItems": True} for word in ("deny", "ask", "allow")},
                "disableBypassPermissionsMode": {"enum": ["disable"]},
            },
            "additionalProperties": False,
        }
    },
    "required": ["permissions"],
    "additionalProperties": False,
}
_STATUSES = (Status.MODIFIED, Status.ADDED, Status.READ)
EXAMPLE = """\
/security/           @agents  block
.env*                @agents  block
/infra/ !/infra/ok/  @agents  require_approval(2)  @acme/sre
/docs/               @agents  allow
/web/                @copilot block
"""


def of_claude(policy: Policy) -> Exported:
    return claude_code(held(policy, "claude", MAIN, "acme/shop"))


def of_copilot(policy: Policy) -> Exported:
    return copilot(held(policy, "copilot", MAIN, "acme/shop"))


def permissions(exported: Exported) -> dict[str, Any]:
    found: dict[str, Any] = exported.document["permissions"]
    return found


def ids(exported: Exported) -> list[tuple[int, str]]:
    return sorted({(remark.span.line, remark.id) for remark in exported.remarks if remark.span.path == "AGENTOWNERS"})


def test_rules_become_lists_by_their_decision() -> None:
    found = permissions(of_claude(load(EXAMPLE)))
    assert found["deny"][:4] == ["Edit(/security)", "Edit(/security/**)", "Edit(/**/.env*)", "Edit(/**/.env*/**)"]
    assert {"Edit(/infra)", "Edit(/infra/**)", "Read(/infra)"} <= set(found["ask"])
    assert found["allow"] == ["Edit(/docs/**)", "Read(/docs/**)"]
    other = permissions(of_copilot(load(EXAMPLE)))
    assert {"Edit(/web/**)", "Read(/web/**)", "Edit(/.env*)", "Edit(/**/.env*)"} <= set(other["deny"])
    assert other["allow"] == ["Edit(/docs/**)", "Read(/docs/**)", "Read(/**)"]


def test_what_is_not_held_and_what_is_stricter_is_said_line_by_line() -> None:
    # approvers and commands are not held; exceptions have no form; a rule about another agent is not for this one
    assert ids(of_claude(load(EXAMPLE))) == [(1, NOT_HELD), (2, NOT_HELD), (3, NOT_HELD), (3, STRICTER), (5, NOT_HELD)]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("a refs/heads/x @agents block\n", NOT_HELD),
        ("mode observe-only @agents\n", NOT_HELD),
        ("unprotect CLAUDE.md @agents\n", STRICTER),
        ("a @agents block actions=file_create\n", STRICTER),
        ("default @agents block\n/a/ @agents allow\n", NOT_HELD),
        ("default @agents block\n/a/* @agents allow\n", STRICTER),
    ],
)
def test_each_kind_of_gap_has_its_word(policy: str, said: str) -> None:
    found = of_claude(load(policy))
    assert said in {id for _, id in ids(found)}


def test_a_default_that_restricts_closes_what_nothing_allows() -> None:
    assert "Edit(/**)" in permissions(of_claude(load("default @agents require_approval\n")))["ask"]
    listed = permissions(of_claude(load("default @agents require_approval\n/a/ @agents allow\n")))
    assert "Edit(/a/**)" in listed["allow"]
    assert "Edit(/**)" not in listed["ask"]
    # what is not named is read without a question, so nothing is let through by name there
    assert "Read(/**)" in listed["ask"]


def test_commands_are_refused_where_every_command_is() -> None:
    found = load("** @agents block actions=shell_execute\n")
    assert permissions(of_claude(found))["deny"][0] == "Bash"
    assert permissions(of_copilot(found))["deny"][0] == "Shell(*)"


@examples(12)
@given(policies())
def test_what_claude_code_lets_through_the_policy_allows(policy: Policy) -> None:
    exported = of_claude(policy)
    Draft7Validator(SETTINGS).validate(exported.document)
    listed = permissions(exported)
    changed, added, read = (decisions(policy, PATHS, "claude", status) for status in _STATUSES)
    for path in PATHS:
        if answer_of(listed, "Edit", path, below=True) == "allow":
            assert changed[path] == added[path] == "allow", (path, listed)
        if answer_of(listed, "Read", path, below=True) in ("allow", "unnamed"):
            assert read[path] == "allow", (path, listed)


@examples(5)
@given(policies())
def test_what_copilot_lets_through_the_policy_allows_however_its_globs_are_read(policy: Policy) -> None:
    listed = permissions(of_copilot(policy))
    changed, added, read = (
        decisions(policy, PATHS, "copilot", status) for status in (Status.MODIFIED, Status.ADDED, Status.READ)
    )
    for star, below in ((star, below) for star in ("[^/]*", ".*") for below in (True, False)):
        for path in PATHS:
            if answer_of(listed, "Edit", path, star=star, below=below) == "allow":
                assert changed[path] == added[path] == "allow", (path, star, listed)
            if answer_of(listed, "Read", path, star=star, below=below) == "allow":
                assert read[path] == "allow", (path, star, listed)


def test_two_files_that_restrict_by_default_let_nothing_through() -> None:
    """Each of them would have to allow it."""
    one = "default @agents require_approval\n/a/ @agents allow\n"
    assert permissions(of_claude(load(one)))["allow"] == ["Edit(/a/**)"]
    found = of_claude(load(one, "default @agents block\n/b/ @agents allow\n"))
    assert permissions(found)["allow"] == []
    assert "Edit(/**)" in permissions(found)["deny"]
