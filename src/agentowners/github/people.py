"""Permissions, teams and accounts."""

from __future__ import annotations

from urllib.parse import quote

from agentowners.change.model import Account
from agentowners.github.client import Api
from agentowners.github.reading import MalformedError, maybe_account
from agentowners.identity.accounts import same_account
from agentowners.policy.model import Permission

_REFINED = {(Permission.WRITE, "maintain"): Permission.MAINTAIN, (Permission.READ, "triage"): Permission.TRIAGE}


class People:
    """Questions about accounts."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def permission(self, account: Account) -> Permission:
        """An account's permission on the repository; of a custom role, the standard one that it builds on.

        Source: https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user

        Raises:
            MalformedError: the login is somebody else's by now, or the answer makes no sense.
        """
        path = f"{self._api.root}/collaborators/{quote(account.login, safe='')}/permission"
        node = self._api.get(path)
        # an answer that names nobody leaves only the login that was asked for
        now = maybe_account(node["user"]) if "user" in node else account
        if now is None or not same_account(now, account):
            raise MalformedError("the login belongs to another account now")
        word = node["permission"].text()
        if word not in {permission.value for permission in Permission}:
            raise MalformedError(f"GitHub knows a permission `{word}`, and agentowners does not")
        base = Permission(word)
        return _REFINED.get((base, node.words("role_name")), base)

    def members(self, owner: str, team: str) -> tuple[Account, ...]:
        """Everyone in a team; GitHub counts the members of its child teams in.

        Source: https://docs.github.com/en/rest/teams/members#list-team-members
        """
        nodes = self._api.pages(f"/orgs/{quote(owner, safe='')}/teams/{quote(team, safe='')}/members")
        return tuple(node.account() for node in nodes)

    def named(self, login: str) -> Account:
        """An account by its login."""
        return self._api.get(f"/users/{quote(login, safe='')}").account()

    def account(self, id: int) -> Account | None:
        """An account by its number, None where there is none any more."""
        node = self._api.find(f"/user/{id}")
        return None if node is None else node.account()
