"""Grants put into a policy: those that fit, in their order, and nothing else of it changed."""

from __future__ import annotations

from msgspec.structs import replace

from agentowners.diagnostics import Source
from agentowners.policy.load import load_policy
from agentowners.proposals.granting import with_grants
from agentowners.proposals.model import AddException, AddRule, Grant, Instant, Operation, RemoveRule

BASE = load_policy([Source("AGENTOWNERS", b"/a/ @agents block\n/b/ @agents block\n")])


def grant(number: int, operation: Operation) -> Grant:
    return Grant(f"g-{number}", "p-1", operation, "sha256:0", "1", "@claude", "s", Instant(0, 0), 60)


def test_those_that_fit_are_put_in_and_named() -> None:
    grants = [
        grant(1, RemoveRule("AGENTOWNERS:1")),
        grant(2, AddException("AGENTOWNERS:1", "!/a/x")),  # the rule is gone by now
        grant(3, AddException("AGENTOWNERS:9", "!/a/x")),
        grant(4, AddRule("c @claude allow")),
    ]
    policy, ids = with_grants(BASE, grants)
    assert ids == ("g-1", "g-4")
    assert [rule.id for rule in policy.layers[0].rules] == ["AGENTOWNERS:2", "add_rule:1"]
    assert policy.layers[1:] == BASE.layers[1:]
    assert with_grants(BASE, grants[2:3]) == (BASE, ())
    assert with_grants(BASE, []) == (BASE, ())


def test_a_repository_without_a_policy_takes_a_rule() -> None:
    policy, ids = with_grants(load_policy([]), [grant(1, AddRule("c @claude allow"))])
    assert ids == ("g-1",)
    assert [layer.name for layer in policy.layers] == [".github/AGENTOWNERS", "builtin"]


def test_a_grant_serves_its_principal_session_policy_and_engine() -> None:
    one = grant(1, AddRule("c @claude allow"))
    assert one.serves("@claude", "s", "sha256:0", "1")
    for other in (("@codex", "s", "sha256:0", "1"), ("@claude", "t", "sha256:0", "1"), ("@claude", "s", "sha256:1", "1")):
        assert not one.serves(*other)
    assert not one.serves("@claude", "s", "sha256:0", "2")
    assert not replace(one, session="").serves("@claude", "", "sha256:0", "1")
    assert replace(one, session="any").serves("@claude", "whatever", "sha256:0", "1")


def test_a_grant_of_no_length_holds_never() -> None:
    for minutes in (0, -5):
        assert not replace(grant(1, AddRule("c @claude allow")), minutes=minutes).holds(Instant(0, 0))
