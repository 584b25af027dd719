"""Accounts: when two are the same, which ones are nobody's, and what a noreply address tells."""

from __future__ import annotations

import re
from typing import Final, assert_never

from agentowners.change.model import Account, AccountType
from agentowners.identity.model import Group
from agentowners.policy.patterns import ascii_lower

BOT_SUFFIX: Final = "[bot]"

_WEB_FLOW: Final = Account("web-flow", 19864447)
"""Commits in GitHub's name whatever is committed on the site; see https://api.github.com/users/web-flow."""
_WEB_FLOW_EMAIL: Final = "noreply@github.com"
_GHOST: Final = Account("ghost", 10137)
"""Stands in for every account that is gone; see https://docs.github.com/en/account-and-profile/reference/deleting-your-personal-account."""
_NOREPLY: Final = re.compile(
    r"(?:(?P<id>[0-9]{1,18})\+)?(?P<login>(?=.{1,100}@)(?=[-_]*[a-z0-9])[-_a-z0-9]+(?:\[bot\])?)@users\.noreply\.github\.com",
    re.ASCII | re.IGNORECASE,
)


def same_account(account: Account, other: Account) -> bool:
    """True if both are one account: by id where both have one, else by login without regard to ASCII case."""
    if account.id is not None and other.id is not None:
        return account.id == other.id
    return account.login != "" and ascii_lower(account.login) == ascii_lower(other.login)


def is_web_flow(account: Account | None, email: str | None) -> bool:
    """True if this committer is GitHub itself, which commits what somebody else did on the site."""
    if account is None:
        return email is not None and ascii_lower(email) == _WEB_FLOW_EMAIL
    return same_account(account, _WEB_FLOW)


def is_ghost(account: Account) -> bool:
    """True if this is the account that GitHub shows in place of one that was deleted, a deleted App's bot perhaps."""
    return same_account(account, _GHOST)


def group_of(account: Account) -> Group:
    """The group of an account that no definition knows: what is not a person's account is an agent's."""
    match account.type:
        case AccountType.USER:
            return Group.HUMANS
        case AccountType.BOT | AccountType.OTHER:
            return Group.AGENTS
        case AccountType.UNKNOWN:
            return Group.AGENTS if ascii_lower(account.login).endswith(BOT_SUFFIX) else Group.HUMANS
        case _:
            assert_never(account.type)


def app_account(slug: str) -> Account:
    """The account that speaks for a GitHub App."""
    return Account(f"{slug}{BOT_SUFFIX}", type=AccountType.BOT)


def noreply_account(email: str | None) -> Account | None:
    """The account that an address like ``ID+LOGIN@users.noreply.github.com`` names; None for any other address.

    Source: https://docs.github.com/en/account-and-profile/reference/email-addresses-reference
    """
    named = _NOREPLY.fullmatch(email or "")
    return None if named is None else Account(named["login"], None if named["id"] is None else int(named["id"]))


def bare_login(login: str) -> str:
    """A login without its ``[bot]``."""
    return login[: -len(BOT_SUFFIX)] if ascii_lower(login).endswith(BOT_SUFFIX) else login
