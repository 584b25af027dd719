"""A policy as it judges one contributor: for each layer the statements that apply, and the default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.engine.context import EvaluationContext
from agentowners.engine.verdict import members
from agentowners.identity.match import Team
from agentowners.identity.model import Principal
from agentowners.identity.outlook import contributors
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Layer, Mode, Policy, Rule
from agentowners.policy.modes import expanded
from agentowners.policy.patterns import PrincipalPattern
from agentowners.proof.cast import Actor
from agentowners.proof.demands import Demand, Demands
from agentowners.proof.universe import Universe


class Seat(Struct, frozen=True):
    """Part of one layer that is for one contributor. Layers that only observe the contributor have none."""

    rules: int
    """The bits of the statements that apply."""
    default: Demand | None = None
    lifts: int = 0
    """The bits of the ``unprotect`` lines that take paths out of it; of the built-in layer only."""
    builtin: bool = False
    layer: int = 0


Seats = tuple[Seat, ...]
DEFAULT: Final = -1
"""As the number of a default's statement."""
_Readers = tuple[bool, tuple[PrincipalPattern, ...]]
"""Principals, and whether what is said of them loosens."""
_Audience = tuple[int, _Readers]
"""A layer, and some of whom it speaks."""


class LossQuestion(Struct, frozen=True):
    """True if anything is lost of what one statement asks for."""

    number: int
    """The statement's bit; -1 for the default of a layer."""
    layer: int
    """The index of that layer."""
    demand: Demand


class Side:
    """One of the policies that are compared."""

    def __init__(self, policy: Policy, universe: Universe, owner: str | None) -> None:
        """Take up all statements of a policy, those of its modes among them."""
        self.policy = policy
        self._universe = universe
        self._definitions = definitions(policy)
        self._owner = owner
        self._bare = Policy(tuple(_without_rules(layer) for layer in policy.layers))
        self._groups: list[dict[_Readers, int]] = []
        self.rules: dict[int, list[Rule]] = {}
        """The rules of each bit."""
        for layer, rules in expanded(policy):
            groups: dict[_Readers, int] = {}
            for rule in rules:
                number = universe.add_rule(rule, builtin=layer.source is None)
                self.rules.setdefault(number, []).append(rule)
                key = (not rule.decision.restricts, rule.principals)
                groups[key] = groups.get(key, 0) | 1 << number
            self._groups.append(groups)
        lines = [(place, line) for place, layer in enumerate(policy.layers) for line in layer.unprotects]
        self._lifts = [(place, universe.add_unprotect(line)) for place, line in lines]
        self.lines = {number: line for (_, number), (_, line) in zip(self._lifts, lines, strict=True)}

    def seats(self, actor: Actor, teams: Sequence[Team]) -> Seats:
        """The part of each layer that is for an actor.

        Raises:
            AgentownersError: the policy's definitions cannot be held against the evidence.
        """
        principals, context = self._context(actor, teams)
        seats: dict[Seat, None] = {}
        for index in range(len(principals)):
            lifts = 0
            for place, number in self._lifts:
                if context.audience(self.lines[number].principals, place, loosens=True).applies[index]:
                    lifts |= 1 << number
            for place, layer in enumerate(context.layers):
                if layer.observes[index]:
                    continue
                rules = 0
                for (loosens, patterns), mask in self._groups[place].items():
                    if context.audience(patterns, place, loosens=loosens).applies[index]:
                        rules |= mask
                chosen = layer.defaults[index]
                builtin = layer.layer.source is None
                if rules or chosen is not None:
                    demand = None if chosen is None else Demand.of(chosen.rule.outcome)
                    seats[Seat(rules, demand, lifts if builtin else 0, builtin, place)] = None
        return tuple(seats)

    def _context(self, actor: Actor, teams: Sequence[Team]) -> tuple[tuple[Principal, ...], EvaluationContext]:
        principals = self.principals(actor)
        change = actor.change("refs/", (), self._owner)  # no ref in particular: who a rule is about depends on none
        return principals, EvaluationContext(self._bare, change, principals, self._definitions, actor.facts(principals, teams))

    def only_beside(self, other: Side) -> tuple[_Audience, ...] | None:
        """The audiences of which this side has other statements than another one; None where more than statements differ."""
        if len(self._groups) != len(other._groups) or self._lifts != other._lifts or self._bare != other._bare:
            return None
        return tuple(
            (place, key)
            for place, (own, others) in enumerate(zip(self._groups, other._groups, strict=True))
            for key in dict.fromkeys([*own, *others])
            if own.get(key) != others.get(key)
        )

    def is_in(self, actor: Actor, teams: Sequence[Team], audiences: Sequence[_Audience]) -> bool:
        """True if an actor is in one of the audiences.

        Raises:
            AgentownersError: as for ``seats``.
        """
        _, context = self._context(actor, teams)
        return any(any(context.audience(patterns, place, loosens=loosens).applies) for place, (loosens, patterns) in audiences)

    def principals(self, actor: Actor) -> tuple[Principal, ...]:
        """Principals that an actor is under the policy; nobody where nothing shows it.

        Raises:
            AgentownersError: as for ``seats``.
        """
        return contributors(self.policy, (actor.evidence,), self._definitions, actor.author)

    def default_id(self, layer: int, demand: Demand) -> str:
        """The id of a default of a layer that asks for this."""
        return next(
            (default.id for default in self.policy.layers[layer].defaults if Demand.of(default.outcome) == demand), "default"
        )


def rules_of(seats: Seats) -> int:
    """The bits of the statements that apply in any of the seats."""
    return reduce(or_, (seat.rules for seat in seats), 0)


def lifts_of(seats: Seats) -> int:
    """The bits of the ``unprotect`` lines of all of the seats."""
    return reduce(or_, (seat.lifts for seat in seats), 0)


def within_cell(seats: Seats, mask: int) -> Seats:
    """The seats as they are where only some statements hold: on a ref, for an action."""
    return tuple(replace(seat, rules=seat.rules & mask) for seat in seats if seat.rules & mask or seat.default is not None)


def asking(seats: Seats, covering: int, universe: Universe) -> Iterator[LossQuestion]:
    """The statements that ask for something at a path, by the bits of those that it is in."""
    for seat in seats:
        matching = seat.rules & covering
        if matching and not seat.lifts & covering:
            for number in members(matching):
                demand = universe.sets[number].demand
                if demand is not None:
                    yield LossQuestion(number, seat.layer, demand)
        elif not matching and seat.default is not None:
            yield LossQuestion(DEFAULT, seat.layer, seat.default)


def decided(seats: Seats, covering: int, universe: Universe) -> Demands:
    """The demands at a path, by the bits of the statements that it is in."""
    return frozenset([question.demand for question in asking(seats, covering, universe)])


def _without_rules(layer: Layer) -> Layer:
    """A layer with what tells who is who and whom it observes: the rules are held against paths elsewhere."""
    observing = tuple(mode for mode in layer.modes if mode.mode is Mode.OBSERVE_ONLY)
    bare = Layer()
    return replace(layer, rules=(), modes=observing, unprotects=(), asserts=(), approvals=bare.approvals, dispatch=bare.dispatch)
