"""Whom the principals of statements mean: wildcards, aliases, who is left out, and who answers for an honest trailer."""

from __future__ import annotations

import pytest

from agentowners.change.model import Account, AccountType, Change, Evidence, Signal, Strength
from agentowners.engine.decide import decide
from agentowners.engine.facts import Known, MembersOf, Need, PermissionOf, Reply, Unavailable
from agentowners.engine.settle import inquire
from agentowners.policy.model import Permission
from tests.engine.build import ALICE, BOB, COPILOT, by, change, decisions, declared, facts, policy, verdict

EVIL = Account("acme-fleet-evil", 666, AccountType.USER)
FLEET = Account("acme-fleet-1[bot]", 5, AccountType.BOT)
CLAUDE_BOT = Account("claude[bot]", 209825114, AccountType.BOT)
TRAILER = Evidence(Signal.TRAILER, Strength.ASSERTED, text="Claude-Session: https://claude.ai/code/session_1")


def of(account: Account, path: str = "x", *more: Evidence) -> Change:
    return change(path, evidence=[*by(account), *more], author=account)


def decided(text: str, subject: Change, may: Permission = Permission.WRITE) -> str:
    """The decision about the one path, where Alice and Bob may do what is said, and a stranger may read."""
    known = {**facts(alice=may, bob=may), PermissionOf(EVIL): Known(Permission.READ)}
    (decision,) = decisions(verdict(text, subject, known)).values()
    return decision


def test_e6_whoever_gets_a_login_that_fits_is_not_let_in() -> None:
    text = "default @anyone require_approval\nagent fleet/* login=acme-fleet-*\ndocs/** @fleet/* allow\n"
    assert decided(text, of(EVIL, "docs/a")) == "require_approval"
    assert decided(text, of(FLEET, "docs/a")) == "require_approval"
    by_id = text.replace("login=acme-fleet-*", "login=acme-fleet-* id=5")
    assert decided(by_id, of(FLEET, "docs/a")) == "allow"
    assert decided(by_id, of(EVIL, "docs/a")) == "require_approval"


def test_e6_a_login_with_a_wildcard_restricts() -> None:
    text = "agent fleet/* login=acme-fleet-*\nx @fleet/* block\ny @agents block\nz @humans block\n"
    assert [decided(text, of(EVIL, path)) for path in "xyz"] == ["block", "block", "block"]
    assert [decided(text, of(FLEET, path)) for path in "xyz"] == ["block", "block", "allow"]


def test_e6_a_login_with_a_wildcard_makes_no_bot() -> None:
    text = "agent fleet/* login=acme-fleet-* group=bots\nx @agents block\ny @bots block\n"
    assert [decided(text, of(FLEET, path)) for path in "xy"] == ["block", "block"]
    assert decided("agent fleet/* login=acme-fleet-* id=5 group=bots\nx @agents block\n", of(FLEET)) == "allow"
    strict = "default @agents block\ndefault @bots allow\nagent fleet/* login=acme-fleet-* group=bots\n"
    assert decided(strict, of(FLEET)) == "block"


def test_e6_what_the_account_is_by_itself_it_is_still_allowed() -> None:
    text = "default @anyone block\nagent fleet/* login=acme-fleet-*\nx @acme-fleet-1 allow\n"
    assert decided(text, of(FLEET)) == "allow"
    assert decided("agent fleet/* login=acme-fleet-*\ndefault @agents allow\n", of(FLEET)) == "allow"


def test_a_wildcard_in_a_rule_matches_a_login_only_where_that_restricts() -> None:
    assert decided("x @acme-fleet-* block\n", of(EVIL)) == "block"
    assert decided("default @anyone block\nx @acme-fleet-* allow\n", of(EVIL)) == "block"
    assert decided("default @anyone block\nx @login:acme-* allow\n", of(EVIL)) == "block"
    assert decided("default @anyone block\nx @cop* allow\n", of(COPILOT)) == "allow"
    assert decided("x @anyone !@acme-fleet-* block\n", of(EVIL)) == "block"
    assert decided("x @agents !@cop* block\n", of(COPILOT)) == "allow"
    text = "unprotect AGENTS.md @acme-fleet-*\n"
    assert decided(text, of(FLEET, "AGENTS.md")) == "require_approval"


