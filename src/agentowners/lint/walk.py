"""The parts of a policy that checks look at, each with where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agentowners.diagnostics import Span
from agentowners.lint.model import LintSubject
from agentowners.policy.model import Default, Layer, ModeLine, Rule, Unprotect
from agentowners.policy.patterns import Approver, PathPattern, PrincipalPattern

_Speaking = Rule | ModeLine | Unprotect | Default


class PatternAt(NamedTuple):
    """A path pattern of a mode or an unprotect line."""

    layer: Layer
    statement: ModeLine | Unprotect
    number: int
    """Its number among the statement's; a mode's workspace comes before what is approved."""
    pattern: PathPattern

    def span(self, subject: LintSubject) -> Span:
        """Its place."""
        return subject.places(self.layer).of(self.statement).patterns[self.number]


class RulePattern(NamedTuple):
    """A path pattern of a rule."""

    layer: Layer
    rule: Rule
    number: int
    pattern: PathPattern

    def span(self, subject: LintSubject) -> Span:
        """Its place."""
        return subject.places(self.layer).of(self.rule).patterns[self.number]


class PrincipalAt(NamedTuple):
    """A principal of a statement."""

    layer: Layer
    statement: _Speaking
    number: int
    pattern: PrincipalPattern

    def span(self, subject: LintSubject) -> Span:
        """Its place."""
        return subject.places(self.layer).of(self.statement).principals[self.number]


class ApproverAt(NamedTuple):
    """An approver of a rule or a default."""

    layer: Layer
    statement: Rule | Default
    number: int
    approver: Approver

    def span(self, subject: LintSubject) -> Span:
        """Its place."""
        return subject.places(self.layer).of(self.statement).approvers[self.number]


def rule_patterns(subject: LintSubject) -> Iterator[RulePattern]:
    """The path patterns of rules."""
    for layer in subject.layers:
        for rule in layer.rules:
            for number, pattern in enumerate(rule.patterns):
                yield RulePattern(layer, rule, number, pattern)


def patterns(subject: LintSubject) -> Iterator[PatternAt | RulePattern]:
    """The path patterns of rules, modes and unprotect lines."""
    yield from rule_patterns(subject)
    for layer in subject.layers:
        for mode in layer.modes:
            for number, pattern in enumerate((*mode.workspace, *mode.approved)):
                yield PatternAt(layer, mode, number, pattern)
        for line in layer.unprotects:
            for number, pattern in enumerate(line.patterns):
                yield PatternAt(layer, line, number, pattern)


def principals(subject: LintSubject) -> Iterator[PrincipalAt]:
    """The principals of rules, modes, unprotect lines and defaults."""
    for layer in subject.layers:
        statements: tuple[Rule | ModeLine | Unprotect, ...] = (*layer.rules, *layer.modes, *layer.unprotects)
        for statement in statements:
            for number, pattern in enumerate(statement.principals):
                yield PrincipalAt(layer, statement, number, pattern.positive)
        for default in layer.defaults:
            yield PrincipalAt(layer, default, 0, default.principal)


def by_key(subject: LintSubject) -> dict[str, list[PrincipalAt]]:
    """The principals by what their spellings have in common: most policies name few, and often."""
    found: dict[str, list[PrincipalAt]] = {}
    for at in principals(subject):
        found.setdefault(at.pattern.key, []).append(at)
    return found


def approvers(subject: LintSubject) -> Iterator[ApproverAt]:
    """The approvers of rules and defaults."""
    for layer in subject.layers:
        statements: tuple[Rule | Default, ...] = (*layer.rules, *layer.defaults)
        for statement in statements:
            for number, approver in enumerate(statement.outcome.approvers):
                yield ApproverAt(layer, statement, number, approver)
