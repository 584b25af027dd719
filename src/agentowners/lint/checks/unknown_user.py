"""A login that no account has."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import AccountStatus, LintFinding, LintNeed, LintSubject, check
from agentowners.lint.walk import ApproverAt, accounts
from agentowners.text.wording import quote


@check("unknown-user", "no account has a login that is named (with --online)", needs=LintNeed.ACCOUNTS)
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each principal or approver that is an account's login, where the server says that there is none."""
    standings = subject.facts.standings or {}
    for login, places in accounts(subject).items() if standings else ():
        if standings.get(login) is not AccountStatus.MISSING:
            continue
        for at in places:
            name = at.approver if isinstance(at, ApproverAt) else at.pattern
            help = "check the spelling: whoever takes this login is meant from then on"
            yield mistake.finding(f"there is no account {quote(str(name))}", at.span(subject), help)
