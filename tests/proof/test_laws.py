"""Laws of the comparison; a known answer for each row of the table of costs, and for threats that a change of policy carries."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agentowners.proof.compare import Terms, compare
from agentowners.proof.demands import BLOCKED, Demand, Demands, least, loses
from agentowners.proof.difference import Direction, PolicyDifference, UnknownReason
from agentowners.proof.promises import Compatibility, ProofStatus, asserts_of, prove_assert, prove_ceiling, prove_mode
from tests.proof.points import RULES, policy
from tests.proof.test_compare import services

_LOOSE = (Direction.LOOSER, Direction.INCOMPARABLE)
_DEMANDS = [BLOCKED, *(Demand(count, frozenset(who)) for count in (1, 2) for who in ("", "a", "b", "ab"))]
_SETS: list[Demands] = [frozenset(some) for size in (0, 1, 2) for some in combinations(_DEMANDS, size)]


def difference(old: str, new: str, files: list[str] | None = None) -> PolicyDifference:
    return compare(policy(old), policy(new), Terms(files=files))


def loses_nothing(old: str, new: str) -> bool:
    found = difference(old, new)
    assume(not found.unknown)
    return not found.lost


def test_what_covers_is_transitive_and_covers_itself() -> None:
    for one in _DEMANDS:
        assert one.covers(one)
        for other in (two for two in _DEMANDS if one.covers(two)):
            assert all(one.covers(third) for third in _DEMANDS if other.covers(third))


def test_what_is_lost_is_transitive_at_a_point() -> None:
    for one in _SETS:
        kept = [two for two in _SETS if not loses(one, two)]
        for other in kept:
            assert all(not loses(one, third) for third in _SETS if not loses(other, third))


def test_demands_that_another_covers_add_nothing() -> None:
    for one in _SETS:
        assert all(loses(one, two) == loses(least(one), two) and loses(two, one) == loses(two, least(one)) for two in _SETS)


@given(st.lists(RULES, max_size=2), st.lists(RULES, max_size=2), st.lists(RULES, max_size=2), st.booleans())
@settings(max_examples=40, deadline=None)
def test_what_is_lost_is_transitive(first: list[str], second: list[str], third: list[str], more: bool) -> None:
    old = "".join(f"{line}\n" for line in first)
    middle = (old if more else "") + "".join(f"{line}\n" for line in second)
    new = (middle if more else "") + "".join(f"{line}\n" for line in third)
    if loses_nothing(old, middle) and loses_nothing(middle, new):
        assert loses_nothing(old, new)


@given(st.lists(RULES, max_size=3))
@settings(max_examples=25, deadline=None)
def test_lines_and_yaml_are_the_same_policy(lines: list[str]) -> None:
    from agentowners.diagnostics import Source
    from agentowners.policy.formatting import Syntax, canonical, parse

    text = "".join(f"{line}\n" for line in lines)
    layer, _ = parse(Source("AGENTOWNERS", text.encode()), Syntax.LINE)
    written = canonical(layer, Syntax.YAML)
    assert difference(text, written if written.startswith("version:") else f"version: 1\n{written}").direction is Direction.SAME


Edit = Callable[[list[str]], list[str]]
_LINES = services(60)
_MODE = "mode read-only @ci-bot"
ROWS: dict[str, tuple[Edit, Edit, str]] = {
    "five edits": (
        lambda lines: lines,
        lambda lines: [*lines[2:], "/x/ @agents block", lines[0].replace("_approval", "_approval(2)"), "/y/ @bots block"],
        "incomparable",
    ),
    "reordered": (lambda lines: lines, lambda lines: lines[::-1], "same"),
    "default dropped": (lambda lines: ["default @agents require_approval", *lines], lambda lines: lines, "looser"),
    "default to block": (
        lambda lines: ["default @agents require_approval", *lines],
        lambda lines: ["default @agents block", *lines],
        "stricter",
    ),
    "catch-all added": (lambda lines: lines, lambda lines: [*lines, "** @agents require_approval"], "stricter"),
    "catch-all added to a default": (
        lambda lines: ["default @agents block", *lines],
        lambda lines: ["default @agents block", *lines, "** @agents require_approval"],
        "incomparable",
    ),
    "a block dropped": (lambda lines: [*lines, "/services/** @agents block"], lambda lines: lines, "looser"),
    "a block added": (lambda lines: lines, lambda lines: [*lines, "*.sql @agents block"], "stricter"),
    "mode dropped": (lambda lines: [*lines, _MODE], lambda lines: lines, "looser"),
    "mode to another with a workspace": (
        lambda lines: [*lines, _MODE],
        lambda lines: [*lines, "mode reviewed-egress @ci-bot /src/"],
        "looser",
    ),
    "every count raised": (
        lambda lines: [line.replace("(2)", "") for line in lines],
        lambda lines: [line.replace("require_approval ", "require_approval(2) ").replace("(2)", "(3)") for line in lines],
        "stricter",
    ),
    "bots added to every rule": (
        lambda lines: [line for line in lines if " allow" not in line],
        lambda lines: [line.replace("@agents", "@agents @bots") for line in lines if " allow" not in line],
        "stricter",
    ),
    "many of ab*c*d7, ** dropped": (
        lambda lines: [*(f"**/ab*c*d{n} @agents block" for n in range(60)), "** @agents block"],
        lambda lines: [f"**/ab*c*d{n} @agents block" for n in range(60)],
        "looser",
    ),
    "many of *x*y*z*, edits": (
        lambda lines: [f"**/*{a}*{b}* @agents block" for a in "xyz" for b in "uvw"],
        lambda lines: [f"**/*{a}*{b}* @agents block" for a in "xyz" for b in "uv"],
        "looser",
    ),
    "letters cover a class": (
        lambda lines: ["[a-z]* @agents block"],
        lambda lines: [f"{chr(97 + n)}* @agents block" for n in range(26)],
        "same",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_table_has_the_answer_that_is_known(row: str) -> None:
    before, after, wanted = ROWS[row]
    found = difference("\n".join(before(_LINES)), "\n".join(after(_LINES)))
    assert found.unknown == ()
    beside = {one.direction for one in found.everywhere}
    regions = {one.direction for one in found.regions}
    assert (found.direction.value, regions | beside == set()) == (wanted, wanted == "same")


def test_asserts_ceilings_and_modes_are_proved_one_by_one() -> None:
    whole = policy(
        "\n".join([*_LINES, _MODE, *(f"assert *.e{n} @agents block" for n in range(1, 60, 5)), "assert *.x @agents block"])
    )
    found = [prove_assert(promise, whole, Terms()).status for promise in asserts_of(whole)]
    assert found == [ProofStatus.PASSED] * 12 + [ProofStatus.FAILED]
    assert prove_ceiling(policy("*.e1 @agents block"), whole, "c", Terms()).status is ProofStatus.PASSED
    assert prove_ceiling(policy("*.x @agents block"), whole, "c", Terms()).status is ProofStatus.FAILED
    assert prove_mode(whole.layers[0].modes[0], whole, whole, Terms()).status is Compatibility.COMPATIBLE


@pytest.mark.parametrize("number", [6, 10, 14, 24])
def test_the_nth_from_the_end_is_proved_or_not_known_and_never_wrong(number: int) -> None:
    rest = "".join(f"{'?' * shorter} @agents block\n" for shorter in range(1, number + 1))
    new = f"*a{'?' * number} @agents block\n*[!a]{'?' * number} @agents block\n{rest}"
    found = difference("* @agents block", new)
    assert not found.lost
    reasons = {one.reason for one in found.unknown}
    assert reasons <= {UnknownReason.EFFORT}
    assert number > 6 or not reasons


THREATS = [
    # 5: weakened in a first change, used in a second
    ("/.github/ @agents block", "unprotect /.github/workflows/ @copilot\n/.github/ !/.github/workflows/ @agents block", "looser"),
    # 9: approve, then push
    ("a @agents require_approval", "a @agents require_approval\napprovals dismiss_stale=false", "looser"),
    # 10: by whoever had a part in it, or may only read
    ("a @agents require_approval", "a @agents require_approval\napprovals requester_counts=true", "looser"),
    ("a @agents require_approval", "a @agents require_approval\napprovals contributors_count=true", "looser"),
    ("a @agents require_approval", "a @agents require_approval\napprovals minimum_permission=read", "looser"),
    # 20: beginnings, levels, and names at any depth
    ("/foo/bar* @agents block", "/foo/bar @agents block", "looser"),
    ("docs/** @agents block", "docs/* @agents block", "looser"),
    (".env @agents block", "/.env @agents block", "looser"),
    # 32: a link or a submodule in a directory's place
    ("/keys @agents block", "/keys/?* @agents block", "looser"),
]


@pytest.mark.parametrize(("old", "new", "wanted"), THREATS)
def test_a_threat_that_a_change_carries_is_said(old: str, new: str, wanted: str) -> None:
    assert difference(old, new).direction.value == wanted


def test_threat_24_no_spelling_of_yaml_hides_a_change() -> None:
    rule = "rules: [{patterns: [a], principals: ['@agents'], decision: block}]\n"
    found = difference(
        f"version: 1\n{rule}", 'version: 1\n"rules": [{"decision": "block", "principals": ["@agents"], "patterns": ["a"]}]\n'
    )
    assert found.direction is Direction.SAME
