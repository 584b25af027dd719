"""Apps: their installations, and the tokens that an installation is given.

https://docs.github.com/en/rest/apps/apps
"""

from __future__ import annotations

from tests.github_server.model import App
from tests.github_server.render.apps import installation
from tests.github_server.render.common import time
from tests.github_server.web import ApiError, Reply, Request, not_found, operation

HOUR = 3600


@operation("apps/get-repo-installation", "")
def repo_installation(request: Request) -> Reply:
    """An App's own signed token only; 404 where it is not installed."""
    app = _speaker(request)
    owner, name = request.repo.owner, request.repo.name
    for it in request.server.installations:
        if it.app is app and it.organization is owner and (it.selection == "all" or name in it.repositories):
            return Reply(200, installation(request.server, it))
    raise not_found()


@operation("apps/create-installation-access-token", "")
def create_token(request: Request) -> Reply:
    """A token with what the installation has, or as much of it as is asked for."""
    app = _speaker(request)
    number = request.params["installation_id"]
    found = next((it for it in request.server.installations if it.app is app and it.id == number), None)
    if found is None:
        raise not_found()
    if found.suspended:
        raise ApiError(403, "This installation has been suspended")
    asked = request.body or {}
    permissions = dict(asked.get("permissions") or found.permissions)
    if any(not _covers(found.permissions.get(name, ""), level) for name, level in permissions.items()):
        raise ApiError(422, "The permissions requested are not granted to this installation.")
    names = asked.get("repositories")
    known = {repo.name: repo for repo in request.server.repositories.values() if repo.owner is found.organization}
    reachable = set(known) if found.selection == "all" else set(found.repositories)
    if names is not None and not set(names) <= reachable:
        raise ApiError(
            422, "There is at least one repository that does not exist or is not accessible to the parent installation."
        )
    only = known[names[0]] if names is not None and len(names) == 1 else None
    value = request.server.token("app", permissions=permissions, app=app, repository=only)
    body = {
        "token": value,
        "expires_at": time(request.server.now() + HOUR),
        "permissions": {"metadata": "read", **permissions},
        "repository_selection": found.selection if names is None else "selected",
    }
    return Reply(201, body)


@operation("apps/revoke-installation-access-token", "")
def revoke(request: Request) -> Reply:
    """The token that asks is no token any more."""
    if request.token.kind not in ("app", "actions"):
        raise ApiError(403, "Resource not accessible by personal access token")
    del request.server.tokens[request.token.value]
    return Reply(204)


def _speaker(request: Request) -> App:
    if request.token.kind != "jwt" or request.token.app is None:
        raise ApiError(401, "A JSON web token could not be decoded")
    return request.token.app


def _covers(granted: str, level: str) -> bool:
    levels = ["", "read", "write", "admin"]
    return bool(granted) and levels.index(granted) >= levels.index(level)
