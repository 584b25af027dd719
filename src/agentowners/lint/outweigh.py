"""Which rules never decide, because stricter ones certainly match wherever they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Final

from agentowners.engine.statements import covers_action
from agentowners.identity.match import Names
from agentowners.lint.principals import Inclusion
from agentowners.policy.model import WRITE_KINDS, Action, Decision, Layer, ModeLine, Policy, Rule
from agentowners.policy.modes import compile_mode, observers
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern
from agentowners.proof.cover import Atlas, Numbered, View
from agentowners.proof.prover import ALL_REFS, Doubt, PatternSet
from agentowners.proof.search import Domain

WRITES: Final = frozenset({Action.FILE_WRITE, *WRITE_KINDS})
"""What a pull request does."""
_SCANNED: Final = 256
"""Rules of one kind that are looked at for one path: whoever repeats a rule more often than that gets no answer."""
_OTHER_REFS: Final = 32


@dataclass(frozen=True, eq=False)
class Stricter:
    """A rule that restricts, ready to be held against others."""

    rule: Rule
    layer: Layer
    mode: ModeLine | None
    """The mode that it stands for, if it was not written as a rule."""
    paths: Numbered
    refs: frozenset[RefPattern]
    actions: frozenset[Action]
    """Every action that it covers."""

    @property
    def is_builtin(self) -> bool:
        """Whether it is one of the built-in protections."""
        return self.layer.source is None


_Bucket = dict[frozenset[RefPattern], list[Stricter]]
Choose = Callable[[Stricter], bool]


def actions_of(rule: Rule) -> frozenset[Action]:
    """Every action that a rule covers."""
    if not rule.actions:
        return _EVERY_ACTION
    return frozenset(action for action in Action if covers_action(rule.actions, action, restricts=rule.decision.restricts))


_EVERY_ACTION: Final = frozenset(Action)


class Outweigh:
    """The restricting rules of a policy, by what they match."""

    def __init__(self, policy: Policy, names: Names) -> None:
        """Index every rule that restricts, those of modes and the built-in ones among them.

        Raises:
            MatcherError: the patterns do not fit into memory.
        """
        self._policy = policy
        builtin = next(layer for layer in policy.layers if layer.source is None)
        self.protected: tuple[PathPattern, ...] = tuple(p for rule in builtin.rules for p in rule.patterns)
        modes = {id(mode): compile_mode(mode, self.protected) for layer in policy.layers for mode in layer.modes}
        written = (rule.patterns for layer in policy.layers for rule in layer.rules)
        compiled = (rule.patterns for rules in modes.values() for rule in rules)
        lifted = (line.patterns for layer in policy.layers for line in layer.unprotects)
        self.atlas = Atlas(chain.from_iterable(chain(written, compiled, lifted)))
        self.inclusion = Inclusion(names, self.atlas.prover)
        self._by_number: dict[str, dict[int, _Bucket]] = {}
        """By a principal's key, ``*`` for wildcards, and the number of a pattern."""
        self._of_every_path: dict[str, _Bucket] = {}
        self._refs_within: dict[tuple[frozenset[RefPattern], frozenset[RefPattern]], bool] = {}
        for layer in policy.layers:
            for rule in layer.rules:
                self._add(rule, layer, None)
            for mode in layer.modes:
                for rule in modes[id(mode)]:
                    self._add(rule, layer, mode)

    def by(self, rule: Rule, layer: Layer, actions: frozenset[Action], choose: Choose | None = None) -> tuple[Stricter, ...]:
        """Stricter rules that certainly match wherever a rule does, as far as it is about some actions.

        Args:
            rule: one of the layer's.
            layer: a layer of the policy.
            actions: actions that the rule covers.
            choose: which rules may be used, beside that they have to count wherever this one does.

        Returns:
            Nothing where there are none, or where it is not certain.
        """
        if rule.decision is Decision.BLOCK or not actions:
            return ()
        paths = PatternSet.of(rule.patterns)
        used: dict[int, Stricter] = {}
        for principal in rule.principals:
            found = self._for_one(rule, layer, principal, paths, actions, choose)
            if not found:
                return ()
            used.update((id(one), one) for one in found)
        return tuple(used.values())

    def refs_within(self, one: frozenset[RefPattern], other: frozenset[RefPattern]) -> bool:
        """Whether a set of refs is certainly within another."""
        if not other or one == other:
            return True
        found = self._refs_within.get((one, other))
        if found is None:
            inside = [PatternSet.of(sorted(one, key=str)), ALL_REFS]
            answer = self.atlas.prover.find(inside, [PatternSet.of(sorted(other, key=str))], Domain.REFS)
            found = self._refs_within[one, other] = answer is Doubt.NONE
        return found

    def _for_one(
        self,
        rule: Rule,
        layer: Layer,
        principal: PrincipalPattern,
        paths: PatternSet,
        actions: frozenset[Action],
        choose: Choose | None,
    ) -> tuple[Stricter, ...]:
        refs = frozenset(rule.refs)

        def look_up(view: View) -> list[Stricter]:
            stricter = (
                one
                for one in self._matching(view, principal, refs)
                if one.rule.decision.strictness > rule.decision.strictness
                and one.paths.has(view)
                and (one.layer is layer or self._counts_beside(one, layer, paths))
                and (choose is None or choose(one))
            )
            return list(islice(stricter, _SCANNED))

        def together(view: View) -> list[Stricter]:
            return [one for one in look_up(view) if one.actions >= actions]

        found = self.atlas.covering(paths, together)
        if found or len(actions) == 1:
            return found
        used: dict[int, Stricter] = {}
        for action in sorted(actions, key=_ORDER.__getitem__):

            def for_it(view: View, action: Action = action) -> list[Stricter]:
                return [one for one in look_up(view) if action in one.actions]

            some = self.atlas.covering(paths, for_it)
            if not some:
                return ()
            used.update((id(one), one) for one in some)
        return tuple(used.values())

    def _matching(self, view: View, principal: PrincipalPattern, refs: frozenset[RefPattern]) -> Iterator[Stricter]:
        """Rules of which a positive pattern matches, for the principal and on the refs."""
        keys = self.inclusion.wider(principal)
        for key in (*keys, "*"):
            numbers = self._by_number.get(key, {})
            buckets = [self._of_every_path[key]] if key in self._of_every_path else []
            near = numbers.keys() & view if len(numbers) > len(view) else [number for number in numbers if number in view]
            buckets += [numbers[number] for number in islice(near, _SCANNED)]
            for bucket in buckets:
                for one in self._on_refs(bucket, refs):
                    if key != "*" or self._is_for(one.rule.principals, principal):
                        yield one

    def _is_for(self, principals: Iterable[PrincipalPattern], principal: PrincipalPattern) -> bool:
        return any(wild.is_wildcard and self.inclusion.wildcard_covers(wild, principal) for wild in principals)

    def _on_refs(self, bucket: _Bucket, refs: frozenset[RefPattern]) -> Iterator[Stricter]:
        for same in dict.fromkeys((frozenset[RefPattern](), refs)):
            yield from islice(bucket.get(same, ()), _SCANNED)
        for others in islice(bucket, _OTHER_REFS):
            if others and others != refs and self.refs_within(refs, others):
                yield from islice(bucket[others], _SCANNED)

    def _counts_beside(self, one: Stricter, layer: Layer, paths: PatternSet) -> bool:
        """Whether a rule of another layer is enforced wherever a rule of this layer would be."""
        if self._is_observed:
            return False
        return not one.is_builtin or all(self.atlas.prover.find([paths, lifted]) is Doubt.NONE for lifted in self._lifted)

    @cached_property
    def _is_observed(self) -> bool:
        """Whether any layer only observes anybody."""
        return any(observers(layer) for layer in self._policy.layers)

    @cached_property
    def _lifted(self) -> Sequence[PatternSet]:
        """What is taken out of the built-in layer, for whomever."""
        return [PatternSet.of(line.patterns) for layer in self._policy.layers for line in layer.unprotects]

    def _add(self, rule: Rule, layer: Layer, mode: ModeLine | None) -> None:
        if not rule.decision.restricts:
            return
        paths = self.atlas.numbered(rule.patterns)
        one = Stricter(rule, layer, mode, paths, frozenset(rule.refs), actions_of(rule))
        keys = set(self.inclusion.keys(rule.principals))
        if any(principal.is_wildcard for principal in rule.principals):
            keys.add("*")
        for key in keys:
            if not paths.positive:
                self._of_every_path.setdefault(key, {}).setdefault(one.refs, []).append(one)
                continue
            numbers = self._by_number.setdefault(key, {})
            for number in paths.positive:
                numbers.setdefault(number, {}).setdefault(one.refs, []).append(one)


_ORDER: Final = {
    action: place for place, action in enumerate([Action.FILE_READ, Action.SHELL_EXECUTE, *(a for a in Action if a in WRITES)])
}
"""Those first that most rules leave out: they settle most questions."""
