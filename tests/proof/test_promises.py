"""Promises hold exactly where a layer of their own would change nothing."""

from __future__ import annotations

import pytest
from hypothesis import given

from agentowners.policy.model import Layer, Policy
from agentowners.proof.compare import Terms, compare
from agentowners.proof.promises import Compatibility, ProofStatus, asserts_of, prove_assert, prove_ceiling, prove_mode
from tests.examples import examples
from tests.proof.points import LINES, RULES, policy


def status(text: str) -> str:
    whole = policy(text)
    (promise,) = asserts_of(whole)
    return prove_assert(promise, whole, Terms()).status.value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/a/ @agents block\nassert /a/ @agents block", "passed"),
        ("/a/ @agents block\nassert /a @agents block", "failed"),
        ("/a/ !/a/b @agents block\nassert /a/ @agents block", "failed"),
        ("default @agents block\nassert ** @agents block", "passed"),
        ("default @agents block\n/a/ @agents allow\nassert ** @agents block", "failed"),
        ("a @agents require_approval(2) @acme/sre\nassert a @agents require_approval", "passed"),
        ("a @agents require_approval(2)\nassert a @agents require_approval @acme/sre", "failed"),
        ("a @agents block actions=file_delete\nassert a @agents block actions=file_delete", "passed"),
        ("a @agents block actions=file_delete\nassert a @agents block", "failed"),
        ("a refs/heads/* @agents block\nassert a refs/heads/main @agents block", "passed"),
        ("a refs/heads/main @agents block\nassert a @agents block", "failed"),
        ("mode read-only @agents\nassert ** @agents block actions=file_write", "passed"),
        ("mode observe-only @agents\na @agents block\nassert a @agents block", "failed"),
        ("assert a @agents allow", "passed"),
        ("a @copilot block\nassert a @agents allow", "failed"),
        ("a @humans block\nassert a @agents allow", "passed"),
        ("assert AGENTS.md @agents allow", "passed"),  # what is built in is not counted
        ("** @dependabot require_approval\nassert ** @dependabot at-most require_approval", "passed"),
        ("** @dependabot require_approval(2)\nassert ** @dependabot at-most require_approval", "failed"),
        ("** @bots block\nassert ** @dependabot at-most require_approval", "failed"),
        ("default @agents require_approval\n/docs/ @agents allow\nassert /docs/ @agents allow", "passed"),
        ("default @agents require_approval\nassert /docs/ @agents allow", "failed"),
        # nobody of a group in particular may be in a team, and most are not; one may be in two, and so may whoever is named
        ("a @acme/t require_approval\nassert a @agents require_approval", "failed"),
        ("a @acme/t require_approval\nassert a @humans require_approval", "failed"),
        ("a @acme/t block\nassert a @acme/u at-most allow", "failed"),
        ("a @acme/t block\nassert a @amy at-most allow", "failed"),
        ("/a @acme/t block\nassert /b @acme/u at-most allow", "passed"),
        ("a @acme/t block\nassert a @x* at-most require_approval", "failed"),
        ("a @x* block\nassert a @acme/t at-most require_approval", "failed"),
        ("a @anyone !@acme/t block\nassert a @dan block", "failed"),
        ("a @anyone !@acme/t block\nassert a @x* block", "failed"),
        ("assert ** @n/* block", "failed"),
        ("a @n/* block\nassert a @n/* block", "passed"),
    ],
)
def test_known_answers(text: str, wanted: str) -> None:
    assert status(text) == wanted


def test_a_counterexample_says_who_and_where() -> None:
    whole = policy("a refs/heads/main @agents block\nassert a @agents block id=n # keys")
    found = prove_assert(asserts_of(whole)[0], whole, Terms())
    assert found.witness is not None
    assert (found.id, found.reason, found.witness.path, found.witness.cell.actor.name) == ("n", "keys", "a", "@agents")
    assert found.witness.cell.ref != "refs/heads/main"


@given(LINES, RULES)
@examples(15)
def test_a_promise_holds_exactly_where_a_layer_of_its_own_changes_nothing(lines: list[str], rule: str) -> None:
    if " allow" in rule:
        return
    text = "".join(f"{line}\n" for line in dict.fromkeys(lines) if not line.startswith(("default", "agent")))
    whole = policy(f"{text}assert {rule}\n")
    found = prove_assert(asserts_of(whole)[0], whole, Terms())
    more = Layer(rules=policy(rule).layers[0].rules, source=whole.layers[0].source, name="more")
    beside = Policy((whole.layers[0], more, whole.layers[1]))
    changes = compare(whole, beside)
    if not found.unknown and not changes.unknown:
        assert (found.status is ProofStatus.PASSED) == (changes.regions == ())


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("mode read-only @bots", "mode read-only @bots\na @bots allow", Compatibility.COMPATIBLE),
        ("mode read-only @bots", "** @bots block", Compatibility.COMPATIBLE),
        ("mode read-only @bots", "", Compatibility.VIOLATES),
        ("mode read-only @bots", "mode read-only @bots\nmode observe-only @bots", Compatibility.VIOLATES),
        ("mode read-only @bots", "mode workspace-write @bots src/", Compatibility.BROADENS),
        ("mode workspace-write @bots src/", "mode read-only @bots", Compatibility.COMPATIBLE),
        ("mode reviewed-egress @bots", "mode workspace-write @bots", Compatibility.BROADENS),
        ("agent helper login=helper[bot]\nmode read-only @helper", "mode read-only @helper", Compatibility.COMPATIBLE),
        ("agent helper login=x[bot]\nmode read-only @helper", "mode read-only @helper", Compatibility.VIOLATES),
    ],
)
def test_modes_are_held_or_broadened_openly_or_violated(old: str, new: str, wanted: Compatibility) -> None:
    before, after = policy(old), policy(new)
    line = before.layers[0].modes[0]
    assert prove_mode(line, before, after, Terms()).status is wanted


def test_a_ceiling_is_a_policy_that_nothing_is_lost_of() -> None:
    ceiling, fine, under = policy("/a/ @agents block"), policy("** @agents block"), policy("/a/b @agents block")
    assert prove_ceiling(ceiling, fine, "c", Terms()).status is ProofStatus.PASSED
    assert prove_ceiling(ceiling, under, "c", Terms()).status is ProofStatus.FAILED
