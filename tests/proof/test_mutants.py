"""What a slip in the comparison would do is seen: each of these mistakes, made on purpose, is found out by a known pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agentowners.proof import losses, sides
from agentowners.proof.actors import cast
from agentowners.proof.compare import compare
from agentowners.proof.demands import Demand
from agentowners.proof.search import Query
from agentowners.proof.universe import Universe
from tests.proof.points import policy


def answer(old: str, new: str) -> tuple[str, int, int]:
    found = compare(policy(old), policy(new))
    return found.direction.value, len(found.regions), len(found.unknown)


def _approvers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Demand, "covers", lambda self, other: self.count >= other.count)


def _counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Demand, "covers", lambda self, other: self.blocks or not other.blocks)


def _links(patch: pytest.MonkeyPatch) -> None:
    real = losses.LossSearch._is_real

    def files_only(self: Any, question: Any, path: Any, old: Any, new: Any) -> bool:
        return not path.as_link and real(self, question, path, old, new)

    patch.setattr(losses.LossSearch, "_is_real", files_only)


def _refs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Universe, "on_ref", lambda self, ref: (1 << len(self.sets)) - 1)


def _actions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Universe, "of_action", lambda self, action: (1 << len(self.sets)) - 1)


def _defaults(patch: pytest.MonkeyPatch) -> None:
    real = losses.LossSearch._questions
    patch.setattr(losses.LossSearch, "_questions", lambda self, seat, new: (q for q in real(self, seat, new) if q.number >= 0))


def _lifts(patch: pytest.MonkeyPatch) -> None:
    real = sides.Side.seats
    drop: Callable[..., Any] = lambda self, actor, teams: tuple(  # noqa: E731
        seat if not seat.lifts else sides.Seat(seat.rules, seat.default, 0, seat.builtin, seat.layer)
        for seat in real(self, actor, teams)
    )
    patch.setattr(sides.Side, "seats", drop)


def _negatives(patch: pytest.MonkeyPatch) -> None:
    real = Query.is_hopeless
    patch.setattr(Query, "is_hopeless", lambda self, states: real(self, states) or any(one.negative for one in self.without))


def _trust(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        "agentowners.proof.cells.cast",
        lambda *asked: (
            lambda found: type(found)(
                tuple(one for one in found.actors if one.trust.value == "verified"), found.teams, found.doubts
            )
        )(cast(*asked)),
    )


MUTANTS: dict[Callable[[pytest.MonkeyPatch], None], tuple[str, str]] = {
    _approvers: ("a @agents require_approval @amy", "a @agents require_approval @bob"),
    _counts: ("a @agents require_approval(2)", "a @agents require_approval"),
    _links: ("/a/* @agents block", "/a/?* @agents block"),
    _refs: ("a @agents block", "a refs/heads/main @agents block"),
    _actions: ("a @agents block", "a @agents block actions=file_delete"),
    _defaults: ("default @agents block", "default @agents require_approval"),
    _lifts: ("", "unprotect AGENTS.md @copilot"),
    _negatives: ("a/ @agents block", "a/ !a/b @agents block"),
    _trust: ("agent x email=a@b.example\na @x block", "a @x block"),
}
"""For each mistake a pair that it gives another answer for."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_mistake_is_seen(monkeypatch: pytest.MonkeyPatch, mutant: Callable[[pytest.MonkeyPatch], None]) -> None:
    pair = MUTANTS[mutant]
    right = answer(*pair)
    mutant(monkeypatch)
    assert answer(*pair) != right
