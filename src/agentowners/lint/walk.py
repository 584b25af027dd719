"""The parts of a policy that checks look at, each with where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, Generic, NamedTuple, TypeVar

from agentowners.diagnostics import Span
from agentowners.lint.model import LintSubject
from agentowners.policy.model import AgentEntry, Default, Layer, ModeLine, OidcClaims, Rule, Unprotect
from agentowners.policy.patterns import GROUP_WORDS, LOGIN_PREFIX, Approver, PathPattern, PrincipalPattern, RefPattern
from agentowners.values import gathered

_Statement = Rule | ModeLine | Unprotect | Default
_Part = PathPattern | RefPattern | PrincipalPattern | Approver
_S = TypeVar("_S", bound=_Statement)
_P = TypeVar("_P", bound=_Part)
_S_co = TypeVar("_S_co", bound=_Statement, covariant=True)
_P_co = TypeVar("_P_co", bound=_Part, covariant=True)
_PLACES: Final[dict[type, str]] = {
    PathPattern: "patterns",
    RefPattern: "refs",
    PrincipalPattern: "principals",
    Approver: "approvers",
}
"""Fields of ``StatementPlaces``."""


class PartAt(NamedTuple, Generic[_S_co, _P_co]):
    """A pattern, a ref, a principal or an approver of a statement."""

    layer: Layer
    statement: _S_co
    number: int
    """Its number among the statement's of its kind; a mode's workspace comes before what is approved."""
    part: _P_co

    def span(self, subject: LintSubject) -> Span:
        """Its place."""
        places: tuple[Span, ...] = getattr(subject.places(self.layer).of(self.statement), _PLACES[type(self.part)])
        return places[self.number]


PathAt = PartAt[Rule | ModeLine | Unprotect, PathPattern]
RulePathAt = PartAt[Rule, PathPattern]
RefAt = PartAt[Rule, RefPattern]
PrincipalAt = PartAt[_Statement, PrincipalPattern]
ApproverAt = PartAt[Rule | Default, Approver]
AccountAt = PrincipalAt | ApproverAt


def _parts(layer: Layer, statement: _S, parts: Iterable[_P]) -> Iterator[PartAt[_S, _P]]:
    return (PartAt(layer, statement, number, part) for number, part in enumerate(parts))


def rule_patterns(subject: LintSubject) -> Iterator[RulePathAt]:
    """The path patterns of rules."""
    for layer in subject.layers:
        for rule in layer.rules:
            yield from _parts(layer, rule, rule.patterns)


def patterns(subject: LintSubject) -> Iterator[PathAt]:
    """The path patterns of rules, modes and unprotect lines."""
    yield from rule_patterns(subject)
    for layer in subject.layers:
        for mode in layer.modes:
            yield from _parts(layer, mode, (*mode.workspace, *mode.approved))
        for line in layer.unprotects:
            yield from _parts(layer, line, line.patterns)


def refs(subject: LintSubject) -> Iterator[RefAt]:
    """The ref patterns of rules."""
    for layer in subject.layers:
        for rule in layer.rules:
            yield from _parts(layer, rule, rule.refs)


def principals(subject: LintSubject) -> Iterator[PrincipalAt]:
    """The principals of rules, modes, unprotect lines and defaults; those that a rule leaves out as if it named them."""
    for layer in subject.layers:
        statements: tuple[Rule | ModeLine | Unprotect, ...] = (*layer.rules, *layer.modes, *layer.unprotects)
        for statement in statements:
            yield from _parts(layer, statement, [pattern.positive for pattern in statement.principals])
        for default in layer.defaults:
            yield from _parts(layer, default, [default.principal])


def by_key(subject: LintSubject) -> dict[str, list[PrincipalAt]]:
    """The principals by what their spellings have in common: most policies name few, and often."""
    return gathered((at.part.key, at) for at in principals(subject))


def approvers(subject: LintSubject) -> Iterator[ApproverAt]:
    """The approvers of rules and defaults."""
    for layer in subject.layers:
        statements: tuple[Rule | Default, ...] = (*layer.rules, *layer.defaults)
        for statement in statements:
            yield from _parts(layer, statement, statement.outcome.approvers)


def accounts(subject: LintSubject) -> dict[str, list[AccountAt]]:
    """Places where each account is named, by its login in lower case."""
    by_login: dict[str, list[AccountAt]] = {}
    for key, places in by_key(subject).items():
        login = key.removeprefix(LOGIN_PREFIX)
        is_other = "/" in key or key in GROUP_WORDS or subject.names.is_defined(key)
        if "*" not in key and (login != key or not is_other):
            by_login.setdefault(login, []).extend(places)
    for at in approvers(subject):
        if "/" not in at.part.key:
            by_login.setdefault(at.part.key, []).append(at)
    return by_login


def teams(subject: LintSubject) -> dict[str, list[AccountAt]]:
    """Places where each team of the repository's owner is named, by ``owner/team`` in lower case."""
    places: Iterable[AccountAt] = chain(principals(subject), approvers(subject))
    known = ((subject.names.team(PrincipalPattern(at.part.text)), at) for at in places)
    return gathered((f"{team.owner}/{team.slug}", at) for team, at in known if team is not None)


class AgentAt(NamedTuple):
    """An agent that the policy defines."""

    layer: Layer
    entry: AgentEntry

    def span(self, subject: LintSubject) -> Span:
        """Place of its name."""
        place = subject.places(self.layer).of(self.entry)
        return place.name or place.whole


def agents(subject: LintSubject) -> Iterator[AgentAt]:
    """Every agent that the policy defines, in order."""
    return (AgentAt(layer, entry) for layer in subject.layers for entry in layer.agents)


def token_entries(subject: LintSubject) -> Iterator[tuple[AgentAt, OidcClaims]]:
    """Every entry under ``oidc``, in order."""
    return ((at, oidc) for at in agents(subject) for oidc in at.entry.oidc)
