"""Which rules never decide, because stricter ones certainly match wherever they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Final

from msgspec import Struct

from agentowners.engine.prepared import covers_action
from agentowners.identity.match import Names
from agentowners.lint.principals import Inclusion
from agentowners.policy.model import WRITE_KINDS, Action, Decision, Layer, ModeLine, Policy, Rule
from agentowners.policy.modes import compile_mode, observers, protected_in
from agentowners.policy.patterns import PrincipalPattern, RefPattern
from agentowners.proof.index import PatternIndex
from agentowners.proof.prover import ALL_REFS, Doubt, PatternSet, Prover
from agentowners.proof.search import Domain, Witness

WRITES: Final = frozenset({Action.FILE_WRITE, *WRITE_KINDS})
"""Actions of a pull request."""
_SCANNED: Final = 256
"""Rules of one kind that are looked at for one path: whoever repeats a rule more often than that gets no answer."""
_OTHER_REFS: Final = 32


class StricterRule(Struct, frozen=True, eq=False):
    """A rule that restricts, ready to be held against others."""

    rule: Rule
    layer: Layer
    mode: ModeLine | None
    """The mode that it stands for, if it was not written as a rule."""
    paths: PatternSet
    refs: frozenset[RefPattern]
    actions: frozenset[Action]
    """Every action that it covers."""

    @property
    def is_builtin(self) -> bool:
        """True if it is one of the built-in protections."""
        return self.layer.source is None


_Kind = tuple[int, frozenset[RefPattern]]
"""Decision and refs."""
Choose = Callable[[StricterRule], bool]


def actions_of(rule: Rule) -> frozenset[Action]:
    """Every action that a rule covers."""
    if not rule.actions:
        return _EVERY_ACTION
    return frozenset(action for action in Action if covers_action(rule.actions, action, restricts=rule.decision.restricts))


_EVERY_ACTION: Final = frozenset(Action)


class Shadowing:
    """The restricting rules of a policy, by what they match."""

    def __init__(self, policy: Policy, names: Names) -> None:
        """Index every rule that restricts, those of modes and the built-in ones among them."""
        self._policy = policy
        protected = protected_in(policy)
        self.prover = Prover()
        self.inclusion = Inclusion(names, self.prover)
        self._stricter: dict[str, dict[_Kind, list[StricterRule]]] = {}
        """By a principal's key, ``*`` for wildcards."""
        self._indices: dict[tuple[str, _Kind], PatternIndex[StricterRule]] = {}
        self._liftable: dict[PatternSet, bool] = {}
        self._refs_within: dict[tuple[frozenset[RefPattern], frozenset[RefPattern]], bool] = {}
        for layer in policy.layers:
            for rule in layer.rules:
                self._add(rule, layer, None)
            for mode in layer.modes:
                for rule in compile_mode(mode, protected):
                    self._add(rule, layer, mode)

    def by(self, rule: Rule, layer: Layer, actions: frozenset[Action], choose: Choose | None = None) -> tuple[StricterRule, ...]:
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
        used: dict[StricterRule, None] = {}
        for principal in rule.named:
            rules = self._for_one(rule, layer, principal, paths, actions, choose)
            if not rules:
                return ()
            used |= dict.fromkeys(rules)
        return tuple(used)

    def refs_within(self, refs: frozenset[RefPattern], other: frozenset[RefPattern]) -> bool:
        """True if a set of refs is certainly within another."""
        if not other or refs == other:
            return True
        if refs and all(_is_one(ref) for ref in (*refs, *other)):
            return refs <= other
        result = self._refs_within.get((refs, other))
        if result is None:
            inside = [PatternSet.of(sorted(refs, key=str)), ALL_REFS]
            answer = self.prover.find(inside, [PatternSet.of(sorted(other, key=str))], Domain.REFS)
            result = self._refs_within[refs, other] = answer is Doubt.NONE
        return result

    def _for_one(
        self,
        rule: Rule,
        layer: Layer,
        principal: PrincipalPattern,
        paths: PatternSet,
        actions: frozenset[Action],
        choose: Choose | None,
    ) -> tuple[StricterRule, ...]:
        refs = frozenset(rule.refs)

        def look_up(path: Witness) -> Iterator[StricterRule]:
            for other in self._near(path, principal, rule.decision.strictness, refs):
                if (other.layer is layer or self._counts_beside(other, paths)) and (choose is None or choose(other)):
                    yield other

        def covering(needed: frozenset[Action]) -> tuple[StricterRule, ...]:
            """Rules about these actions that together certainly cover the paths; none where that is not certain."""

            def hits(path: Witness) -> Iterator[tuple[PatternSet, StricterRule]]:
                rules = (candidate for candidate in look_up(path) if candidate.actions >= needed)
                return ((part, rule) for rule in rules for part in self.prover.around(rule.paths, path))

            return self.prover.decide([paths], hits)[1]

        cover = covering(actions)
        if cover or len(actions) == 1 or not self._is_worth_it(paths, actions, look_up):
            return cover
        used: dict[StricterRule, None] = {}
        for action in sorted(actions, key=_ORDER.__getitem__):
            some = covering(frozenset({action}))
            if not some:
                return ()
            used |= dict.fromkeys(some)
        return tuple(used)

    def _is_worth_it(
        self, paths: PatternSet, actions: frozenset[Action], look_up: Callable[[Witness], Iterable[StricterRule]]
    ) -> bool:
        """True if rules for some of the actions might together do what none does by itself."""
        path = self.prover.find([paths.singles()[0]])
        if not isinstance(path, Witness):
            return False
        union: set[Action] = set()
        for rule in look_up(path):
            if not rule.actions >= actions and self.prover.has(rule.paths, path):
                union |= rule.actions
                if union >= actions:
                    return True
        return False

    def _near(
        self, path: Witness, principal: PrincipalPattern, strictness: int, refs: frozenset[RefPattern]
    ) -> Iterator[StricterRule]:
        """Stricter rules that may match a path, for the principal and on the refs."""
        for key in (*self.inclusion.wider(principal), "*"):
            for kind in self._kinds(key, strictness, refs):
                index = self._indices.get((key, kind))
                if index is None:
                    index = self._indices[key, kind] = self._index(self._stricter[key][kind])
                for candidate in islice(index.near(path.text), _SCANNED):
                    wild = (each for each in candidate.rule.principals if each.is_wildcard)
                    if key != "*" or any(self.inclusion.wildcard_covers(each, principal) for each in wild):
                        yield candidate

    def _index(self, rules: Iterable[StricterRule]) -> PatternIndex[StricterRule]:
        index = PatternIndex([(text, rule) for rule in rules for text in rule.paths.positive])
        for entry in rules:
            if not entry.paths.positive:
                index.add_always(entry)
        return index

    def _kinds(self, key: str, strictness: int, refs: frozenset[RefPattern]) -> Iterator[_Kind]:
        """The kinds of stricter rules there are whose refs certainly hold these."""
        kinds = self._stricter.get(key, {})
        for level in range(2, strictness, -1):
            for same in dict.fromkeys((_NO_REFS, refs)):
                if (level, same) in kinds:
                    yield level, same
        for level, others in islice(kinds, _OTHER_REFS):
            if level > strictness and others and others != refs and self.refs_within(refs, others):
                yield level, others

    def _counts_beside(self, rule: StricterRule, paths: PatternSet) -> bool:
        """True if a rule of another layer is enforced wherever a rule of this layer would be."""
        return not self._is_observed and not (rule.is_builtin and self._may_be_lifted(paths))

    def _may_be_lifted(self, paths: PatternSet) -> bool:
        """True if an ``unprotect`` line takes any of these paths out of the built-in layer, for whomever."""
        answer = self._liftable.get(paths)
        if answer is None:
            answer = self._liftable[paths] = not all(self.prover.are_apart(paths, text) for text in self._lifted)
        return answer

    @cached_property
    def _is_observed(self) -> bool:
        """True if any layer only observes anybody."""
        return any(observers(layer) for layer in self._policy.layers)

    @cached_property
    def _lifted(self) -> Sequence[str]:
        """Patterns that ``unprotect`` lines name."""
        lines = [line for layer in self._policy.layers for line in layer.unprotects]
        return list(dict.fromkeys(pattern.text for line in lines for pattern in line.patterns if not pattern.negative))

    def _add(self, rule: Rule, layer: Layer, mode: ModeLine | None) -> None:
        if not rule.decision.restricts or rule.left_out:
            # of a rule that leaves somebody out it is not certain for whom it is
            return
        entry = StricterRule(rule, layer, mode, PatternSet.of(rule.patterns), frozenset(rule.refs), actions_of(rule))
        keys = self.inclusion.keys(rule.principals)
        if any(principal.is_wildcard for principal in rule.principals):
            keys |= {"*"}
        for key in keys:
            self._stricter.setdefault(key, {}).setdefault((rule.decision.strictness, entry.refs), []).append(entry)


def _is_one(ref: RefPattern) -> bool:
    """True if the pattern is the name of a single ref."""
    return not ref.negative and not ref.text.endswith("/") and _WILD.isdisjoint(ref.text)


_WILD: Final = frozenset("*?[\\")
_NO_REFS: Final[frozenset[RefPattern]] = frozenset()
_ORDER: Final = {
    action: place for place, action in enumerate([Action.FILE_READ, Action.SHELL_EXECUTE, *(a for a in Action if a in WRITES)])
}
"""Those first that most rules leave out: they settle most questions."""
