"""A team that the owner does not have."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import AccountStatus, LintFinding, LintNeed, LintSubject, check
from agentowners.lint.walk import teams
from agentowners.text.wording import quote


@check("unknown-team", "the owner has no team of that name (with --online)", needs=LintNeed.ACCOUNTS)
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal or approver that is a team of the repository's owner, where the server says that there is none."""
    standings = subject.facts.standings or {}
    for team, places in teams(subject).items() if standings else ():
        if standings.get(team) is AccountStatus.MISSING:
            for at in places:
                help = f"{quote(team.partition('/')[0])} has no such team: an approval that is asked of it can never be given"
                yield mistake.finding(f"there is no team {quote('@' + team)}", at.span(subject), help)
