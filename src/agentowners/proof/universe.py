"""The statements of several policies as sets of paths, each with a bit: what two policies have in common has one bit in both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from agentowners.engine.matcher import Matcher
from agentowners.engine.prepared import covers_action, on_ref
from agentowners.engine.verdict import members
from agentowners.policy.model import Action, Rule, Unprotect
from agentowners.policy.patterns import PathPattern, RefPattern
from agentowners.proof.demands import Demand
from agentowners.proof.prover import PatternSet
from agentowners.proof.search import Witness

_KEPT: Final = 200_000


class BitSet(Struct, frozen=True):
    """A statement, by all that tells it from others."""

    paths: PatternSet
    demand: Demand | None
    """None for ``allow``, and for an ``unprotect`` line."""
    refs: frozenset[RefPattern]
    actions: frozenset[Action]
    principals: frozenset[str]
    builtin: bool
    lifts: bool = False


class Universe:
    """All statements, by bit. First they are added, then it is asked."""

    def __init__(self) -> None:
        """Start without any."""
        self.sets: list[BitSet] = []
        self.alike: dict[PatternSet, int] = {}
        """The bits of the statements about just these paths."""
        self._numbers: dict[BitSet, int] = {}
        self._by_demand: dict[Demand, int] = {}
        self._patterns: list[tuple[PathPattern, ...]] = []
        self._matcher: Matcher | None = None
        self._waiting: dict[int, int] = {}
        self._negative: list[frozenset[int]] = []
        self._always = 0
        self._covering: dict[tuple[tuple[int, ...], ...], int] = {}

    def add_rule(self, rule: Rule, *, builtin: bool) -> int:
        """The bit of a rule."""
        keys = frozenset(pattern.key for pattern in rule.principals)
        paths = _paths(rule.patterns)
        return self._add(BitSet(paths, Demand.of(rule.outcome), frozenset(rule.refs), rule.actions, keys, builtin), rule.patterns)

    def add_unprotect(self, line: Unprotect) -> int:
        """The bit of an ``unprotect`` line."""
        keys = frozenset(pattern.key for pattern in line.principals)
        bit_set = BitSet(_paths(line.patterns), None, frozenset(), frozenset(), keys, builtin=True, lifts=True)
        return self._add(bit_set, line.patterns)

    def on_ref(self, ref: str) -> int:
        """The bits of the statements that hold on a ref."""
        holds = {refs: on_ref(tuple(refs), ref) for refs in dict.fromkeys(bit_set.refs for bit_set in self.sets)}
        return sum(holds[bit_set.refs] << number for number, bit_set in enumerate(self.sets))

    def of_action(self, action: Action) -> int:
        """The bits of the statements that speak of an action."""
        return sum(
            (bit_set.lifts or covers_action(bit_set.actions, action, restricts=bit_set.demand is not None)) << number
            for number, bit_set in enumerate(self.sets)
        )

    def asking(self, demand: Demand | None) -> int:
        """The bits of the statements that cover a demand; of those that ask for anything, without one."""
        # each statement has one demand, so that no bit is there twice
        return sum(some for own, some in self._by_demand.items() if demand is None or own.covers(demand))

    def covering(self, path: Witness) -> int:
        """The bits of the statements that a path is in.

        Raises:
            MatcherError: it cannot be matched within the memory allowed.
        """
        matcher = self._ready()
        matched = matcher.match(path.text)
        key = (matched, matcher.match(f"{path.text}/") if path.as_link else ())
        known = self._covering.get(key)
        if known is None:
            if len(self._covering) >= _KEPT:
                self._covering.clear()
            known = self._covering[key] = self._covered(frozenset(matched).union(key[1]))
        return known

    def _covered(self, view: frozenset[int]) -> int:
        mask = self._always
        for number in view:
            mask |= self._waiting.get(number, 0)
        for number in members(mask):
            if not self._negative[number].isdisjoint(view):
                mask ^= 1 << number
        return mask

    def _add(self, bit_set: BitSet, patterns: tuple[PathPattern, ...]) -> int:
        number = self._numbers.get(bit_set)
        if number is None:
            number = self._numbers[bit_set] = len(self.sets)
            self.sets.append(bit_set)
            self._patterns.append(patterns)
            if bit_set.demand is not None:
                self._by_demand[bit_set.demand] = self._by_demand.get(bit_set.demand, 0) | 1 << number
            self.alike[bit_set.paths] = self.alike.get(bit_set.paths, 0) | 1 << number
            self._matcher = None
        return number

    def _ready(self) -> Matcher:
        if self._matcher is None:
            matcher = self._matcher = Matcher.of([pattern for patterns in self._patterns for pattern in patterns])
            self._waiting, self._always, self._negative = {}, 0, []
            self._covering.clear()
            for number, patterns in enumerate(self._patterns):
                positive = [pattern for pattern in patterns if not pattern.negative]
                for pattern in positive:
                    key = matcher.number(pattern)
                    self._waiting[key] = self._waiting.get(key, 0) | 1 << number
                self._always |= (not positive) << number
                self._negative.append(frozenset(matcher.number(pattern) for pattern in patterns if pattern.negative))
        return self._matcher


def _paths(patterns: Sequence[PathPattern]) -> PatternSet:
    """A set by what it says, in whatever order; of patterns for every path nothing is left."""
    texts = sorted({pattern.text for pattern in patterns if not pattern.negative})
    without = sorted({pattern.text for pattern in patterns if pattern.negative})
    spelled = any(pattern.any_spelling for pattern in patterns)
    return PatternSet(() if "**" in texts else tuple(texts), tuple(without), spelled)
