"""A policy's statements prepared for one change: which apply to whom, on this ref, and which patterns they wait for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import re2

from agentowners.change.model import Strength
from agentowners.engine.matcher import Matcher
from agentowners.engine.verdict import AppliedRule
from agentowners.identity.match import Match, Membership, Names
from agentowners.identity.model import Group, Principal
from agentowners.policy.expressions import subject
from agentowners.policy.model import WRITE_KINDS, Action, Default, Layer, Outcome, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern


@dataclass(frozen=True, eq=False)
class Statement:
    """A rule, or a default, with everything that does not depend on the path worked out."""

    source: Rule | Default
    layer: Layer
    order: tuple[int, int]
    """Place of the layer, and of the statement in it; defaults stand after all rules."""
    outcome: Outcome
    applies_to: tuple[bool, ...]
    """For each principal of the change, in order."""
    positive: frozenset[int]
    """Numbers of patterns of which one must match; empty where every path will do."""
    negative: frozenset[int]
    """Numbers of patterns of which none may match."""
    actions: frozenset[Action] = frozenset()
    """The actions it speaks of; empty means every one."""
    withheld_from: tuple[bool, ...] = ()
    """For each principal, whether the statement would allow something if the principal were verified."""

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


@dataclass(frozen=True)
class Occasion:
    """What every statement of a policy is held against: who acts, on which ref, and what names mean."""

    principals: tuple[Principal, ...]
    ref: str
    names: Names
    membership: Membership
    matcher: Matcher
    _applies: dict[tuple[bool, tuple[str, ...]], tuple[tuple[bool, ...], tuple[bool, ...]]] = field(default_factory=dict)

    def may(self, patterns: Sequence[PrincipalPattern], principal: Principal, *, loosens: bool) -> bool:
        """Whether any of the patterns means the principal: to loosen takes certainty and a verified principal."""
        if loosens:
            return principal.strength is Strength.VERIFIED and self.names_surely(patterns, principal)
        return any(self.names.match(pattern, principal, self.membership) is not Match.NO for pattern in patterns)

    def names_surely(self, patterns: Sequence[PrincipalPattern], principal: Principal) -> bool:
        """Whether any of the patterns certainly means the principal, verified or not."""
        return any(self.names.match(pattern, principal, self.membership) is Match.YES for pattern in patterns)

    def rule(self, rule: Rule, layer: Layer, order: tuple[int, int]) -> Statement | None:
        """A rule prepared, or None where it cannot apply to anyone here."""
        if not on_ref(rule.refs, self.ref):
            return None
        loosens = not rule.decision.restricts
        key = (loosens, tuple([pattern.text for pattern in rule.principals]))
        known = self._applies.get(key)
        if known is None:
            applies = tuple(self.may(rule.principals, principal, loosens=loosens) for principal in self.principals)
            withheld = tuple(
                loosens and principal.strength is not Strength.VERIFIED and self.names_surely(rule.principals, principal)
                for principal in self.principals
            )
            known = self._applies[key] = (applies, withheld)
        applies, withheld = known
        if not any(applies) and not any(withheld):
            return None
        positive, negative = self.numbers(rule.patterns)
        return Statement(rule, layer, order, rule.outcome, applies, positive, negative, rule.actions, withheld)

    def numbers(self, patterns: Sequence[PathPattern]) -> tuple[frozenset[int], frozenset[int]]:
        """The matcher's numbers of the positive and of the negative patterns."""
        number = self.matcher.number
        return (
            frozenset(number(pattern) for pattern in patterns if not pattern.negative),
            frozenset(number(pattern) for pattern in patterns if pattern.negative),
        )

    def default(self, layer: Layer, index: int, order: tuple[int, int]) -> Statement | None:
        """The default of a layer for the principal at an index: the strictest that names it, else its group's, else anyone's."""
        principal = self.principals[index]
        for words in _ladder(principal.group):
            chosen = [d for d in layer.defaults if d.principal.group in words and self._default_holds(d, principal)]
            if chosen:
                strictest = max(chosen, key=lambda default: (default.outcome.decision.strictness, default.outcome.count))
                alone = tuple(position == index for position in range(len(self.principals)))
                return Statement(strictest, layer, order, strictest.outcome, alone, frozenset(), frozenset())
        return None

    def _default_holds(self, default: Default, principal: Principal) -> bool:
        loosens = not default.outcome.decision.restricts
        if default.principal.group is not None:
            # The ladder has chosen the group word; only proof may loosen.
            return not loosens or principal.strength is Strength.VERIFIED
        return self.may([default.principal], principal, loosens=loosens)


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
