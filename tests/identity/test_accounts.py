from __future__ import annotations

import pytest

from agentowners.change.model import Account, AccountType
from agentowners.identity.accounts import bare_login, group_of, is_ghost, is_web_flow, noreply_account, same_account
from agentowners.identity.model import Group


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Account("octocat", 1), Account("octocat", 1), True),
        (Account("octocat", 1), Account("renamed", 1), True),
        (Account("octocat", 1), Account("octocat", 2), False),
        (Account("octocat", 1), Account("OctoCat"), True),
        (Account("OCTOCAT"), Account("octocat"), True),
        (Account("octocat"), Account("octocat[bot]"), False),
        (Account("İ"), Account("i̇"), False),
        (Account(""), Account(""), False),
    ],
)
def test_accounts_are_the_same_by_id_else_by_login(one: Account, other: Account, same: bool) -> None:
    assert same_account(one, other) is same
    assert same_account(other, one) is same


@pytest.mark.parametrize(
    ("account", "group"),
    [
        (Account("x", 1, AccountType.USER), Group.HUMANS),
        (Account("x[bot]", 1, AccountType.USER), Group.HUMANS),
        (Account("x", 1, AccountType.BOT), Group.AGENTS),
        (Account("acme", 1, AccountType.OTHER), Group.AGENTS),
        (Account("x"), Group.HUMANS),
        (Account("x[bot]"), Group.AGENTS),
        (Account("x[BOT]"), Group.AGENTS),
    ],
)
def test_what_is_not_a_persons_account_is_an_agents(account: Account, group: Group) -> None:
    assert group_of(account) is group


@pytest.mark.parametrize(
    ("email", "account"),
    [
        ("583231+octocat@users.noreply.github.com", Account("octocat", 583231)),
        ("octocat@users.noreply.github.com", Account("octocat")),
        ("583231+OctoCat@USERS.noreply.GitHub.com", Account("OctoCat", 583231)),
        ("49699333+dependabot[bot]@users.noreply.github.com", Account("dependabot[bot]", 49699333)),
        ("41898282+github-actions[bot]@users.noreply.github.com", Account("github-actions[bot]", 41898282)),
        ("1+jane_acme@users.noreply.github.com", Account("jane_acme", 1)),
        ("octocat@github.com", None),
        ("octocat@users.noreply.github.com.evil.example", None),
        ("octocat@evil.users.noreply.github.com", None),
        ("@users.noreply.github.com", None),
        ("+octocat@users.noreply.github.com", None),
        ("12+@users.noreply.github.com", None),
        ("a+b+c@users.noreply.github.com", None),
        ("1234567890123456789012+x@users.noreply.github.com", None),
        ("٣+x@users.noreply.github.com", None),
        ("a b@users.noreply.github.com", None),
        ("é@users.noreply.github.com", None),
        ("a" * 101 + "@users.noreply.github.com", None),
        ("", None),
        (None, None),
    ],
)
def test_a_noreply_address_names_an_account(email: str | None, account: Account | None) -> None:
    assert noreply_account(email) == account


@pytest.mark.parametrize(
    ("account", "email", "nobody"),
    [
        (Account("web-flow", 19864447), "noreply@github.com", True),
        (Account("renamed", 19864447), None, True),
        (Account("web-flow", 7), "noreply@github.com", False),
        (None, "NoReply@GitHub.com", True),
        (None, "noreply@github.com.example", False),
        (None, None, False),
        (Account("octocat", 1), "noreply@github.com", False),
    ],
)
def test_githubs_own_committer(account: Account | None, email: str | None, nobody: bool) -> None:
    assert is_web_flow(account, email) is nobody


def test_ghost_stands_for_accounts_that_are_gone() -> None:
    assert is_ghost(Account("ghost", 10137, AccountType.USER))
    assert is_ghost(Account("Ghost"))
    assert not is_ghost(Account("ghost", 5, AccountType.USER))


def test_a_login_without_its_suffix() -> None:
    assert bare_login("x[bot]") == bare_login("x[Bot]") == bare_login("x") == "x"
