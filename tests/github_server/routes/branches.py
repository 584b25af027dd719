"""The repository, its branches, and what protects them."""

from __future__ import annotations

from tests.github_server.model import Protection
from tests.github_server.render import history
from tests.github_server.render.common import Json, full_repository, team
from tests.github_server.render.pulls import root
from tests.github_server.repository import Repository
from tests.github_server.web import ApiError, Reply, Request, operation


@operation("repos/get", "metadata:read")
def get(request: Request) -> Reply:
    """The repository, with what the caller may do."""
    repo, token = request.repo, request.token
    shown = full_repository(repo)
    if token.kind == "user":
        rank = ("none", "read", "triage", "write", "maintain", "admin").index(repo.permission_of(token.account.login))
        names = ("pull", "triage", "push", "maintain", "admin")
        shown["permissions"] = {name: rank > number for number, name in enumerate(names)}
    return Reply(200, shown)


def _branch(request: Request) -> tuple[str, str]:
    name = request.params["branch"]
    branches = request.repo.branches()
    if name not in branches:
        raise ApiError(404, "Branch not found")
    return name, branches[name]


def _checks(protection: Protection) -> Json:
    return {
        "contexts": [context for context, _ in protection.checks],
        "checks": [{"context": context, "app_id": app_id} for context, app_id in protection.checks],
    }


def _summary(protection: Protection | None) -> Json:
    classic = protection is not None and not protection.ruleset
    checks = _checks(protection) if protection is not None and classic else {"contexts": [], "checks": []}
    return {"enabled": classic, "required_status_checks": {"enforcement_level": "non_admins" if classic else "off", **checks}}


def _url(repo: Repository, name: str) -> str:
    return f"{root(repo)}/branches/{history.address(name)}"


@operation("repos/list-branches", "contents:read")
def list_branches(request: Request) -> Reply:
    """All branches by name, or the protected ones."""
    repo = request.repo
    names = sorted(
        name for name in repo.branches() if request.query.get("protected", name in repo.protection) == (name in repo.protection)
    )

    def show(name: str) -> Json:
        sha = repo.tip(name)
        commit = {"sha": sha, "url": f"{root(repo)}/commits/{sha}"}
        return {
            "name": name,
            "commit": commit,
            "protected": name in repo.protection,
            "protection": _summary(repo.protection.get(name)),
            "protection_url": f"{_url(repo, name)}/protection",
        }

    return request.pages(names, show)


@operation("repos/get-branch", "contents:read")
def get_branch(request: Request) -> Reply:
    """A branch with its tip."""
    repo = request.repo
    name, sha = _branch(request)
    url = _url(repo, name)
    return Reply(
        200,
        {
            "name": name,
            "commit": history.commit(repo, sha),
            "_links": {"self": url, "html": f"{request.server.html_url}/{repo.full_name}/tree/{history.address(name)}"},
            "protected": name in repo.protection,
            "protection": _summary(repo.protection.get(name)),
            "protection_url": f"{url}/protection",
        },
    )


def _classic(request: Request) -> Protection:
    name, _ = _branch(request)
    protection = request.repo.protection.get(name)
    if protection is None or protection.ruleset:
        raise ApiError(404, "Branch not protected")
    return protection


@operation("repos/get-branch-protection", "administration:read")
def get_protection(request: Request) -> Reply:
    """Classic branch protection; the Actions token cannot have the permission."""
    protection = _classic(request)
    url = f"{_url(request.repo, request.params['branch'])}/protection"
    checks = {
        "url": f"{url}/required_status_checks",
        "contexts_url": f"{url}/required_status_checks/contexts",
        "strict": False,
        **_checks(protection),
    }
    return Reply(
        200, {"url": url, "required_status_checks": checks, "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": True}}
    )


@operation("repos/get-status-checks-protection", "administration:read")
def get_required_checks(request: Request) -> Reply:
    """The required checks alone."""
    protection = _classic(request)
    url = f"{_url(request.repo, request.params['branch'])}/protection/required_status_checks"
    return Reply(200, {"url": url, "contexts_url": f"{url}/contexts", "strict": False, **_checks(protection)})


@operation("repos/get-branch-rules", "metadata:read")
def get_rules(request: Request) -> Reply:
    """The rules that active rulesets put on a branch, which need not exist."""
    protection = request.repo.protection.get(request.params["branch"])
    if protection is None or not protection.ruleset:
        return Reply(200, [])
    checks = [
        {"context": context} | ({} if app_id is None else {"integration_id": app_id}) for context, app_id in protection.checks
    ]
    rule = {
        "type": "required_status_checks",
        "parameters": {"required_status_checks": checks, "strict_required_status_checks_policy": False},
        "ruleset_source_type": "Repository",
        "ruleset_source": request.repo.full_name,
        "ruleset_id": 1,
    }
    return request.pages([rule], lambda it: it)


@operation("repos/list-teams", "administration:read")
def list_teams(request: Request) -> Reply:
    """The teams with access."""
    repo = request.repo
    names = {"read": "pull", "write": "push"}

    def show(slug: str) -> Json:
        permission = repo.team_permissions[slug]
        return team(request.server, request.server.team(repo.owner.login, slug), names.get(permission, permission))

    return request.pages(sorted(repo.team_permissions), show)