@pytest.mark.parametrize("name", ["claude-code", "Claude-Code", "anthropic-claude", "claude[bot]", "claude-code[bot]"])
def test_threat_43_an_alias_means_the_identity(name: str) -> None:
    assert decided(f"x @{name} block\n", of(CLAUDE_BOT)) == "block"
    assert decided(f"default @agents block\nx @{name} allow\n", of(CLAUDE_BOT)) == "allow"
    assert decided(f"x @{name} block\n", of(ALICE, "x", TRAILER)) == "block"
    assert decided(f"default @agents block\nx @{name} allow\n", of(COPILOT)) == "block"


def test_an_alias_matches_a_login_of_that_spelling_only_where_that_restricts() -> None:
    person = Account("claude-code", 77, AccountType.USER)
    assert decided("x @claude-code block\n", of(person)) == "block"
    assert decided("default @anyone block\nx @claude-code allow\n", of(person)) == "block"
    assert decided("default @anyone block\nx @login:claude-code allow\n", of(person)) == "allow"


def test_a_name_that_the_policy_defines_is_its_own_and_restricts_as_an_alias_too() -> None:
    own = "agent claude-code login=acme-claude[bot] id=9\n"
    ours = Account("acme-claude[bot]", 9, AccountType.BOT)
    assert decided(own + "x @claude-code block\n", of(ours)) == "block"
    assert decided(own + "x @claude-code block\n", of(CLAUDE_BOT)) == "block"
    assert decided(own + "default @agents block\nx @claude-code allow\n", of(ours)) == "allow"
    assert decided(own + "default @agents block\nx @claude-code allow\n", of(CLAUDE_BOT)) == "block"


def test_d3_an_honest_trailer_costs_a_person_who_may_write_no_more_than_none() -> None:
    text = "default @agents block\ndocs/** @agents allow\n"
    honest = of(ALICE, "docs/a", TRAILER)
    assert decided(text, honest) == "allow"
    assert decided(text, honest, Permission.TRIAGE) == "block"
    assert decided(text, of(ALICE, "src/a", TRAILER)) == "block"
    assert decided("default @agents block\ndefault @claude allow\n", honest) == "allow"
    assert decided("default @agents block\ndefault @claude allow\n", honest, Permission.READ) == "block"
    assert decided("default @claude block\ndocs/** @agents allow\n", of(EVIL, "docs/a", TRAILER)) == "block"


def test_d3_nobody_but_a_verified_person_answers() -> None:
    text = "default @claude block\ndocs/** @claude allow\n"
    known: dict[Need, Reply] = {PermissionOf(who): Known(Permission.ADMIN) for who in (ALICE, COPILOT, EVIL)}
    assert decisions(verdict(text, of(COPILOT, "docs/a", TRAILER), known)) == {"docs/a": "block"}
    no_author = change("docs/a", evidence=[*by(ALICE), TRAILER], author=None)
    assert decisions(verdict(text, no_author, known)) == {"docs/a": "block"}
    fitting = "agent fleet/* login=acme-fleet-*\n" + text
    assert decisions(verdict(fitting, of(EVIL, "docs/a", TRAILER), known)) == {"docs/a": "block"}


def test_d3_the_author_is_asked_about_only_where_the_decision_can_hang_on_it() -> None:
    need = frozenset({PermissionOf(ALICE)})
    text = "default @claude block\ndocs/** @claude allow\nsecret/** @anyone block\n"
    assert decide(policy(text), of(ALICE, "docs/a", TRAILER)).needs == need
    assert decide(policy(text), of(ALICE, "src/a", TRAILER)).needs == frozenset()
    assert decide(policy(text), of(ALICE, "docs/a")).needs == frozenset()
    assert decide(policy("docs/** @claude allow\n"), of(ALICE, "docs/a", TRAILER)).needs == frozenset()
    assert decide(policy("docs/** @claude allow\ndocs/** @humans block\n"), of(ALICE, "docs/a", TRAILER)).needs == frozenset()
    left_out = "x @agents !@claude block\n"
    assert decide(policy(left_out), of(ALICE, "x", TRAILER)).needs == need
    assert decide(policy(left_out + "x @humans block\n"), of(ALICE, "y", TRAILER)).needs == frozenset()
    lifted = "unprotect AGENTS.md @claude\n"
    assert decide(policy(lifted), of(ALICE, "AGENTS.md", TRAILER)).needs == need
    assert decide(policy(lifted), of(ALICE, "src/a", TRAILER)).needs == frozenset()


