"""Approvals as they are asked for: obligations accumulate over rules, defaults and layers, and are counted as one number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from agentowners.engine.verdict import SettledObligation
from agentowners.policy.model import Decision, Outcome
from agentowners.policy.patterns import Approver
from agentowners.records import record, replace


@record
class Obligation:
    """Approvals that rules ask for: so many, of these approvers."""

    count: int
    approvers: tuple[Approver, ...]
    """Empty means anyone who may approve."""
    rules: tuple[str, ...]
    """Ids of the rules and defaults that ask for it."""
    of_people: bool = False
    """Whether it is asked because of a person, and not of agents, bots and unattributed contributors alone."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


class Asking(Protocol):
    """A statement, as far as it matters here."""

    @property
    def outcome(self) -> Outcome:
        """What it decides."""
        ...

    @property
    def source(self) -> _Named:
        """The rule or default it comes from."""
        ...


class ObligationSet:
    """Obligations as they accumulate: one for each number and set of approvers."""

    def __init__(self) -> None:
        """Start without any."""
        self._places: dict[tuple[int, frozenset[str]], int] = {}
        self._asks: list[Obligation] = []
        self._rules: list[dict[str, None]] = []
        self._of_people: set[int] = set()

    @property
    def asks(self) -> tuple[Obligation, ...]:
        """Everything asked for so far, in order of appearance."""
        return tuple(
            replace(ask, rules=tuple(rules), of_people=place in self._of_people)
            for place, (ask, rules) in enumerate(zip(self._asks, self._rules, strict=True))
        )

    def add(self, tally: Iterable[tuple[Asking, int]], people: Sequence[bool]) -> tuple[tuple[int, ...], frozenset[int]]:
        """Take up what statements ask for because of principals, each given by its index; ``people`` says which are persons.

        Returns:
            The places of their obligations in ``asks``, and those of them that are asked because of a person.
        """
        places: dict[int, None] = {}
        of_people: set[int] = set()
        for statement, index in tally:
            outcome = statement.outcome
            if outcome.decision is not Decision.REQUIRE_APPROVAL:
                continue
            key = (outcome.count, frozenset([approver.key for approver in outcome.approvers]))
            place = self._places.setdefault(key, len(self._asks))
            if place == len(self._asks):
                self._asks.append(Obligation(outcome.count, outcome.approvers, ()))
                self._rules.append({})
            self._rules[place][statement.source.id] = None
            places[place] = None
            if people[index]:
                of_people.add(place)
        self._of_people |= of_people
        return tuple(places), frozenset(of_people)


def required(obligations: Iterable[SettledObligation]) -> int:
    """Approvals required: the largest number asked of anyone, or the sum over sets of approvers of the largest number asked
    of each, whichever is more."""
    return _total((o.approvers, o.count) for o in obligations)


def missing(obligations: Iterable[SettledObligation]) -> int:
    """Approvals still missing, counted as ``required`` counts; 0 exactly where every obligation is met."""
    return _total((o.approvers, max(0, o.count - len(o.granted_by))) for o in obligations)


def _total(asked: Iterable[tuple[tuple[str, ...], int]]) -> int:
    largest: dict[frozenset[str], int] = {}
    for approvers, count in asked:
        key = frozenset(name.lower() for name in approvers)
        largest[key] = max(count, largest.get(key, 0))
    anyone = largest.pop(frozenset(), 0)
    return max(anyone, sum(largest.values()))
