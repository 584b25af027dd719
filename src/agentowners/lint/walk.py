"""The parts of a policy that checks look at, each with where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from agentowners.diagnostics import Span
from agentowners.identity.match import Names
from agentowners.lint.model import LintSubject
from agentowners.policy.model import AgentEntry, Default, Layer, ModeLine, OidcClaims, Rule, Unprotect
from agentowners.policy.patterns import GROUP_WORDS, LOGIN_PREFIX, Approver, PathPattern, PrincipalPattern

_Speaking = Rule | ModeLine | Unprotect | Default
_S = TypeVar("_S", bound=_Speaking, covariant=True)


class PatternAt(NamedTuple, Generic[_S]):
    """A path pattern of a rule, a mode or an unprotect line."""

    layer: Layer
    statement: _S
    number: int
    """Its number among the statement's; a mode's workspace comes before what is approved."""
    pattern: PathPattern

    def span(self, subject: LintSubject) -> Span:
        """Its place."""
        return subject.places(self.layer).of(self.statement).patterns[self.number]


RulePattern = PatternAt[Rule]


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
                yield PatternAt(layer, rule, number, pattern)


def patterns(subject: LintSubject) -> Iterator[PatternAt[Rule | ModeLine | Unprotect]]:
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


def accounts(subject: LintSubject) -> dict[str, list[PrincipalAt | ApproverAt]]:
    """Places where each account is named, by its login in lower case."""
    found: dict[str, list[PrincipalAt | ApproverAt]] = {}
    for key, places in by_key(subject).items():
        if (login := _login(key, subject.names)) is not None:
            found.setdefault(login, []).extend(places)
    for at in approvers(subject):
        if "/" not in at.approver.key:
            found.setdefault(at.approver.key, []).append(at)
    return found


def teams(subject: LintSubject) -> dict[str, list[PrincipalAt | ApproverAt]]:
    """Places where each team of the repository's owner is named, by ``owner/team`` in lower case."""
    found: dict[str, list[PrincipalAt | ApproverAt]] = {}
    for places in by_key(subject).values():
        team = subject.names.team(places[0].pattern)
        if team is not None:
            found.setdefault(f"{team.owner}/{team.slug}", []).extend(places)
    for at in approvers(subject):
        team = subject.names.team(PrincipalPattern(at.approver.text))
        if team is not None:
            found.setdefault(f"{team.owner}/{team.slug}", []).append(at)
    return found


def _login(key: str, names: Names) -> str | None:
    """The login that a principal names, None where it names something else, or several."""
    if "*" in key:
        return None
    if key.startswith(LOGIN_PREFIX):
        return key.removeprefix(LOGIN_PREFIX)
    return None if "/" in key or key in GROUP_WORDS or names.is_defined(key) else key


class TokenAt(NamedTuple):
    """An entry under ``oidc``."""

    layer: Layer
    agent: AgentEntry
    oidc: OidcClaims

    def span(self, subject: LintSubject) -> Span:
        """Place of its agent's name."""
        return agent_span(subject, self.layer, self.agent)


def agent_span(subject: LintSubject, layer: Layer, agent: AgentEntry) -> Span:
    """Place of an agent's name."""
    place = subject.places(layer).of(agent)
    return place.name or place.whole


def token_entries(subject: LintSubject) -> Iterator[TokenAt]:
    """Every entry, in order."""
    for layer in subject.layers:
        for agent in layer.agents:
            for oidc in agent.oidc:
                yield TokenAt(layer, agent, oidc)
