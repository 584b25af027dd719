"""Rules prepared for one change: each with the principals that it is for and the patterns that it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

import re2
from msgspec import Struct

from agentowners.engine.matcher import Matcher, RuleIndex
from agentowners.engine.verdict import AppliedRule
from agentowners.policy.expressions import subject
from agentowners.policy.model import WRITE_KINDS, Action, Default, Layer, Outcome, Rule
from agentowners.policy.patterns import PathPattern, RefPattern

Place = tuple[int, int]
"""Place of a layer, and of a rule or default in it; defaults stand after all rules."""
View = frozenset[int]
"""Numbers of the patterns that match a path. Two views of one path: as a file, and as the directory a link may be taken for."""


class PathSet(NamedTuple):
    """The paths of a statement: some positive pattern matches, if there are any, and no negative one does."""

    positive: View
    negative: View

    @classmethod
    def of(cls, patterns: Iterable[PathPattern], matcher: Matcher) -> PathSet:
        """A statement's patterns by the matcher's numbers."""
        signed = [(pattern.negative, matcher.number(pattern)) for pattern in patterns]
        return cls(
            frozenset(number for negative, number in signed if not negative),
            frozenset(number for negative, number in signed if negative),
        )

    def covers(self, view: View) -> bool:
        """True if a path that these patterns match is in the set."""
        return self.negative.isdisjoint(view) and not (self.positive and self.positive.isdisjoint(view))


class Audience(Struct, frozen=True):
    """For each principal of a change, in order, what a statement is to it."""

    applies: tuple[bool, ...]
    withheld: tuple[bool, ...]
    """True where something that loosens would apply if the principal were verified."""
    hangs: frozenset[int]
    """Indices of those for whom it has still to be asked if the change's author answers for them."""
    vouched: frozenset[int]
    """Indices of those for whom it is milder because the author does."""
    proven: tuple[bool, ...]
    """True where it applies whoever answers for the change."""


_FOUND_BY_PRINCIPAL: Final = Audience((), (), frozenset(), frozenset(), ())
_EVERYWHERE: Final = PathSet(frozenset(), frozenset())


class PreparedRule(Struct, frozen=True, eq=False, dict=True):
    """A rule, or a default, with everything worked out that does not depend on the path."""

    source: Rule | Default
    outcome: Outcome
    layer: Layer
    place: Place
    paths: PathSet = _EVERYWHERE
    audience: Audience = _FOUND_BY_PRINCIPAL
    actions: frozenset[Action] = frozenset()
    """The actions it speaks of; empty means every one."""

    def covers(self, views: Sequence[View]) -> bool:
        """True if a path, seen in these ways, is in it: one of them is enough to restrict, and loosening takes all."""
        inside = [self.paths.covers(view) for view in views]
        return any(inside) if self.outcome.decision.restricts else all(inside)

    def covers_action(self, action: Action) -> bool:
        """True if it speaks of an action; for a write of unknown kind, doubt is strict."""
        return covers_action(self.actions, action, restricts=self.outcome.decision.restricts)

    @cached_property
    def applied(self) -> AppliedRule:
        """The rule as verdicts report it."""
        source = self.source
        return AppliedRule(
            id=source.id,
            source=self.layer.name,
            line=None if source.span is None else source.span.line,
            statement=source,
            decision=self.outcome.decision,
            reason=source.reason if isinstance(source, Rule) else None,
            is_default=isinstance(source, Default),
        )


class PreparedUnprotect(Struct, frozen=True):
    """An ``unprotect`` line, ready to take paths out of the built-in layer."""

    id: str
    paths: PathSet
    audience: Audience


class ChosenDefault(NamedTuple):
    """The default of a layer for one principal."""

    rule: PreparedRule
    hangs: bool
    """True if it would be milder if the change's author were known to answer for the principal."""


class LayerRules(Struct, frozen=True, eq=False):
    """One layer, ready to decide."""

    place: int
    layer: Layer
    index: RuleIndex[PreparedRule]
    """Rules that apply to somebody here."""
    defaults: tuple[ChosenDefault | None, ...]
    """For each principal."""
    observes: tuple[bool, ...]
    """For each principal, True where the layer only observes it."""


def covers_action(actions: frozenset[Action], action: Action, *, restricts: bool) -> bool:
    """True if a statement that names these actions, or none, speaks of an action."""
    if not actions or action in actions:
        return True
    if action in WRITE_KINDS:
        return Action.FILE_WRITE in actions
    if action is Action.FILE_WRITE:
        return not actions.isdisjoint(WRITE_KINDS) if restricts else actions >= WRITE_KINDS
    return False


def on_ref(patterns: Sequence[RefPattern], ref: str) -> bool:
    """True if a ref is in a set of ref patterns; none of them is every ref."""
    if not patterns:
        return True
    matching = [pattern for pattern in patterns if ref_matches(pattern.text, ref)]
    if any(pattern.negative for pattern in matching):
        return False
    return bool(matching) or all(pattern.negative for pattern in patterns)


def ref_matches(text: str, ref: str) -> bool:
    """True if a ref pattern, given by its text, matches the whole of a ref."""
    if text.isascii() and not text.endswith("/") and _WILD.isdisjoint(text):
        return text == ref
    return _expression(text).fullmatch(subject(ref)) is not None


_WILD: Final = frozenset("*?[\\")


@lru_cache(maxsize=50_000)
def _expression(text: str) -> re2.Pattern:
    return re2.compile(RefPattern(text).regex())
