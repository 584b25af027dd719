"""Compares two policies at every point there could be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from agentowners.engine.verdict import members
from agentowners.identity.accounts import BOT_SUFFIX
from agentowners.identity.model import Group
from agentowners.policy.model import WRITE_KINDS, Action, Policy
from agentowners.proof.beside import beside_points
from agentowners.proof.cast import Actor, Trust
from agentowners.proof.cells import CellClass, Space
from agentowners.proof.cells import Terms as Terms
from agentowners.proof.demands import least, loses
from agentowners.proof.difference import (
    Counterexample,
    OpenQuestion,
    PolicyDifference,
    Region,
    RegionDraft,
    RegionKey,
    ShownPoint,
    UnknownReason,
    direction,
    total,
)
from agentowners.proof.losses import Loss, LossSearch
from agentowners.proof.search import Witness
from agentowners.proof.sides import LossQuestion, Seats, Side, asking, decided, lifts_of, rules_of
from agentowners.values import gathered

_EXAMPLES: Final = 3
_BUILTIN: Final = "builtin"
_WRITES: Final = frozenset({Action.FILE_WRITE, *WRITE_KINDS})


def compare(old: Policy, new: Policy, terms: Terms | None = None) -> PolicyDifference:
    """The difference of two policies.

    Args:
        old: the one that holds.
        new: the one that would hold.
        terms: what else to go by.

    Raises:
        MatcherError: the patterns do not fit into memory.
        AgentownersError: a definition of an agent is too large.
    """
    return _Comparison(old, new, terms or Terms()).difference()


class _Comparison:
    def __init__(self, old: Policy, new: Policy, terms: Terms) -> None:
        self._terms = terms
        self._policies = old, new
        self._space = Space(old, new, terms, terms.cell)
        self._universe, self._sides, self._prover = self._space.universe, self._space.sides, self._space.prover
        asserted = (promise.claim for policy in self._policies for layer in policy.layers for promise in layer.asserts)
        self._promised = 0
        for claim in asserted:
            self._promised |= 1 << self._universe.add_rule(claim, builtin=False)
        self._drafts: dict[RegionKey, RegionDraft] = {}
        self._unknown: dict[OpenQuestion, None] = {}
        self._is_person = cache(self._find_person)

    def difference(self) -> PolicyDifference:
        for cell_class in self._space.classes:
            self._look_into(cell_class)
        if self._terms.files is not None:
            self._count(self._terms.files)
        for doubt in self._space.cast.doubts:
            self._unknown[OpenQuestion(UnknownReason.NAMES, doubt)] = None
        if not self._space.all_refs:
            self._unknown[OpenQuestion(UnknownReason.NAMES, "more kinds of refs than are looked at")] = None
        regions = sorted(self._confirmed(), key=lambda region: region.rank)
        everywhere = beside_points(*self._policies)
        directions = [*(region.direction for region in regions), *(shift.direction for shift in everywhere)]
        return PolicyDifference(
            direction=total(directions, unknown=bool(self._unknown)),
            regions=tuple(regions),
            everywhere=everywhere,
            unknown=tuple(self._unknown),
            spent=self._prover.spent,
            limit=self._prover.limit,
            files=None if self._terms.files is None else len(self._terms.files),
            no_effect=self._without_effect(regions),
        )

    def _look_into(self, cell_class: CellClass) -> None:
        search = LossSearch(self._universe, self._prover)
        for backwards in (False, True):
            before, after = cell_class.seats(backwards=backwards)
            for loss in search.losses(before, after):
                if loss.path is None:
                    self._note_unknown(loss, backwards=backwards)
                else:
                    covering = self._universe.covering(loss.path)
                    self._add(cell_class, covering, loss.path, loss.question, backwards=backwards)

    def _where(self, question: LossQuestion, before: Seats, after: Seats, covering: int) -> tuple[str, ...]:
        """The patterns of what makes the difference: of a line that lifts, of the statement itself, or of what takes a default's
        place."""
        own = rules_of(before) | lifts_of(before)
        itself = 1 << question.number if question.number >= 0 else 0
        for mask in (lifts_of(after) & ~own, itself, rules_of(after) & ~own):
            number = next(members(mask & covering), None)
            if number is not None:
                return self._universe.sets[number].paths.positive
        return ()

    def _add(
        self,
        cell_class: CellClass,
        covering: int,
        path: Witness,
        question: LossQuestion,
        *,
        backwards: bool,
        exists: bool = False,
    ) -> RegionDraft:
        key = self._region_key(cell_class, covering, question, backwards=backwards)
        protected = any(self._universe.sets[number].builtin for number in members(covering))
        point = ShownPoint(path, cell_class.cells[0], exists, protected, bool(covering & self._promised))
        draft = self._drafts.get(key)
        if draft is None:
            where = self._where(question, *cell_class.seats(backwards=backwards), covering)
            draft = self._drafts[key] = RegionDraft(key, len(self._drafts), point, where)
        elif point.rank < draft.shown.rank:
            draft.shown = point
        draft.cells.update(dict.fromkeys(cell_class.cells))
        return draft

    def _region_key(self, cell_class: CellClass, covering: int, question: LossQuestion, *, backwards: bool) -> RegionKey:
        """Direction in which the decisions about a path differ, with the statements of either side by which they do."""
        old, new = (decided(seats, covering, self._universe) for seats in (cell_class.old, cell_class.new))
        lost = (self._name(question, self._sides[backwards]),)
        before = self._cause(self._sides[0], cell_class.old, cell_class.new, covering) if backwards else lost
        after = lost if backwards else self._cause(self._sides[1], cell_class.new, cell_class.old, covering)
        return RegionKey(direction(old, new), least(old), least(new), before, after)

    def _name(self, question: LossQuestion, side: Side) -> str:
        """The id of the statement that a question is about."""
        if question.number < 0:
            return side.default_id(question.layer, question.demand)
        if self._universe.sets[question.number].builtin:
            return _BUILTIN
        return side.rules[question.number][0].id

    def _difference(self, cell_class: CellClass, covering: int) -> tuple[LossQuestion, bool] | None:
        """The first statement of either side, the old one first, of which something is lost at a path."""
        for backwards in (False, True):
            before, after = cell_class.seats(backwards=backwards)
            left = decided(after, covering, self._universe)
            question = next(
                (question for question in asking(before, covering, self._universe) if loses((question.demand,), left)), None
            )
            if question is not None:
                return question, backwards
        return None

    def _cause(self, side: Side, own: Seats, others: Seats, covering: int) -> tuple[str, ...]:
        """Statements that match here on one side only, and defaults that decide on one side only. That something is allowed
        matters where it takes a default's place."""
        rules, lifted = rules_of(others), lifts_of(others)
        causes: dict[str, None] = {}
        other_defaults = {seat.default for seat in others if not seat.rules & covering}
        takes_place = any(default is not None for default in other_defaults)
        for seat in own:
            matching = seat.rules & covering
            for number in members(matching & ~rules if not seat.lifts & covering else 0):
                if takes_place or self._universe.sets[number].demand is not None:
                    causes[_BUILTIN if seat.builtin else side.rules[number][0].id] = None
            for number in members(seat.lifts & covering & ~lifted):
                causes[side.lines[number].id] = None
            if not matching and seat.default is not None and seat.default not in other_defaults:
                causes[side.default_id(seat.layer, seat.default)] = None
        return tuple(causes)

    def _count(self, files: Sequence[str]) -> None:
        """Count the files of each region, each file once, where it is worst."""
        masks = gathered((self._universe.covering(Witness(path)), path) for path in files)
        for covering, paths in masks.items():
            shortest = sorted(paths, key=lambda path: (len(path), path))[:_EXAMPLES]
            worst: RegionDraft | None = None
            for cell_class in self._space.classes:
                # that something is lost is worse, and where both are there is one region of both
                difference = self._difference(cell_class, covering)
                if difference is None:
                    continue
                question, backwards = difference
                draft = self._add(cell_class, covering, Witness(shortest[0]), question, backwards=backwards, exists=True)
                if worst is None or draft.rank < worst.rank:
                    worst = draft
            if worst is not None:
                worst.files += len(paths)
                worst.examples = sorted([*worst.examples, *shortest], key=lambda path: (len(path), path))[:_EXAMPLES]

    def _confirmed(self) -> Iterable[Region]:
        """The regions whose examples the engine decides as they are thought to be."""
        keys = list(self._drafts)
        points = [(draft.shown.cell, draft.shown.path) for draft in self._drafts.values()]
        before, after = self._space.replay(points)
        for key, (cell, path), old, new in zip(keys, points, before, after, strict=True):
            draft = self._drafts[key]
            if (least(old.demands), least(new.demands)) != (key.old, key.new):
                question = f"whether `{path.text}` is decided otherwise: the engine does not confirm it"
                self._unknown[OpenQuestion(UnknownReason.EXPRESSION, question)] = None
                continue
            example = Counterexample(path.text, path.as_link, cell, draft.shown.exists, old.rules, new.rules)
            yield self._region(key, draft, example)

    def _region(self, key: RegionKey, draft: RegionDraft, example: Counterexample) -> Region:
        actors = dict.fromkeys(cell.actor for cell in draft.cells)
        trusts = {actor.trust for actor in actors}
        actions = {cell.action for cell in draft.cells}
        if actions == set(Action):
            actions = set()
        elif actions >= _WRITES:
            actions -= WRITE_KINDS
        refs = dict.fromkeys(cell.ref for cell in draft.cells)
        named = sorted(actors, key=lambda actor: not (actor.is_group or actor.stands_for))
        lost_default = any(rule.is_default for rule in example.old_rules) and not any(r.is_default for r in example.new_rules)
        return Region(
            direction=key.direction,
            old=key.old,
            new=key.new,
            old_cause=key.old_cause,
            new_cause=key.new_cause,
            principals=_distinct_names(actor.stands_for or actor.name for actor in named),
            trust=next(trust for trust in Trust if trust in trusts),
            actions=tuple(action for action in Action if action in actions),
            refs=() if len(refs) == len(self._space.refs) else tuple(refs),
            example=example,
            where=draft.where,
            is_protected=draft.shown.protected,
            is_promised=draft.shown.promised,
            of_people=any(self._is_person(actor) for actor in actors),
            replaces_default=lost_default and bool(key.new_cause),
            files=draft.files,
            examples=tuple(draft.examples),
        )

    def _find_person(self, actor: Actor) -> bool:
        """True if an actor is a person, or nobody's, under either policy."""
        groups = {principal.group for side in self._sides for principal in side.principals(actor)}
        return not groups <= {Group.AGENTS, Group.BOTS}

    def _note_unknown(self, loss: Loss, *, backwards: bool) -> None:
        question = loss.question
        if question.number < 0:
            text = "whether what a default asks for is still asked for"
        else:
            texts = self._universe.sets[question.number].paths.positive
            text = f"whether `{' '.join(texts[:3]) or '**'}` is still covered"
        id = self._name(question, self._sides[backwards])
        self._unknown[OpenQuestion(UnknownReason.EFFORT, text, id, loss.steps)] = None

    def _without_effect(self, regions: Sequence[Region]) -> tuple[str, ...]:
        """Statements that only one side has and that are no region's cause."""
        causes = {id for region in regions for id in (*region.old_cause, *region.new_cause)}
        old, new = self._sides
        alone = [rule for number in old.rules.keys() ^ new.rules.keys() for rule in (old.rules.get(number) or new.rules[number])]
        return tuple(dict.fromkeys(rule.id for rule in alone if rule.id not in causes))


def _distinct_names(candidates: Iterable[str]) -> tuple[str, ...]:
    """Names, each once. A bot whose name is only made from another is left out where that one, or every agent, is named."""
    names = dict.fromkeys(candidates)

    def is_said(name: str) -> bool:
        return name.endswith(BOT_SUFFIX) and not names.keys().isdisjoint((name.removesuffix(BOT_SUFFIX), "@agents"))

    return tuple(name for name in names if not is_said(name)) or tuple(names)
