"""Contributors, actions and refs, grouped by what two policies have for it: points that nothing but the path can tell apart.

Every point that is shown is put to the engine first: what it decides there is what counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from agentowners.change.model import FileChange, Kind
from agentowners.engine.decide import decide
from agentowners.engine.path_changes import STATUS_OF
from agentowners.engine.verdict import AppliedRule
from agentowners.identity.match import Team
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Action, Decision, Policy, Rule
from agentowners.proof.actors import cast, cast_of
from agentowners.proof.cast import Actor
from agentowners.proof.demands import ALLOWED, BLOCKED, Demand, Demands
from agentowners.proof.kinds import refs_of
from agentowners.proof.prover import IN_ALL, Prover
from agentowners.proof.search import Witness
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

    def seats(self, *, backwards: bool) -> tuple[Seats, Seats]:
        """The seats before and after, or the other way round."""
        return (self.new, self.old) if backwards else (self.old, self.new)


class Terms(Struct, frozen=True):
    """Terms of a comparison beside the policies."""

    files: Sequence[str] | None = None
    """Paths to count; None where there is no tree."""
    owner: str | None = None
    """Owner of the repository; None where it is not known, so that any name with a slash may be a team."""
    limit: int = IN_ALL
    """Steps."""
    cell: PartialCell = EVERY_CELL
    """Part of the points that is looked at."""


class Space:
    """All points of two policies, by class, and what they are proved with."""

    def __init__(self, old: Policy, new: Policy, terms: Terms, only: PartialCell = EVERY_CELL, claim: Rule | None = None) -> None:
        """Enumerate actors, actions and refs, or take those that are fixed; with ``claim`` only the rule's points count."""
        self._policies, self._owner = (old, new), terms.owner
        self.universe = Universe()
        self.sides = Side(old, self.universe, terms.owner), Side(new, self.universe, terms.owner)
        self.prover = Prover(terms.limit)
        name = only.principal
        if name is not None:
            self.cast = cast_of(name, self._policies, terms.owner)
        else:
            self.cast = cast(self._policies, terms.owner, *(() if claim is None else (claim,)))
        self.refs, self.all_refs = refs_of(self._policies, self.prover) if only.ref is None else ((only.ref,), True)
        self.classes = self._classes([action for action in _ACTIONS if only.action in (None, action)])

    def replay(self, points: Sequence[ReplayPoint]) -> tuple[list[Replayed], list[Replayed]]:
        """Decisions of either policy at points."""
        old, new = (_replay(policy, points, self.cast.teams, self._owner) for policy in self._policies)
        return old, new

    def _classes(self, actions: Sequence[Action]) -> list[CellClass]:
        (old, new), universe = self.sides, self.universe
        teams = self.cast.teams
        alike: dict[tuple[Seats, Seats], list[Actor]] = {}
        differing = old.only_beside(new)
        for actor in self.cast.actors:
            if differing is not None and not old.is_in(actor, teams, differing):
                continue  # whatever is there for the actor is the same on both sides
            alike.setdefault((old.seats(actor, teams), new.seats(actor, teams)), []).append(actor)
        masks: dict[int, list[tuple[Action, str]]] = {}
        by_action = [(action, universe.of_action(action)) for action in actions]
        for ref in self.refs:
            on_ref = universe.on_ref(ref)
            for action, of_action in by_action:
                masks.setdefault(on_ref & of_action, []).append((action, ref))
        by_seats: dict[tuple[Seats, Seats], list[Cell]] = {}
        for (before, after), some in alike.items():
            for mask, places in masks.items():
                key = within_cell(before, mask), within_cell(after, mask)
                if key[0] != key[1]:
                    by_seats.setdefault(key, []).extend(Cell(actor, action, ref) for actor in some for action, ref in places)
        return [CellClass(*key, tuple(cells)) for key, cells in by_seats.items()]


ReplayPoint = tuple[Cell, Witness]


class Replayed(Struct, frozen=True):
    """Decision of the engine at a point."""

    demands: Demands
    rules: tuple[AppliedRule, ...]


def _replay(policy: Policy, points: Sequence[ReplayPoint], teams: Sequence[Team], owner: str | None) -> list[Replayed]:
    """Decisions of one policy, all those of one cell at once."""
    results: dict[ReplayPoint, Replayed] = {}
    by_cell: dict[tuple[Cell, bool], list[Witness]] = {}
    for cell, path in points:
        by_cell.setdefault((cell, path.as_link), []).append(path)
    for (cell, as_link), paths in by_cell.items():
        for path, result in zip(paths, _of_cell(policy, cell, paths, teams, owner, as_link=as_link), strict=True):
            results[cell, path] = result
    return [results[point] for point in points]


def _of_cell(
    policy: Policy, cell: Cell, paths: Sequence[Witness], teams: Sequence[Team], owner: str | None, *, as_link: bool
) -> list[Replayed]:
    known = definitions(policy)
    principals = contributors(policy, (cell.actor.evidence,), known, cell.actor.author)
    if not principals:
        return [Replayed(ALLOWED, ())] * len(paths)
    kind = Kind.SYMLINK if as_link else Kind.FILE
    files = tuple(FileChange(path.text, STATUS_OF[cell.action], before=kind, after=kind) for path in dict.fromkeys(paths))
    ruling = decide(policy, cell.actor.change(cell.ref, files, owner), cell.actor.facts(principals, teams))
    by_path = {}
    for file in ruling.files:
        judgement = file.judgement
        if judgement.decision is Decision.BLOCK:
            demands: Demands = frozenset({BLOCKED})
        else:
            obligations = [ruling.obligations[index] for index in judgement.obligations]
            demands = frozenset(
                Demand(obligation.count, frozenset(approver.key for approver in obligation.approvers))
                for obligation in obligations
            )
        by_path[file.path] = Replayed(demands, judgement.rules)
    return [by_path[path.text] for path in paths]
