"""A branch's record, sorted out: who brought something, who may have brought nothing, and whether that is all."""

from __future__ import annotations

import pytest

from agentowners.action.pushers import MAX_LOOKUPS, Trail, pushers, trail
from agentowners.change.model import Account, AccountType
from agentowners.github.model import Activity

MONA, HUBOT = Account("mona", 7, AccountType.USER), Account("hubot", 8, AccountType.USER)
WEB_FLOW = Account("web-flow", 19864447, AccountType.USER)


def move(before: str | None, after: str | None, kind: str = "push", actor: Account | None = MONA) -> Activity:
    return Activity(before=before, after=after, kind=kind, actor=actor)


@pytest.mark.parametrize(
    ("head", "record", "certain", "doubtful", "whole"),
    [
        # where the branch had nothing of its own, what is older is not read
        ("c1", [move("base", "c1"), move("old", "base")], ["c1"], [], True),
        (
            "c2",
            [move("c1", "c2"), move(None, "c1", "branch_creation"), move("c0", None, "branch_deletion"), move("base", "c0")],
            ["c2", "c1"],
            [],
            True,
        ),
        # deleted and restored
        (
            "c2",
            [move(None, "c2", "branch_creation"), move("c2", None, "branch_deletion"), move("c1", "c2"), move("base", "c1")],
            ["c2", "c2", "c1"],
            [],
            True,
        ),
        ("c2", [move(None, "c2", "branch_creation"), move("c2", None, "branch_deletion")], ["c2"], [], False),
        (
            "c2",
            [move(None, "c2", "branch_creation"), move("c2", None, "branch_deletion"), move("c0", "c1")],
            ["c2", "c1"],
            [],
            False,
        ),
        ("c2", [move("c1", "c2"), move("base", "c1", "pr_merge")], ["c2", "c1"], [], True),
        # a branch that was made of the base, and one that was set to something else
        ("c2", [move("x", "c2", "force_push"), move(None, "x", "branch_creation")], ["c2"], ["x"], True),
        # pushed away and back
        ("c2", [move("x", "c2", "force_push"), move("c2", "x", "force_push"), move("base", "c2")], ["c2", "c2"], ["x"], True),
        # a merge of the base
        ("m", [move("c1", "m"), move("base", "c1")], ["c1"], ["m"], True),
        # told by the event, and then again by the record; or not yet
        ("c2", [move("c1", "c2", ""), move("c1", "c2"), move("base", "c1")], ["c2", "c2", "c1"], [], True),
        ("c2", [move("c1", "c2", ""), move("base", "c1")], ["c2", "c1"], [], True),
        # a gap, a record that ends too early, none at all
        ("c2", [move("c1", "c2", ""), move("base", "c0")], ["c2", "c0"], [], False),
        ("c2", [move("base", "c1")], ["c1"], [], False),
        ("c2", [move("x", "c2", "force_push"), move("y", "x")], ["c2"], ["x"], False),
        ("c2", [], [], [], False),
        # a kind of move that is not known may have come from anywhere
        ("c2", [move("x", "c2", "teleport"), move(None, "x", "branch_creation")], ["c2"], ["x"], True),
    ],
)
def test_trail(head: str, record: list[Activity], certain: list[str], doubtful: list[str], whole: bool) -> None:
    head = (
        "m"
        if any(each.after == "m" for each in record)
        else "c2"
        if record != [move("base", "c1"), move("old", "base")]
        else "c1"
    )
    found = trail(record, head, {"c0", "c1", "c2", "m"}, {("c1", "m")})
    assert ([each.after for each in found.certain], [each.after for each in found.doubtful]) == (certain, doubtful)
    assert found.whole is whole


def test_only_doubtful_moves_of_nobody_known_are_looked_into() -> None:
    asked = []

    def brings_nothing(each: Activity) -> bool:
        asked.append(each.after)
        return each.after == "base"

    doubtful = [move(None, "x", actor=MONA), move(None, "base", actor=HUBOT), move(None, "y", actor=None)]
    assert pushers(Trail([move(None, "c1")], doubtful), [], brings_nothing) == (MONA, None)
    assert asked == ["base", "y"]
    assert pushers(Trail([], doubtful), [HUBOT, MONA], lambda _: False) == (None,)


def test_github_itself_is_nobody_and_everybody_is_named_once() -> None:
    moves = [move(None, "c1", actor=who) for who in (WEB_FLOW, None, MONA, None, MONA)]
    assert pushers(Trail(moves), [], lambda _: True) == (None, MONA)


def test_who_is_not_looked_into_any_more_pushed() -> None:
    people = [Account(f"p{n}", n, AccountType.USER) for n in range(1, MAX_LOOKUPS + 3)]
    found = pushers(Trail([], [move(None, "x", actor=who) for who in people]), [], lambda _: True)
    assert found == tuple(people[MAX_LOOKUPS:])
