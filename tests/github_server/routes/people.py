"""Users, collaborators, organizations, teams, the caller itself and its limits."""

from __future__ import annotations

import time

from tests.github_server.model import Account, Team
from tests.github_server.render.common import Json, app, organization, team, team_full, user
from tests.github_server.web import ApiError, Reply, Request, not_found, operation

ROLES = {"pull": 1, "triage": 2, "push": 3, "maintain": 4, "admin": 5}
RANKS = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}


def _account(request: Request, name: str = "username") -> Account:
    account = request.server.accounts.get(str(request.params[name]).lower())
    if account is None:
        raise not_found()
    return account


def _full(request: Request, account: Account) -> Json:
    blank = dict.fromkeys(("company", "blog", "location", "email", "hireable", "bio"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    dates = {"created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z"}
    return user(request.server, account) | {"name": account.name} | blank | counts | dates


@operation("users/get-by-username", "metadata:read")
def get_user(request: Request) -> Reply:
    """A user, a bot or an organization."""
    return Reply(200, _full(request, _account(request)))


@operation("users/get-by-id", "metadata:read")
def get_user_by_id(request: Request) -> Reply:
    """The same by number."""
    for account in request.server.accounts.values():
        if account.id == request.params["account_id"]:
            return Reply(200, _full(request, account))
    raise not_found()


@operation("users/get-authenticated", "")
def get_self(request: Request) -> Reply:
    """A person's token only."""
    if request.token.kind != "user":
        raise ApiError(403, "Resource not accessible by integration")
    return Reply(200, _full(request, request.token.account))


@operation("apps/get-authenticated", "")
def get_app(request: Request) -> Reply:
    """An App's own signed token only."""
    if request.token.kind != "jwt" or request.token.app is None:
        raise ApiError(401, "A JSON web token could not be decoded")
    return Reply(200, app(request.server, request.token.app))


@operation("rate-limit/get", "")
def rate_limit(request: Request) -> Reply:
    """What is left; asking costs nothing on GitHub, and a request here."""
    limit = request.server.limits.rate * (1 if request.token.kind == "actions" else 5)
    used = request.server.used[request.token.value]
    core = {"limit": limit, "remaining": max(0, limit - used), "used": used, "reset": int(time.time()) + 3600}
    return Reply(200, {"resources": {"core": core, "search": core}, "rate": core})


# --- collaborators ---


@operation("repos/get-collaborator-permission-level", "metadata:read")
def permission(request: Request) -> Reply:
    """`permission` knows admin, write, read and none; `role_name` also triage and maintain."""
    account = _account(request)
    role = request.repo.permission_of(account.login)
    plain = {"maintain": "write", "triage": "read"}.get(role, role)
    return Reply(200, {"permission": plain, "role_name": role, "user": _collaborator(request, account)})


def _collaborator(request: Request, account: Account) -> Json:
    role = request.repo.permission_of(account.login)
    permissions = {name: RANKS[role] >= rank for name, rank in ROLES.items()}
    return user(request.server, account) | {"permissions": permissions, "role_name": role}


@operation("repos/list-collaborators", "metadata:read")
def list_collaborators(request: Request) -> Reply:
    """Everyone with access of their own; by the least permission."""
    repo, least = request.repo, ROLES[request.query.get("permission", "pull")]
    known = [it for it in request.server.accounts.values() if it.type == "User" and _has_access(request, it)]
    found = [it for it in known if RANKS[repo.permission_of(it.login)] >= least]
    return request.pages(found, lambda it: _collaborator(request, it))


def _has_access(request: Request, account: Account) -> bool:
    repo, server = request.repo, request.server
    through_team = any(account.login in server.members(it) for it in repo.teams())
    return account is repo.owner or through_team or repo.permissions.get(account.login.lower(), "none") != "none"


@operation("repos/check-collaborator", "metadata:read")
def check_collaborator(request: Request) -> Reply:
    """204 or 404."""
    if not _has_access(request, _account(request)):
        raise not_found()
    return Reply(204)


# --- organizations and teams: an Actions token never reads teams ---


def _organization(request: Request) -> Account:
    account = request.server.accounts.get(request.params["org"].lower())
    if account is None or account.type != "Organization":
        raise not_found()
    return account


def _team(request: Request) -> Team:
    team = request.server.teams.get((_organization(request).login.lower(), request.params["team_slug"].lower()))
    if team is None:
        raise not_found()
    return team


@operation("orgs/get", "metadata:read")
def get_organization(request: Request) -> Reply:
    """One organization."""
    return Reply(200, organization(request.server, _organization(request)))


@operation("orgs/check-membership-for-user", "members:read")
def check_membership(request: Request) -> Reply:
    """204 for a member of any team of the organization."""
    account, organization = _account(request), _organization(request)
    if not any(account.login in it.roles for it in request.server.teams.values() if it.organization is organization):
        raise not_found()
    return Reply(204)


@operation("orgs/get-membership-for-authenticated-user", "members:read")
def get_own_membership(request: Request) -> Reply:
    """A person's token only. Whoever is administrator of all repositories of the organization owns it."""
    if request.token.kind != "user":
        raise ApiError(403, "Resource not accessible by integration")
    account, owner = request.token.account, _organization(request)
    repositories = [repo for repo in request.server.repositories.values() if repo.owner is owner]
    owns = bool(repositories) and all(repo.permissions.get(account.login.lower()) == "admin" for repo in repositories)
    in_team = any(account.login in it.roles for it in request.server.teams.values() if it.organization is owner)
    if not owns and not in_team:
        raise not_found()
    simple = ["login", "id", "node_id", "url", "repos_url", "events_url", "hooks_url", "issues_url", "members_url"]
    simple += ["public_members_url", "avatar_url", "description"]
    shown = organization(request.server, owner)
    return Reply(
        200,
        {
            "url": f"{request.server.url}/orgs/{owner.login}/memberships/{account.login}",
            "state": "active",
            "role": "admin" if owns else "member",
            "organization_url": shown["url"],
            "organization": {name: shown[name] for name in simple},
            "user": user(request.server, account),
        },
    )


@operation("teams/list", "members:read")
def list_teams(request: Request) -> Reply:
    """The organization's teams."""
    found = [it for it in request.server.teams.values() if it.organization is _organization(request)]
    return request.pages(found, lambda it: team(request.server, it))


@operation("teams/get-by-name", "members:read")
def get_team(request: Request) -> Reply:
    """One team."""
    return Reply(200, team_full(request.server, _team(request)))


@operation("teams/list-child-in-org", "members:read")
def list_children(request: Request) -> Reply:
    """The teams directly below."""
    above = _team(request)
    return request.pages([it for it in request.server.teams.values() if it.parent is above], lambda it: team(request.server, it))


@operation("teams/list-members-in-org", "members:read")
def list_members(request: Request) -> Reply:
    """Members, those of child teams included."""
    role = request.query.get("role", "all")
    found = [login for login, held in request.server.members(_team(request)).items() if role in ("all", held)]
    return request.pages(found, lambda login: user(request.server, request.server.account(login)))


@operation("teams/get-membership-for-user-in-org", "members:read")
def get_membership(request: Request) -> Reply:
    """A member's role, through child teams too."""
    it, account = _team(request), _account(request)
    role = request.server.members(it).get(account.login)
    if role is None:
        raise not_found()
    url = f"{request.server.url}/organizations/{it.organization.id}/team/{it.id}/memberships/{account.login}"
    return Reply(200, {"url": url, "role": role, "state": "active"})


@operation("teams/check-permissions-for-repo-in-org", "members:read")
def team_access(request: Request) -> Reply:
    """204 where the team has access, 404 where not."""
    if request.repo.owner is not _organization(request) or _team(request).slug not in request.repo.team_permissions:
        raise not_found()
    return Reply(204)
