"""Which files a rule lets escape: those that no rule as strict covers for the same principals."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from agentowners.engine.matcher import Matcher
from agentowners.lint.model import LintSubject
from agentowners.policy.model import Rule
from agentowners.policy.patterns import PrincipalPattern, RefPattern

_Key = tuple[int | None, str, frozenset[RefPattern]]
"""A pattern's number (None for a rule of every path), a principal, and the rule's refs."""


class RuleCoverage:
    """The rules of a policy by what they say, asked file by file. Rules that say the same to this question are kept once."""

    def __init__(self, subject: LintSubject) -> None:
        """Remember the policy; its patterns are compiled by the first question."""
        self._rules = [rule for layer in subject.layers for rule in layer.rules]
        self._names = subject.names
        self._groups: dict[str, str | None] = {}

    def escapes(self, rule: Rule, path: str) -> bool:
        """True if the rule, though it does not take the path out itself, leaves it to none that is as strict for the same
        principals."""
        matched = frozenset(self._matcher.match(path))
        if self._takes_out(rule, matched):
            return False
        return not any(
            self._is_as_strict(other, rule) and not self._takes_out(other, matched) for other in self._others(rule, matched)
        )

    def _others(self, rule: Rule, matched: frozenset[int]) -> Iterator[Rule]:
        principal = rule.principals[0]
        for word in {principal.key, self._group(principal) or principal.key, "anyone"}:
            for refs in {frozenset(rule.refs), frozenset[RefPattern]()}:
                for number in (*matched, None):
                    yield from self._by_key.get((number, word, refs), {}).values()

    def _is_as_strict(self, other: Rule, rule: Rule) -> bool:
        """True if it holds wherever ``rule`` would hold, and decides no less."""
        keys = {principal.key for principal in other.principals}
        return (
            other.decision.strictness >= rule.decision.strictness
            and other.left_out <= rule.left_out
            and ("anyone" in keys or all(p.key in keys or self._group(p) in keys for p in rule.named))
            and (not other.actions or (bool(rule.actions) and rule.actions <= other.actions))
        )

    def _takes_out(self, rule: Rule, matched: frozenset[int]) -> bool:
        return any(pattern.negative and self._matcher.number(pattern) in matched for pattern in rule.patterns)

    def _group(self, principal: PrincipalPattern) -> str | None:
        key = principal.key
        if key not in self._groups:
            self._groups[key] = self._names.group_of(principal)
        return self._groups[key]

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher.of(pattern for rule in self._rules for pattern in rule.patterns)

    @cached_property
    def _by_key(self) -> dict[_Key, dict[object, Rule]]:
        index: dict[_Key, dict[object, Rule]] = {}
        for rule in self._rules:
            numbers: set[int | None] = {self._matcher.number(pattern) for pattern in rule.patterns if not pattern.negative}
            words = frozenset(principal.key for principal in rule.principals)
            refs = frozenset(rule.refs)
            negative = frozenset(pattern.text for pattern in rule.patterns if pattern.negative)
            says = (words, rule.decision, rule.actions, negative)
            for number in numbers or {None}:
                for word in words:
                    index.setdefault((number, word, refs), {}).setdefault(says, rule)
        return index
