"""Contributors, actions and refs, grouped by what two policies have for it: points that nothing but the path can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from agentowners.policy.model import Action
from agentowners.proof.actors import Actor, Cast, cast, cast_of
from agentowners.proof.prover import Prover
from agentowners.proof.refs import refs_of
from agentowners.proof.sides import Seats, Side, within_cell
from agentowners.proof.universe import Universe

_ACTIONS = (Action.FILE_MODIFY, *(action for action in Action if action is not Action.FILE_MODIFY))
"""The usual one first."""


class Cell(Struct, frozen=True):
    """One contributor, one action, one ref."""

    actor: Actor
    action: Action
    ref: str


class PartialCell(Struct, frozen=True):
    """Part of a cell that is fixed; None for what is not."""

    principal: str | None = None
    """With or without its at-sign."""
    action: Action | None = None
    ref: str | None = None


EVERY_CELL: Final = PartialCell()


class CellClass(Struct, frozen=True):
    """Cells for which each of two policies has the same."""

    old: Seats
    new: Seats
    cells: tuple[Cell, ...]
    """The plainest first."""


class Space:
    """All points of two policies, by class."""

    def __init__(
        self,
        universe: Universe,
        sides: tuple[Side, Side],
        prover: Prover,
        owner: str | None,
        only: PartialCell = EVERY_CELL,
    ) -> None:
        """Enumerate actors, actions and refs, or take those that are fixed."""
        policies = tuple(side.policy for side in sides)
        self.cast: Cast = cast(policies, owner) if only.principal is None else cast_of(only.principal, policies, owner)
        self.refs, self.all_refs = refs_of(policies, prover) if only.ref is None else ((only.ref,), True)
        actions = tuple(action for action in _ACTIONS if only.action in (None, action))
        self.classes = _classes(self.cast, sides, self.refs, actions, universe)


def _classes(
    cast: Cast, sides: tuple[Side, Side], refs: Sequence[str], actions: Sequence[Action], universe: Universe
) -> list[CellClass]:
    alike: dict[tuple[Seats, Seats], list[Actor]] = {}
    differing = sides[0].only_beside(sides[1])
    for actor in cast.actors:
        if differing is not None and not sides[0].is_in(actor, cast.teams, differing):
            continue  # whatever is there for the actor is the same on both sides
        alike.setdefault((sides[0].seats(actor, cast.teams), sides[1].seats(actor, cast.teams)), []).append(actor)
    masks: dict[int, list[tuple[Action, str]]] = {}
    by_action = [(action, universe.of_action(action)) for action in actions]
    for ref in refs:
        on_ref = universe.on_ref(ref)
        for action, of_action in by_action:
            masks.setdefault(on_ref & of_action, []).append((action, ref))
    found: dict[tuple[Seats, Seats], list[Cell]] = {}
    for (old, new), some in alike.items():
        for mask, places in masks.items():
            key = within_cell(old, mask), within_cell(new, mask)
            if key[0] != key[1]:
                found.setdefault(key, []).extend(Cell(actor, action, ref) for actor in some for action, ref in places)
    return [CellClass(old, new, tuple(cells)) for (old, new), cells in found.items()]
