"""A policy's statements prepared for one change: which apply to whom, on this ref, and which patterns they wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import re2

from agentowners.engine.matcher import Matcher
from agentowners.engine.verdict import AppliedRule
from agentowners.engine.whom import Whom
from agentowners.identity.match import Names
from agentowners.identity.model import Group, Principal
from agentowners.identity.outlook import Outlook
from agentowners.policy.expressions import subject
from agentowners.policy.model import WRITE_KINDS, Action, Default, Layer, Outcome, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern
from agentowners.records import record


@dataclass(frozen=True, eq=False)
class PreparedRule:
    """A rule, or a default, with everything that does not depend on the path worked out."""

    source: Rule | Default
    layer: Layer
    order: tuple[int, int]
    """Place of the layer, and of the statement in it; defaults stand after all rules."""
    outcome: Outcome
    applies_to: tuple[bool, ...]
    """For each principal of the change, in order. Not said of a default, which is found by principal."""
    positive: frozenset[int]
    """Numbers of patterns of which one must match; empty where every path will do."""
    negative: frozenset[int]
    """Numbers of patterns of which none may match."""
    actions: frozenset[Action] = frozenset()
    """The actions it speaks of; empty means every one."""
    withheld_from: tuple[bool, ...] = ()
    """For each principal, whether the statement would allow something if the principal were verified."""
    hangs_for: frozenset[int] = frozenset()
    """Indices of the principals whom it would restrict no longer if the change's author answered for them, which has still to be
    asked."""

    def covers_path(self, matched: frozenset[int]) -> bool:
        """Whether a path that these patterns match is in the statement."""
        return (not self.positive or not self.positive.isdisjoint(matched)) and self.negative.isdisjoint(matched)

    def covers_action(self, action: Action) -> bool:
        """Whether the statement speaks of the action; of a write of unknown kind, doubt is strict."""
        return covers_action(self.actions, action, restricts=self.outcome.decision.restricts)

    @cached_property
    def applied(self) -> AppliedRule:
        """The statement as verdicts report it."""
        source = self.source
        is_default = isinstance(source, Default)
        return AppliedRule(
            id=source.id,
            source=self.layer.name,
            line=None if source.span is None else source.span.line,
            statement=source,
            decision=self.outcome.decision,
            reason=None if isinstance(source, Default) else source.reason,
            is_default=is_default,
        )


@record
class Audience:
    """For each principal of a change, in order, what a statement is to it."""

    applies: tuple[bool, ...]
    withheld: tuple[bool, ...]
    """Whether something that loosens would apply if the principal were verified."""
    hangs: frozenset[int]
    """Indices of those for whom it has still to be asked if the change's author answers for them."""
    leans: frozenset[int]
    """Indices of those for whom it is milder because the author does."""
    proven: tuple[bool, ...]
    """Whether it applies whoever answers for the change."""


