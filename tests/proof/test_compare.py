"""Two policies compared: the engine is the oracle, and an order by meaning is the judge."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agentowners.policy.model import Action
from agentowners.proof.actors import cast
from agentowners.proof.cells import Cell
from agentowners.proof.compare import Terms, compare
from agentowners.proof.demands import Demand
from agentowners.proof.difference import Direction, PolicyDifference, UnknownReason
from tests.examples import examples
from tests.proof.points import PATHS, RULES, decided, pairs, passes_more, points, policy

_REFS = ["refs/heads/main", "refs/heads/r1", "refs/heads/other"]
_LOOSE = (Direction.LOOSER, Direction.INCOMPARABLE)


def difference(old: str, new: str, files: list[str] | None = None) -> PolicyDifference:
    return compare(policy(old), policy(new), Terms(files=files))


@given(pairs(), st.data())
@examples(40)
@example(("x/ @agents block\n", "x @agents block\n"), None)
@example(("x @agents block\n", "x/ @agents block\n"), None)
@example(("AGENTS.md @agents require_approval @amy\n", "AGENTS.md @agents require_approval @bob\n"), None)
def test_nothing_that_is_lost_anywhere_is_left_unsaid(pair: tuple[str, str], data: st.DataObject | None) -> None:
    old, new = map(policy, pair)
    found = compare(old, new)
    actors = cast((old, new), None).actors
    each = [Cell(actor, action, ref) for actor in actors for action in Action for ref in _REFS]
    cells = data.draw(st.lists(st.sampled_from(each), min_size=4, max_size=8)) if data is not None else each[:1]
    for cell, as_link in points(cells):
        before, after = (decided(which, cell, PATHS, as_link=as_link) for which in (old, new))
        lost = [path for path in PATHS if passes_more(before[path], after[path])]
        gained = [path for path in PATHS if passes_more(after[path], before[path])]
        if found.unknown:
            assert {one.reason for one in found.unknown} == {UnknownReason.EFFORT}
            continue
        for paths, ways in ((lost, _LOOSE), (gained, (Direction.STRICTER, Direction.INCOMPARABLE))):
            if paths:
                said = [region for region in found.regions if region.direction in ways]
                # a bot that nothing but its name tells from the others is named with them
                names = {cell.actor.name, *([cell.actor.name[:-5], "@agents"] if cell.actor.name.endswith("[bot]") else [])}
                assert any(names & set(region.principals) for region in said), (cell, as_link, paths[:3])


@given(pairs())
@examples(25)
def test_every_example_is_what_it_is_said_to_be(pair: tuple[str, str]) -> None:
    old, new = map(policy, pair)
    for region in compare(old, new).regions:
        shown = region.example
        one, other = (decided(which, shown.cell, [shown.path], as_link=shown.as_link)[shown.path] for which in (old, new))
        assert one != other
        if region.direction is Direction.LOOSER:
            assert not passes_more(other, one)
        elif region.direction is Direction.STRICTER:
            assert not passes_more(one, other)


@given(pairs())
@examples(15)
def test_the_other_way_round_it_is_the_other_way_round(pair: tuple[str, str]) -> None:
    mirrored = {Direction.LOOSER: Direction.STRICTER, Direction.STRICTER: Direction.LOOSER}
    there, back = difference(*pair), difference(pair[1], pair[0])
    if not there.unknown and not back.unknown:
        ways = {mirrored.get(region.direction, region.direction) for region in there.regions}
        assert ways == {region.direction for region in back.regions}


@given(st.lists(RULES, max_size=4), st.randoms())
@examples(10)
def test_order_and_blanks_change_nothing(lines: list[str], random: object) -> None:
    old = "".join(f"{line}\n" for line in lines)
    new = "".join(f"# so\n  {line}\n\n" for line in reversed(lines))
    assert difference(old, old).direction is Direction.SAME
    assert difference(old, new).direction is Direction.SAME


@given(st.lists(RULES, max_size=3), RULES)
@examples(10)
def test_a_further_rule_that_restricts_loosens_nothing_where_no_default_restricts(lines: list[str], more: str) -> None:
    if " allow" not in more:
        old = "".join(f"{line}\n" for line in lines)
        found = difference(old, f"{old}{more}\n")
        assert found.direction in (Direction.SAME, Direction.STRICTER)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("** @agents block", "** @agents require_approval", "blocked -> 1"),
        ("default @agents block", "default @agents block\n/a/ @agents require_approval", "blocked -> 1"),
        ("default @agents require_approval", "default @agents require_approval\na @agents allow", "1 -> nothing"),
        ("", "unprotect AGENTS.md @copilot", "1 -> nothing"),
        (
            "/.github/ @copilot require_approval",
            "/.github/ @copilot require_approval\nunprotect AGENTS.md @copilot",
            "1 -> nothing",
        ),
        ("a @agents block actions=file_delete", "a @agents block actions=file_modify", "blocked -> nothing"),
        ("a @copilot block", "a @copilot block\nagent copilot group=bots", None),
        ("mode read-only @bots", "mode workspace-write @bots a/", "blocked -> nothing"),
    ],
)
def test_known_answers(old: str, new: str, wanted: str | None) -> None:
    found = difference(old, new)
    loose = [region for region in found.regions if region.direction in _LOOSE]
    said = [f"{_said(region.old)} -> {_said(region.new)}" for region in loose]
    assert (wanted in said) if wanted else said == []
    assert found.unknown == ()


def _said(demands: object) -> str:
    assert isinstance(demands, frozenset)
    if not demands:
        return "nothing"
    (only,) = demands
    return "blocked" if only.blocks else str(only.count)


def test_files_are_counted_once_and_shown_first() -> None:

    found = difference("a/ b @agents block", "b @agents require_approval", ["a/x", "a/y", "b", "c"])
    assert [(region.files, region.example.path, region.example.exists) for region in found.regions] == [
        (2, "a/x", True),
        (1, "b", True),
    ]


def test_what_takes_a_defaults_place_is_said_to() -> None:
    (region,) = difference("default @agents block", "default @agents block\na @agents require_approval").regions
    assert region.replaces_default
    assert (region.old_cause, region.new_cause) == (("AGENTOWNERS:1",), ("AGENTOWNERS:2",))


@pytest.mark.parametrize("length", [10, 24])
def test_a_pattern_out_of_reach_is_not_known_and_never_the_same(length: int) -> None:
    rest = "".join(f"{'?' * shorter} @agents block\n" for shorter in range(1, length + 1))
    found = difference("* @agents block", f"*a{'?' * length} @agents block\n*[!a]{'?' * length} @agents block\n{rest}")
    assert found.direction is Direction.UNKNOWN
    assert found.spent < 500_000
    assert {one.rule for one in found.unknown} >= {"AGENTOWNERS:1"}


def test_one_length_left_out_is_found() -> None:
    rest = "".join(f"{'?' * shorter} @agents block\n" for shorter in range(1, 24) if shorter != 7)
    found = difference("* @agents block", f"*a{'?' * 24} @agents block\n*[!a]{'?' * 24} @agents block\n{rest}")
    assert Direction.LOOSER in {region.direction for region in found.regions}


def services(count: int) -> list[str]:
    """A policy as a large repository has it."""
    shapes = [
        "/services/s{0}/** @agents require_approval @acme/t{1}",
        "*.e{0} @agents block",
        "/pkg{0}/ !/pkg{0}/docs/ @agents @bots require_approval(2)",
        "**/gen{0}/** @copilot allow",
        "/lib/l{0}.py refs/heads/main @agents block",
    ]
    return [shapes[number % 5].format(number, number % 40) for number in range(count)]


@pytest.mark.parametrize(
    ("edit", "most"),
    [
        (lambda lines: lines[::-1], 400),
        (lambda lines: [*lines[:50], "/services/s50/** @agents block", *lines[52:], "/new/ @agents block"], 1_500),
        (lambda lines: [*lines, "*.sql @agents block"], 1_500),
        (lambda lines: [line.replace("(2)", "(3)") for line in lines], 1_500),
        (lambda lines: [line.replace("@agents", "@agents @bots", 1) for line in lines], 15_000),
        (lambda lines: [*lines, "mode reviewed-egress @agents /services/"], 150_000),
    ],
)
def test_steps_are_few_and_the_same_on_every_machine(edit: Callable[[list[str]], list[str]], most: int) -> None:
    lines = services(500)
    old, new = "\n".join(lines), "\n".join(edit(lines))
    spent = difference(old, new).spent
    assert spent <= most
    assert difference(old, new).spent == spent


def test_steps_grow_no_faster_than_the_rules() -> None:
    few, many = (
        difference("\n".join(services(count)), "\n".join([*services(count), "*.sql @agents block"])).spent for count in (200, 800)
    )
    assert many <= 6 * few


def test_agents_in_no_team_are_said_to_lose_what_a_team_keeps() -> None:
    found = compare(policy("a @acme/t @agents require_approval"), policy("a @acme/t require_approval(2)"))
    (looser,) = (region for region in found.regions if region.direction is Direction.LOOSER)
    assert looser.principals == ("@agents",)
    assert looser.example.cell.actor.name == "@somebody[bot]"


def test_approvers_of_a_demand_are_named_as_a_policy_writes_them() -> None:
    assert Demand(1, frozenset({"octocat", "agents", "acme/sre"})).names == ["@acme/sre", "@login:agents", "@octocat"]
