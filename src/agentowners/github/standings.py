"""Existence of the accounts and teams that a policy names, as far as a token can tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.reading import JsonNode
from agentowners.lint.model import AccountStatus
from agentowners.report.shared.cut import count

MAX_NAMES: Final = 300
"""Names that are looked up; each takes a request or two, and a workflow's token has a thousand an hour."""
_BOT: Final = "[bot]"
_REFUSED: Final = (Trouble.NOT_FOUND, Trouble.FORBIDDEN)


class LookedUp(Struct, frozen=True):
    """Answers about some names."""

    standings: dict[str, AccountStatus]
    """By name in lower case, ``login`` or ``owner/team``."""
    remarks: tuple[str, ...]
    """Remarks on names that could not be looked up, with the reason."""


class Standings:
    """Questions about names; each name is asked for once."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._remarks: list[str] = []
        self._known: dict[str, JsonNode | Trouble] = {}

    def look_up(self, logins: Iterable[str], teams: Iterable[str]) -> LookedUp:
        """The standings of logins and of teams, ``owner/team``.

        Raises:
            PlatformError: GitHub cannot be asked at all: the token is not accepted, the limit used up, the network gone.
        """
        self._remarks = []
        logins, teams = tuple(dict.fromkeys(logins)), tuple(dict.fromkeys(teams))
        selection = teams[:MAX_NAMES], logins[: max(0, MAX_NAMES - len(teams))]
        left = len(logins) + len(teams) - sum(map(len, selection))
        if left:
            self._remarks.append(f"{count(left, 'name was', 'names were')} not looked up: no more than {MAX_NAMES} are")
        standings = {login: self._account(login) for login in selection[1]}
        by_owner: dict[str, list[str]] = {}
        for team in selection[0]:
            by_owner.setdefault(team.partition("/")[0], []).append(team)
        for owner, names in by_owner.items():
            standings |= self._teams(owner, names)
        return LookedUp(standings, tuple(self._remarks))

    def _account(self, login: str) -> AccountStatus:
        """Source: https://docs.github.com/en/rest/users/users#get-a-user

        A login with an underscore belongs to a managed user, whom nobody outside of the enterprise can see. Source:
        https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
        """
        standing = self._standing(f"/users/{quote(login, safe='')}")
        if standing is AccountStatus.MISSING and not login.endswith(_BOT):  # which a rule may leave out
            standing = self._standing(f"/users/{quote(login + _BOT, safe='')}")
        return AccountStatus.UNKNOWN if standing is AccountStatus.MISSING and "_" in login else standing

    def _teams(self, owner: str, names: Sequence[str]) -> dict[str, AccountStatus]:
        """Source: https://docs.github.com/en/rest/teams/teams#get-a-team-by-name"""
        standings = {name: self._standing(_team(name)) for name in names}
        unseen = [name for name in names if standings[name] is not AccountStatus.THERE]
        why = self._why_unseen(owner) if unseen else None
        if why is not None:
            self._remarks.append(f"{count(len(unseen), 'team')} of `{owner}` could not be looked up: {why}")
            standings |= dict.fromkeys(unseen, AccountStatus.UNKNOWN)
        return standings

    def _why_unseen(self, owner: str) -> str | None:
        """Why a team that is not found may be there all the same; None where the token sees every team there is.

        An App that may read members sees all teams; of people only an owner of the organization sees those that are secret.
        Source: https://docs.github.com/en/organizations/organizing-members-into-teams/about-teams#team-visibility
        """
        account = self._get(f"/users/{quote(owner, safe='')}")
        if isinstance(account, JsonNode) and account["type"].text() == "User":
            return None  # who has no teams
        root = f"/orgs/{quote(owner, safe='')}"
        if not isinstance(self._get(f"{root}/teams", per_page=1), JsonNode):
            return "the token needs the organization permission `members: read` (a classic token the scope `read:org`)"
        if self._get("/user") is Trouble.FORBIDDEN:
            return None  # an App's
        membership = self._get(f"/user/memberships{root}")
        if isinstance(membership, JsonNode) and membership["role"].text() == "admin":
            return None
        return "only an owner of the organization, or an App with `members: read`, sees teams that are secret"

    def _standing(self, path: str) -> AccountStatus:
        answer = self._get(path)
        if isinstance(answer, JsonNode):
            return AccountStatus.THERE
        return AccountStatus.MISSING if answer is Trouble.NOT_FOUND else AccountStatus.UNKNOWN

    def _get(self, path: str, **query: int) -> JsonNode | Trouble:
        """Value at a path, or the trouble: nothing is shown to the token, or it is refused. Asked once."""
        if path not in self._known:
            try:
                self._known[path] = self._api.get(path, query)
            except PlatformError as error:
                if error.trouble not in _REFUSED:
                    raise
                self._known[path] = error.trouble
        return self._known[path]


def _team(name: str) -> str:
    owner, _, slug = name.partition("/")
    return f"/orgs/{quote(owner, safe='')}/teams/{quote(slug, safe='')}"
