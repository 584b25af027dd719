"""The repository, its branches and its teams."""

from __future__ import annotations

from tests.github_server.merging import METHODS
from tests.github_server.model import RANK
from tests.github_server.render import history
from tests.github_server.render.common import Json, full_repository, team
from tests.github_server.render.pulls import root
from tests.github_server.repository import Repository
from tests.github_server.routes.protection import shown_checks
from tests.github_server.settings import Protection
from tests.github_server.web import ApiError, Reply, Request, operation


@operation("repos/get", "metadata:read")
def get(request: Request) -> Reply:
    """The repository, with what the caller may do."""
    repo, token = request.repo, request.token
    shown = full_repository(repo)
    writes = token.kind != "user" or RANK[repo.permission_of(token.account.login)] >= RANK["write"]
    if writes and token.allows("contents", "write"):
        # readers are not told how pull requests may be merged; GraphQL tells them
        shown |= {name: getattr(repo.settings, name) for name in METHODS.values()}
    if token.kind == "user":
        rank = ("none", "read", "triage", "write", "maintain", "admin").index(repo.permission_of(token.account.login))
        names = ("pull", "triage", "push", "maintain", "admin")
        shown["permissions"] = {name: rank > number for number, name in enumerate(names)}
    return Reply(200, shown)


@operation("git/create-ref", "contents:write")
def create_ref(request: Request) -> Reply:
    """A branch at a commit that there is."""
    repo, ref, sha = request.repo, request.body["ref"], request.body["sha"]
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise ApiError(422, "Reference name must start with 'refs/' and contain at least two slashes.")
    if ref in repo.store.refs:
        raise ApiError(422, "Reference already exists")
    if repo.resolve(sha) is None:
        raise ApiError(422, "Object does not exist")
    repo.branch(ref.removeprefix("refs/heads/"), sha, by=request.token.account.login)
    url = f"{root(repo)}/git/{ref}"
    target = {"type": "commit", "sha": sha, "url": f"{root(repo)}/git/commits/{sha}"}
    return Reply(201, {"ref": ref, "node_id": f"REF_{sha}", "url": url, "object": target})


def _branch(request: Request) -> tuple[str, str]:
    name = request.params["branch"]
    branches = request.repo.branches()
    if name not in branches:
        raise ApiError(404, "Branch not found")
    return name, branches[name]


def _summary(protection: Protection | None) -> Json:
    checks = shown_checks(protection) if protection is not None else {"contexts": [], "checks": []}
    level = "off" if protection is None else "everyone" if protection.enforce_admins else "non_admins"
    return {"enabled": protection is not None, "required_status_checks": {"enforcement_level": level, **checks}}


def _url(repo: Repository, name: str) -> str:
    return f"{root(repo)}/branches/{history.address(name)}"


@operation("repos/list-branches", "contents:read")
def list_branches(request: Request) -> Reply:
    """All branches by name, or the protected ones."""
    repo = request.repo
    names = sorted(name for name in repo.branches() if request.query.get("protected") in (None, repo.is_protected(name)))

    def show(name: str) -> Json:
        sha = repo.tip(name)
        commit = {"sha": sha, "url": f"{root(repo)}/commits/{sha}"}
        return {
            "name": name,
            "commit": commit,
            "protected": repo.is_protected(name),
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
            "protected": repo.is_protected(name),
            "protection": _summary(repo.protection.get(name)),
            "protection_url": f"{url}/protection",
        },
    )


@operation("repos/list-teams", "administration:read")
def list_teams(request: Request) -> Reply:
    """The teams with access."""
    repo = request.repo
    names = {"read": "pull", "write": "push"}

    def show(slug: str) -> Json:
        permission = repo.team_permissions[slug]
        return team(request.server, request.server.team(repo.owner.login, slug), names.get(permission, permission))

    return request.pages(sorted(repo.team_permissions), show)
