"""The decisions about a change, and the facts that it takes to make a verdict of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from agentowners.change.model import Change
from agentowners.diagnostics import Diagnostic
from agentowners.engine.facts import Need
from agentowners.engine.scopes import Scopes
from agentowners.engine.verdict import FileDecisions, Judgement, SettledObligation
from agentowners.identity.model import AgentDefinition, Principal
from agentowners.policy.model import Decision, Outcome, Policy
from agentowners.policy.patterns import Approver


class Ruling(Struct, frozen=True):
    """Decisions, and what must be found out before they are a verdict."""

    policy: Policy
    change: Change
    principals: tuple[Principal, ...]
    definitions: tuple[AgentDefinition, ...]
    files: FileDecisions
    """Sorted by path."""
    scopes: Scopes
    """The principals who are judged on each path."""
    obligations: tuple[Obligation, ...]
    """Approvals asked for by layers that are enforced."""
    observed_obligations: tuple[Obligation, ...]
    """Approvals that would be asked for by layers that only observe."""
    needs: frozenset[Need]
    """Every one of them must be answered, ``Known`` or ``Unavailable``, for ``settle``."""
    diagnostics: tuple[Diagnostic, ...] = ()
    vouched: frozenset[int] = frozenset()
    """Indices of the asserted principals for whom the verdict is milder because the change's author answers for them."""

    @property
    def judgements(self) -> Sequence[Judgement]:
        """The judgement of each file."""
        return self.files.judgements


def strictest(decisions: Iterable[Decision]) -> Decision:
    """The strictest of decisions; allow where there are none."""
    return max(decisions, key=lambda decision: decision.strictness, default=Decision.ALLOW)


class Obligation(Struct, frozen=True):
    """Approvals that rules ask for: so many, of these approvers."""

    count: int
    approvers: tuple[Approver, ...]
    """Empty means anyone who may approve."""
    rules: tuple[str, ...]
    """Ids of the rules and defaults that ask for it."""
    of_people: bool = False
    """True if it is asked because of a person, and not of agents, bots and unattributed contributors alone."""


class ObligationSet:
    """Obligations as they accumulate: one for each number and set of approvers."""

    def __init__(self) -> None:
        """Start without any."""
        self._asked: dict[tuple[int, frozenset[str]], tuple[int, Outcome, dict[str, None]]] = {}
        """Place, first outcome and ids of rules, by what is asked for."""
        self._of_people: set[int] = set()

    @property
    def all(self) -> tuple[Obligation, ...]:
        """Everything asked for so far, in order of appearance."""
        return tuple(
            Obligation(outcome.count, outcome.approvers, tuple(rules), place in self._of_people)
            for place, outcome, rules in self._asked.values()
        )

    def add(self, outcome: Outcome, rule: str, *, of_person: bool) -> int:
        """Take up what a rule, given by its id, asks for, because of a person or not; returns its place in ``all``."""
        key = (outcome.count, frozenset([approver.key for approver in outcome.approvers]))
        place, _, rules = self._asked.setdefault(key, (len(self._asked), outcome, {}))
        rules[rule] = None
        if of_person:
            self._of_people.add(place)
        return place


def required(obligations: Iterable[SettledObligation]) -> int:
    """Approvals required: the largest number asked of anyone, or the sum over sets of approvers of the largest number asked
    of each, whichever is more."""
    return _total((o.approvers, o.count) for o in obligations)


def missing(obligations: Iterable[SettledObligation]) -> int:
    """Approvals still missing, counted as ``required`` counts; 0 exactly where every obligation is met."""
    return _total((o.approvers, max(0, o.count - len(o.granted_by))) for o in obligations)


def _total(obligations: Iterable[tuple[tuple[str, ...], int]]) -> int:
    largest: dict[frozenset[str], int] = {}
    for approvers, count in obligations:
        key = frozenset(name.lower() for name in approvers)
        largest[key] = max(count, largest.get(key, 0))
    anyone = largest.pop(frozenset(), 0)
    return max(anyone, sum(largest.values()))