def test_d3_a_ruling_tells_for_whom_the_author_answers() -> None:
    text = policy("default @claude block\ndocs/** @claude allow\n")
    subject = of(ALICE, "docs/a", TRAILER)
    assert [p.name for p in decide(text, subject, facts()).principals] == ["@alice", "@claude"]
    assert decide(text, subject, facts()).vouched == {1}
    assert decide(text, subject, facts(alice=Permission.READ)).vouched == frozenset()


def test_d3_a_range_of_a_clone_is_judged_as_a_writers() -> None:
    text = "default @claude block\ndocs/** @claude allow\n"
    local = Change(
        "refs/heads/main",
        of(ALICE, "docs/a").files,
        (Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, ALICE), TRAILER),
        by_writer=True,
    )
    assert decisions(inquire(policy(text), local, lambda need: Unavailable("nobody is asked"))) == {"docs/a": "allow"}


def test_from_a_rule_that_restricts_only_who_is_proven_is_left_out() -> None:
    text = "x @agents !@claude block\n"
    assert decided(text, of(CLAUDE_BOT)) == "allow"
    assert decided(text, of(COPILOT)) == "block"
    asserted = of(BOB, "x", TRAILER)
    assert decided(text, asserted) == "allow"
    assert decided(text, asserted, Permission.READ) == "block"
    assert decided("x @anyone !@humans block\n", change("x", evidence=by(COPILOT), author=COPILOT)) == "block"
    assert decided("x @anyone !@humans block\n", of(ALICE)) == "allow"
    assert decided("x @anyone !@agents !@bots block\n", change("x", evidence=[declared("@dependabot")], author=None)) == "allow"


def test_from_an_allow_whoever_may_be_meant_is_left_out() -> None:
    text = "default @agents block\nx @agents !@claude allow\n"
    assert decided(text, of(COPILOT)) == "allow"
    assert decided(text, of(CLAUDE_BOT)) == "block"
    assert decided("default @anyone block\nx @anyone !@acme-fleet-* allow\n", of(EVIL)) == "block"


@pytest.mark.parametrize(
    ("members", "restricted", "allowed"),
    [
        (Known((ALICE,)), "allow", "block"),
        (Known((BOB,)), "block", "allow"),
        (Unavailable("no members: read"), "block", "block"),
    ],
)
def test_where_a_team_cannot_be_read_nobody_is_left_out_of_what_restricts_and_everybody_of_an_allow(
    members: Reply, restricted: str, allowed: str
) -> None:
    known = {**facts(), MembersOf("acme", "core"): members}
    text = "x @humans !@acme/core block\n"
    assert decisions(verdict(text, of(ALICE), known)) == {"x": restricted}
    text = "default @humans block\nx @humans !@acme/core allow\n"
    assert decisions(verdict(text, of(ALICE), known)) == {"x": allowed}


def test_group_bots_holds_in_the_layers_that_say_it() -> None:
    helper = Account("helper[bot]", 5, AccountType.BOT)
    says = "agent helper login=helper[bot] id=5 group=bots\nx @agents block\n"
    silent = "y @agents block\nz @bots block\n"
    both = policy(says, silent)
    found = inquire(both, change("x", "y", "z", evidence=by(helper), author=helper), lambda need: Unavailable("unknown"))
    assert decisions(found) == {"x": "allow", "y": "block", "z": "allow"}
    assert [p.group.value for p in found.principals] == ["bots"]
    contradicted = policy(says, "agent helper email=h@acme.example\n")
    found = inquire(contradicted, change("x", evidence=by(helper), author=helper), lambda need: Unavailable("unknown"))
    assert (decisions(found), found.principals[0].group.value) == ({"x": "allow"}, "agents")