@dataclass(frozen=True)
class EvaluationContext:
    """What every statement of a policy is held against: who acts, on which ref, and what names mean."""

    principals: tuple[Principal, ...]
    ref: str
    whom: Whom
    matcher: Matcher
    views: Mapping[int, Outlook] = field(default_factory=dict)
    """By the index of a layer, how it sees the principals, where it sees them otherwise."""
    leaning: set[int] = field(default_factory=set)
    """Indices of the asserted principals for whom the verdict is milder because the change's author answers for them."""
    _readers: dict[int, Sequence[Whom]] = field(default_factory=dict)
    _audiences: dict[tuple[int, bool, tuple[str, ...]], Audience] = field(default_factory=dict)

    def audience(self, patterns: Sequence[PrincipalPattern], place: int, *, loosens: bool) -> Audience:
        """Whom of the principals a statement of the layer at ``place`` that names these is for."""
        key = (place if place in self.views else -1, loosens, tuple([str(pattern) for pattern in patterns]))
        known = self._audiences.get(key)
        if known is None:
            whom = self.whom_at(place)
            readings = [whom[index].reading(patterns, who, loosens=loosens) for index, who in enumerate(self.seen_at(place))]
            applies = tuple([self.whom.applies(reading) for reading in readings])
            known = self._audiences[key] = Audience(
                applies=applies,
                withheld=tuple(
                    [loosens and reading.answered_for and not so for reading, so in zip(readings, applies, strict=True)]
                ),
                hangs=frozenset(index for index, reading in enumerate(readings) if self.whom.hangs(reading)),
                leans=frozenset(index for index, reading in enumerate(readings) if self.whom.leans(reading)),
                proven=tuple([reading.holds for reading in readings]),
            )
        return known

    def seen_at(self, place: int) -> tuple[Principal, ...]:
        """The principals as the layer at an index sees them."""
        return self.views[place].principals if place in self.views else self.principals

    def whom_at(self, place: int) -> Sequence[Whom]:
        """What reads the statements of the layer at an index, for each principal."""
        known = self._readers.get(place)
        if known is None:
            known = self._readers[place] = self._whom_at(place)
        return known

    def _whom_at(self, place: int) -> Sequence[Whom]:
        view = self.views.get(place)
        if view is None:
            return [self.whom] * len(self.principals)
        own = None if view.definitions is None else Names(view.definitions, self.whom.names.owner)
        whole = replace(self.whom, own=own)
        restricts = replace(self.whom, own=own, loosens=False)
        nothing = replace(self.whom, judges=False)
        return [
            nothing if index in view.not_judged else restricts if index in view.restricted_only else whole
            for index in range(len(self.principals))
        ]

    def rule(self, rule: Rule, layer: Layer, order: tuple[int, int]) -> PreparedRule | None:
        """A rule prepared, or None where it cannot apply to anyone here."""
        if not on_ref(rule.refs, self.ref):
            return None
        loosens = not rule.decision.restricts
        audience = self.audience(rule.principals, order[0], loosens=loosens)
        if True not in audience.applies and True not in audience.withheld:
            return None
        self.leaning.update(audience.leans)
        positive, negative = self.numbers(rule.patterns)
        return PreparedRule(
            rule,
            layer,
            order,
            rule.outcome,
            audience.applies,
            positive,
            negative,
            rule.actions,
            audience.withheld,
            audience.hangs,
        )

    def numbers(self, patterns: Sequence[PathPattern]) -> tuple[frozenset[int], frozenset[int]]:
        """The matcher's numbers of the positive and of the negative patterns."""
        number = self.matcher.number
        return (
            frozenset(number(pattern) for pattern in patterns if not pattern.negative),
            frozenset(number(pattern) for pattern in patterns if pattern.negative),
        )

    def default(self, layer: Layer, index: int, order: tuple[int, int]) -> PreparedRule | None:
        """The default of a layer for the principal at an index: the strictest that names it, else its group's, else anyone's."""
        if not layer.defaults:
            return None
        principal = self.seen_at(order[0])[index]
        whom = self.whom_at(order[0])[index]
        strict, mild = (self._default(layer, principal, whom, answered_for=answered_for) for answered_for in (False, True))
        if self.whom.answers and mild is not strict:
            self.leaning.add(index)
        chosen = mild if self.whom.answers else strict
        if chosen is None:
            return None
        hangs = frozenset({index}) if self.whom.answers is None and mild is not strict else frozenset()
        return PreparedRule(chosen, layer, order, chosen.outcome, (), frozenset(), frozenset(), hangs_for=hangs)

    def _default(self, layer: Layer, principal: Principal, whom: Whom, *, answered_for: bool) -> Default | None:
        """Of an account that is several groups', since only a login with a wildcard names it, the strictest group's."""
        found = (
            self._of_group(layer, principal, group, whom, answered_for=answered_for)
            for group in (principal.group, *principal.itself)
        )
        return max((default for default in found if default is not None), key=_strictness, default=None)

    def _of_group(self, layer: Layer, principal: Principal, group: Group, whom: Whom, *, answered_for: bool) -> Default | None:
        for words in _ladder(group):
            chosen = [d for d in layer.defaults if d.principal.group in words and _holds(d, principal, whom, answered_for)]
            if chosen:
                return max(chosen, key=_strictness)
        return None


def _holds(default: Default, principal: Principal, whom: Whom, answered_for: bool) -> bool:
    reading = whom.default(default.principal, principal, loosens=not default.outcome.decision.restricts)
    return reading.answered_for if answered_for else reading.holds


def _strictness(default: Default) -> tuple[int, int]:
    return default.outcome.decision.strictness, default.outcome.count


def covers_action(actions: frozenset[Action], action: Action, *, restricts: bool) -> bool:
    """Whether a statement that names these actions, or none, speaks of an action."""
    if not actions or action in actions:
        return True
    if action in WRITE_KINDS:
        return Action.FILE_WRITE in actions
    if action is Action.FILE_WRITE:
        return not actions.isdisjoint(WRITE_KINDS) if restricts else actions >= WRITE_KINDS
    return False


def _ladder(group: Group) -> tuple[tuple[str | None, ...], ...]:
    humans: tuple[tuple[str | None, ...], ...] = (("humans",),) if group is Group.UNATTRIBUTED else ()
    return ((None,), (group.value,), *humans, ("anyone",))


def on_ref(patterns: Sequence[RefPattern], ref: str) -> bool:
    """Whether a ref is in a set of ref patterns; none of them is every ref."""
    if not patterns:
        return True
    matching = [pattern for pattern in patterns if ref_matches(pattern.text, ref)]
    if any(pattern.negative for pattern in matching):
        return False
    return bool(matching) or all(pattern.negative for pattern in patterns)


def ref_matches(text: str, ref: str) -> bool:
    """Whether a ref pattern, given by its text, matches the whole of a ref."""
    if text.isascii() and not text.endswith("/") and _WILD.isdisjoint(text):
        return text == ref
    return _expression(text).fullmatch(subject(ref)) is not None


_WILD = frozenset("*?[\\")


@lru_cache(maxsize=50_000)
def _expression(text: str) -> re2.Pattern:
    return re2.compile(RefPattern(text).regex())
