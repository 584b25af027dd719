"""Every point that is shown is put to the engine first: what it decides there is what counts."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from agentowners.change.model import FileChange, Kind
from agentowners.engine.decide import decide
from agentowners.engine.path_changes import STATUS_OF
from agentowners.engine.verdict import AppliedRule
from agentowners.identity.match import Team
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Decision, Policy
from agentowners.proof.cells import Cell
from agentowners.proof.demands import ALLOWED, BLOCKED, Demand, Demands
from agentowners.proof.search import Witness

ReplayPoint = tuple[Cell, Witness]


class Replayed(Struct, frozen=True):
    """Decision of the engine at a point."""

    demands: Demands
    rules: tuple[AppliedRule, ...]


def replay(policy: Policy, points: Sequence[ReplayPoint], teams: Sequence[Team], owner: str | None) -> list[Replayed]:
    """Decisions of a policy at points, all those of one cell at once."""
    found: dict[ReplayPoint, Replayed] = {}
    by_cell: dict[tuple[Cell, bool], list[Witness]] = {}
    for cell, path in points:
        by_cell.setdefault((cell, path.as_link), []).append(path)
    for (cell, as_link), paths in by_cell.items():
        for path, result in zip(paths, _of_cell(policy, cell, paths, teams, owner, as_link=as_link), strict=True):
            found[cell, path] = result
    return [found[point] for point in points]


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
            asked = [ruling.obligations[index] for index in judgement.obligations]
            demands = frozenset(Demand(one.count, frozenset(who.key for who in one.approvers)) for one in asked)
        by_path[file.path] = Replayed(demands, judgement.rules)
    return [by_path[path.text] for path in paths]
