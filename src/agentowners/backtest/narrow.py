"""A part of a long policy, enough for one change: a rule that matches none of its paths decides about none of them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from agentowners.change.model import FileChange
from agentowners.engine.matcher import Matcher
from agentowners.policy.model import Layer, Policy, Rule

LONG = 200
"""A policy with more rules is narrowed; to prepare a shorter one takes no longer than to narrow it."""


class NarrowedPolicy:
    """A policy that is asked about one change after the other."""

    def __init__(self, policy: Policy) -> None:
        """Note which rules wait for which patterns."""
        self._policy = policy
        rules = [rule for layer in policy.layers for rule in layer.rules]
        self._is_long = len(rules) > LONG
        self._matcher = Matcher.of(pattern for rule in rules for pattern in rule.patterns) if self._is_long else None
        self._kept: dict[frozenset[int], Policy] = {}

    def of(self, files: Iterable[FileChange]) -> Policy:
        """A policy that decides about these files as the whole one does.

        Raises:
            MatcherError: a path could not be matched within the memory allowed.
        """
        matcher = self._matcher
        if matcher is None:
            return self._policy
        paths = {path for file in files for path in (file.path, file.previous_path) if path is not None}
        numbers = frozenset(number for path in paths for view in (path, f"{path}/") for number in matcher.match(view))
        if numbers not in self._kept:
            if len(self._kept) == _REMEMBERED:
                self._kept.clear()
            layers = tuple([self._narrowed(layer, matcher, numbers) for layer in self._policy.layers])
            self._kept[numbers] = replace(self._policy, layers=layers)
        return self._kept[numbers]

    def _narrowed(self, layer: Layer, matcher: Matcher, numbers: frozenset[int]) -> Layer:
        if layer.source is None:  # by its rules modes mean what they protect
            return layer
        return replace(layer, rules=tuple([rule for rule in layer.rules if _may_match(rule, matcher, numbers)]))


_REMEMBERED = 200


def _may_match(rule: Rule, matcher: Matcher, numbers: frozenset[int]) -> bool:
    positive = [matcher.number(pattern) for pattern in rule.patterns if not pattern.negative]
    return not positive or not numbers.isdisjoint(positive)
