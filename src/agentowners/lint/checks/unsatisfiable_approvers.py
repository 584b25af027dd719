"""Approvals that nobody can give.

Why each rule is looked at by itself: an obligation is met by so many distinct people of its own, and one person may meet any
number of obligations. Who may approve at all depends on the change, not on the obligation. So if every person who may approve a
change does, every obligation is met that can be met at all; obligations that can be met one by one can be met together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from agentowners.change.model import Account, AccountType
from agentowners.diagnostics import Severity, Span
from agentowners.engine.settings import effective_settings
from agentowners.identity.resolve import is_agent
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.wording import listed_once
from agentowners.policy.model import Default, Layer, Outcome, Rule
from agentowners.policy.patterns import LOGIN_PREFIX, Approver, PrincipalPattern, ascii_lower

_HELP: Final = "name more people, or a team: `@owner/team`"


@check("unsatisfiable-approvers", "more approvals are asked for than those named can give")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each rule and default that asks for more approvals than the people whom it names can give. A team may have any number of
    members, so that nothing is certain where one is named."""
    # Where contributors count, a person whom the rule is about may approve what somebody else opened.
    makers_count = effective_settings(subject.policy).contributors_count
    for layer in subject.layers:
        statements: tuple[Rule | Default, ...] = (*layer.rules, *layer.defaults)
        for statement in statements:
            outcome = statement.outcome
            if not outcome.approvers or any("/" in approver.key for approver in outcome.approvers):
                continue
            able, unable = _able(subject, layer, statement)
            if len(able) < outcome.count:
                message = f"{_asked(outcome)} and {_who(outcome, unable)}"
                yield _finding(subject, layer, statement, message)
            elif not makers_count:
                yield from _own(subject, layer, statement, able)


def _own(subject: LintSubject, layer: Layer, statement: Rule | Default, able: dict[str, Approver]) -> Iterator[LintFinding]:
    """A finding where those whom the statement is about are the approvers themselves: nobody approves what they took part in."""
    principals = statement.named if isinstance(statement, Rule) else (statement.principal,)
    logins = [_login(subject, principal) for principal in principals]
    stuck = [login for login in logins if login in able and len(able) - 1 < statement.outcome.count]
    if not stuck:
        return
    people = listed_once(f"`@{login}`" for login in stuck)
    message = f"{_asked(statement.outcome)}, and beside {people}, who cannot approve changes of their own, too few are named"
    found = _finding(subject, layer, statement, message)
    everyone = len(stuck) == len(logins)
    yield found if everyone else replace(found, diagnostic=replace(found.diagnostic, severity=Severity.NOTE))


def _able(subject: LintSubject, layer: Layer, statement: Rule | Default) -> tuple[dict[str, Approver], list[str]]:
    """The approvers who may count, by login, and why each other one never does."""
    able: dict[str, Approver] = {}
    unable: list[str] = []
    for index, approver in enumerate(statement.outcome.approvers):
        why = is_agent(Account(approver.text, type=AccountType.USER), subject.names.definitions)
        if approver.key.endswith("[bot]"):
            why = why or "is a bot"
        elif why is None and approver.key in subject.names.identities:
            # An account may have the login all the same, and then it is written with the prefix.
            place = subject.places(layer).of(statement).approvers[index]
            if LOGIN_PREFIX not in ascii_lower(place.text[place.column - 1 : place.end_column - 1]):
                why = "is an agent's name"
        if why is None:
            able[approver.key] = approver
        else:
            unable.append(f"`{approver}` {why}")
    return able, unable


def _login(subject: LintSubject, principal: PrincipalPattern) -> str | None:
    """The login, in lower case, of the one person whom a principal means."""
    key = principal.key.removeprefix(LOGIN_PREFIX)
    if principal.group is not None or principal.is_wildcard or "/" in key:
        return None
    return None if key in subject.names.identities and key == principal.key else key


def _asked(outcome: Outcome) -> str:
    return f"this asks for {outcome.count} approval{'s' if outcome.count > 1 else ''}"


def _who(outcome: Outcome, unable: list[str]) -> str:
    number = len(outcome.approvers)
    named = f"names {number} approver{'s' if number > 1 else ''}"
    return f"{named}, of whom {' and '.join(unable)}" if unable else named


def _finding(subject: LintSubject, layer: Layer, statement: Rule | Default, message: str) -> LintFinding:
    places = subject.places(layer).of(statement)
    span = _over(places.decision, places.approvers) or places.whole
    return mistake.finding(message, span, _HELP)


def _over(decision: Span | None, approvers: tuple[Span, ...]) -> Span | None:
    """From the first approver to the last, where they stand on one line; else the decision."""
    if approvers and all(span.line == approvers[0].line == span.end_line for span in approvers):
        return replace(approvers[0], end_column=approvers[-1].end_column)
    return decision
