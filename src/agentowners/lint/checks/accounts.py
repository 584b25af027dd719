"""Accounts and teams that the server does not have (``--online``)."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import AccountStatus, LintFinding, LintNeed, LintSubject, check
from agentowners.lint.walk import accounts, teams
from agentowners.text.wording import quote


@check("unknown-user", "no account has a login that is named (with --online)", needs=LintNeed.ACCOUNTS)
def unknown_user(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal or approver that is an account's login, where the server says that there is none."""
    standings = subject.facts.standings or {}
    for login, places in accounts(subject).items() if standings else ():
        if standings.get(login) is not AccountStatus.MISSING:
            continue
        for at in places:
            help = "check the spelling: whoever takes this login is meant from then on"
            yield unknown_user.finding(f"there is no account {quote(str(at.part))}", at.span(subject), help)


@check("unknown-team", "the owner has no team of that name (with --online)", needs=LintNeed.ACCOUNTS)
def unknown_team(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal or approver that is a team of the repository's owner, where the server says that there is none."""
    standings = subject.facts.standings or {}
    for team, places in teams(subject).items() if standings else ():
        if standings.get(team) is AccountStatus.MISSING:
            for at in places:
                help = f"{quote(team.partition('/')[0])} has no such team: an approval that is asked of it can never be given"
                yield unknown_team.finding(f"there is no team {quote('@' + team)}", at.span(subject), help)
