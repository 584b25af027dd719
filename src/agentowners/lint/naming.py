"""The accounts and teams that a policy names, as the server knows them."""

from __future__ import annotations

from agentowners.identity.match import Names
from agentowners.lint.model import LintSubject
from agentowners.lint.walk import ApproverAt, PrincipalAt, approvers, by_key
from agentowners.policy.patterns import GROUP_WORDS, LOGIN_PREFIX, PrincipalPattern


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
