"""Points at which something that one policy asks for is covered by nothing that another asks for.

For each statement of the one that the other does not have, and for each default: is there a path in it that is in no statement of
the other which covers what it asks for?
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from agentowners.engine.verdict import members
from agentowners.proof.demands import Demand, Demands, loses
from agentowners.proof.prover import EVERYTHING, Doubt, PatternSet, Prover
from agentowners.proof.search import Witness
from agentowners.proof.sides import DEFAULT, LossQuestion, Seat, Seats, decided, lifts_of, rules_of
from agentowners.proof.universe import Universe


class Loss(Struct, frozen=True):
    """A path at which it is lost, or that this was not found out."""

    question: LossQuestion
    path: Witness | None
    """None where it is not known whether there is one."""
    steps: int = 0
    """Spent on what is not known."""


class LossSearch:
    """Looks for losses. What was found out of one kind of contributor is not asked again for another."""

    def __init__(self, universe: Universe, prover: Prover) -> None:
        """Start without answers."""
        self._universe = universe
        self._prover = prover
        self._answers: dict[tuple[tuple[PatternSet, ...], int], Witness | Doubt] = {}
        self.questions = 0
        """Paths that were looked for."""

    def losses(self, old: Seats, new: Seats, within: PatternSet = EVERYTHING) -> Iterator[Loss]:
        """A path for each statement of ``old`` of which something is lost in ``new``, and where it is allowed another one.

        Args:
            old: what one policy has for a contributor, for one action on one ref.
            new: what the other has.
            within: where to look.

        Raises:
            MatcherError: a path cannot be matched within the memory allowed.
        """
        keys: set[tuple[int, int, Demand]] = set()
        for seat in old:
            for question in self._questions(seat, new):
                key = (question.number, question.layer if question.number == DEFAULT else 0, question.demand)
                if key in keys:
                    continue
                keys.add(key)
                before = self._prover.spent
                answer = self._lost(question, seat, old, new, within, None)
                if answer is Doubt.NOT_KNOWN:
                    yield Loss(question, None, self._prover.spent - before)
                elif isinstance(answer, Witness):
                    yield Loss(question, answer)
                    if self.decided(new, answer):
                        worse = self._lost(question, seat, old, new, within, question.demand)
                        if isinstance(worse, Witness):
                            yield Loss(question, worse)

    def decided(self, seats: Seats, path: Witness) -> Demands:
        """The demands at a path."""
        return decided(seats, self._universe.covering(path), self._universe)

    def _questions(self, seat: Seat, new: Seats) -> Iterator[LossQuestion]:
        rules = rules_of(tuple(other for other in new if not other.lifts))
        for number in members(seat.rules & ~rules):
            demand = self._universe.sets[number].demand
            if demand is not None:
                yield LossQuestion(number, seat.layer, demand)
        if seat.default is not None:
            yield LossQuestion(DEFAULT, seat.layer, seat.default)

    def _lost(
        self, question: LossQuestion, seat: Seat, old: Seats, new: Seats, within: PatternSet, allowed: Demand | None
    ) -> Witness | Doubt:
        """A path at which nothing covers the demand; with ``allowed`` one at which nothing is asked for at all."""
        covering = self._universe.asking(None if allowed is not None else question.demand) & rules_of(new)
        inside = [within] if within != EVERYTHING else []
        if question.number == DEFAULT:
            without = seat.rules
        else:
            inside.append(self._universe.sets[question.number].paths)
            without = seat.lifts
        doubt = Doubt.NONE
        for lifted, masks in self._with_lifts(covering, new):
            more = [*inside, *([self._universe.sets[lifted].paths] if lifted is not None else [])]
            for path in self._beside_defaults(tuple(more), without | masks, question.demand, new, any_demand=allowed is not None):
                if isinstance(path, Witness):
                    plain = Witness(path.text.replace("~", "x"), path.as_link)
                    for candidate in (plain, path):
                        if self._is_real(question, candidate, old, new):
                            return candidate
                if path is not Doubt.NONE:
                    doubt = Doubt.NOT_KNOWN
        return doubt

    def _is_real(self, question: LossQuestion, path: Witness, old: Seats, new: Seats) -> bool:
        """True if the demand is made at a path and lost there, by the engine's own matching."""
        demands = self.decided(old, path)
        return question.demand in demands and loses((question.demand,), self.decided(new, path))

    def _with_lifts(self, covering: int, new: Seats) -> Iterator[tuple[int | None, int]]:
        """The cases there are: a path that no ``unprotect`` line lifts, and one for each line that does."""
        builtin = tuple(seat for seat in new if seat.builtin)
        lifts = lifts_of(builtin)
        others = covering & ~rules_of(builtin)
        if not lifts or covering == others:
            yield None, covering
            return
        yield None, covering | lifts
        for number in members(lifts):
            yield number, others

    def _beside_defaults(
        self, inside: tuple[PatternSet, ...], without: int, demand: Demand, new: Seats, *, any_demand: bool
    ) -> Iterator[Witness | Doubt]:
        """Paths of the sets, in none of the statements, at which no default of the other policy covers the demand: where one
        would, some rule of its layer has to take its place."""
        replaced = [seat for seat in new if seat.default is not None and (any_demand or seat.default.covers(demand))]
        if not replaced:
            yield self._find(inside, without)
            return
        first, *others = replaced
        for number in members(first.rules & ~without):
            some = (*inside, self._universe.sets[number].paths)
            covered = [seat for seat in others if not seat.rules >> number & 1]
            if not covered:
                yield self._find(some, without)
                continue
            for other in members(covered[0].rules & ~without):
                # of more than two layers with such a default the rest is left to the check of what is found
                yield self._find((*some, self._universe.sets[other].paths), without)

    def _find(self, inside: tuple[PatternSet, ...], without: int) -> Witness | Doubt:
        universe = self._universe
        for area in inside:
            if universe.alike.get(area, 0) & without:
                return Doubt.NONE
        key = (inside, without)
        known = self._answers.get(key)
        if known is not None:
            return known
        self.questions += 1

        def hits(path: Witness) -> Iterator[tuple[PatternSet, int]]:
            for number in members(universe.covering(path) & without):
                paths = universe.sets[number].paths
                yield next(self._prover.around(paths, path), paths), number

        inexact = next((pattern for pattern in inside if pattern.any_spelling), None)
        exactly = 0 if inexact is None else universe.alike[inexact]

        def accepts(path: Witness) -> bool:
            return exactly == 0 or bool(universe.covering(path) & exactly)

        answer, _ = self._prover.decide(inside or (EVERYTHING,), hits, accepts)
        self._answers[key] = answer
        return answer
