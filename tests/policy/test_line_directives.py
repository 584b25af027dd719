"""Sections 2, 4, 6, 7 and 8 of the policy reference: the lines that are no rules."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agentowners.policy.model import AgentEntry, AgentGroup, ApprovalSettings, Bound, Decision, Mode, Outcome, Permission
from agentowners.policy.patterns import Approver, PathPattern, PrincipalPattern
from tests.policy.reading import line_errors, lines, rule


def test_a_default_for_each_principal() -> None:
    one, two = lines("default @agents @bots require_approval(2) @acme/core # why").defaults
    assert (one.principal, two.principal) == (PrincipalPattern("agents"), PrincipalPattern("bots"))
    assert one.outcome == two.outcome == Outcome(Decision.REQUIRE_APPROVAL, 2, (Approver("acme/core"),))


def test_the_same_login_as_a_group_and_as_an_account_are_two_principals() -> None:
    assert len(lines("default @agents block\ndefault @login:agents allow\n").defaults) == 2


@pytest.mark.parametrize("mode", ["workspace-write", "reviewed-egress"])
def test_patterns_of_a_mode_are_its_workspace(mode: str) -> None:
    (line,) = lines(f"mode {mode} @a @b src/ !src/x # why").modes
    assert line.mode is Mode(mode)
    assert line.principals == (PrincipalPattern("a"), PrincipalPattern("b"))
    assert line.workspace == (PathPattern("src/"), PathPattern("src/x", negative=True))
    assert line.approved == ()


def test_patterns_of_approved_online_are_what_is_approved() -> None:
    (line,) = lines("mode approved-online @a package.json").modes
    assert (line.workspace, line.approved) == ((), (PathPattern("package.json"),))


@pytest.mark.parametrize("mode", [mode.value for mode in Mode])
def test_a_mode_needs_no_patterns(mode: str) -> None:
    assert lines(f"mode {mode} @a").modes[0].mode is Mode(mode)


def test_unprotect() -> None:
    (line,) = lines("unprotect AGENTS.md !x/AGENTS.md @copilot @claude # they keep it up to date").unprotects
    assert line.patterns == (PathPattern("AGENTS.md"), PathPattern("x/AGENTS.md", negative=True))
    assert line.principals == (PrincipalPattern("copilot"), PrincipalPattern("claude"))
    assert (line.reason, line.id) == ("they keep it up to date", "AGENTOWNERS:1")


def test_an_agent_with_everything_that_a_line_can_say() -> None:
    text = (
        "agent smooth-operative/* login=smooth-*[bot] login=b id=1 id=22"
        r" email=*@a.example email=b@* branch=x/** branch=a\\b group=bots"
    )
    (agent,) = lines(text).agents
    assert agent == AgentEntry(
        "smooth-operative/*",
        logins=("smooth-*[bot]", "b"),
        ids=(1, 22),
        emails=("*@a.example", "b@*"),
        branches=("x/**", "a\\b"),
        group=AgentGroup.BOTS,
    )


def test_an_agents_name_and_logins_may_have_an_at_sign() -> None:
    assert lines("agent @x login=@y").agents == (AgentEntry("x", logins=("y",)),)


def test_a_group_is_enough_to_define_an_agent() -> None:
    assert lines("agent renovate group=agents").agents == (AgentEntry("renovate"),)


def test_approvals() -> None:
    text = "approvals dismiss_stale=false minimum_permission=maintain requester_counts=true contributors_count=true"
    assert lines(text).approvals == ApprovalSettings(False, Permission.MAINTAIN, True, True)


def test_approvals_may_say_little_or_nothing() -> None:
    assert lines("approvals minimum_permission=read").approvals == ApprovalSettings(minimum_permission=Permission.READ)
    assert lines("approvals # nothing").approvals == ApprovalSettings()


def test_assert() -> None:
    first, second, third = lines(
        "assert a refs/heads/x @x !@y at-most require_approval(2) @z actions=file_read id=n # why\n"
        "assert at-least @x block\nassert a @x allow\n"
    ).asserts
    assert (first.bound, first.claim.outcome.count, first.reason, first.id) == (Bound.AT_MOST, 2, "why", "n")
    assert replace(first.claim, name=None) == rule("a refs/heads/x @x !@y require_approval(2) @z actions=file_read # why")
    assert (second.bound, third.bound) == (Bound.AT_LEAST, Bound.AT_MOST)
    assert [pattern.text for pattern in second.claim.patterns] == ["at-least"]


def test_an_assert_has_an_id_of_its_own() -> None:
    assert [error.id for error in line_errors("a @x block id=n\nassert a @x block id=n\n")] == ["duplicate-id"]
