"""Logins in a policy that nobody has: whoever was meant may be called otherwise by now, and is known by nothing else."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from agentowners.change.model import Account
from agentowners.diagnostics import AgentownersError
from agentowners.engine.verdict import Outcome, Verdict
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.host import GitHubHost
from agentowners.identity.logins import logins_without_id
from agentowners.policy.model import Policy
from agentowners.report.shared.cut import listed
from agentowners.report.shared.escape import quoted

MAX_LOOKUPS: Final = 5
"""As many names are looked up for one verdict."""


def strangers(host: GitHubHost, outcome: Outcome) -> str | None:
    """A note on those of whom an approval is still asked and whom GitHub does not know; None where there are none.

    A login that somebody else has taken since is that person's: nothing tells it from the one that was meant.
    """
    if not isinstance(outcome, Verdict):
        return None
    asked = [who for each in outcome.approvals.obligations if not each.met for who in each.approvers if "/" not in who]
    unknown = [quoted(who) for who in list(dict.fromkeys(asked))[:MAX_LOOKUPS] if _is_unknown(host, who.removeprefix("@"))]
    if not unknown:
        return None
    login = "login" if len(unknown) == 1 else "logins"
    return f"asked for approval, but nobody has the {login} {listed(unknown)} now: write in the rule what they are called today"


class AgentLogins(Struct):
    """The logins by which a policy knows agents without their ids, each looked up once a job."""

    host: GitHubHost
    _unknown: dict[str, bool] = field(default_factory=dict)

    def nobodys(self, policy: Policy) -> str | None:
        """A note on those that nobody has now; None where there are none."""
        logins = logins_without_id(policy)[:MAX_LOOKUPS]
        for login in logins:
            if login not in self._unknown:
                self._unknown[login] = _is_unknown(self.host, login)
        unknown = [quoted(login) for login in logins if self._unknown[login]]
        if not unknown:
            return None
        login, agent = ("login", "an agent") if len(unknown) == 1 else ("logins", "agents")
        return (
            f"nobody has the {login} {listed(unknown)} now, by which alone the policy knows {agent}: whoever it is may go by "
            "another name here (write the account's `id` in the policy)"
        )


def _is_unknown(host: GitHubHost, login: str) -> bool:
    try:
        host.people.permission(Account(login))
    except PlatformError as error:
        return error.trouble is Trouble.NOT_FOUND
    except AgentownersError:
        # an answer that makes no sense is worth no note, and neither is one that does not come
        return False
    return False
