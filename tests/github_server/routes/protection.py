"""Classic branch protection: shown, replaced, and its required checks alone."""

from __future__ import annotations

from typing import Any

from tests.github_server.render.common import Json, app, team, user
from tests.github_server.render.history import address
from tests.github_server.render.pulls import root
from tests.github_server.settings import FREE_PLAN, Protection
from tests.github_server.web import ApiError, Reply, Request, invalid, operation

FLAGS = (
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
)


def offered(request: Request) -> None:
    """403 where the plan has no rulesets and no protected branches."""
    if request.repo.settings.free_plan:
        raise ApiError(403, FREE_PLAN)


def shown_checks(protection: Protection) -> Json:
    """The required checks as every answer has them."""
    checks = protection.checks if protection.has_checks else []
    return {
        "contexts": [context for context, _ in checks],
        "checks": [{"context": context, "app_id": app_id} for context, app_id in checks],
    }


def _url(request: Request) -> str:
    return f"{root(request.repo)}/branches/{address(request.params['branch'])}/protection"


def _classic(request: Request) -> Protection:
    offered(request)
    if request.params["branch"] not in request.repo.branches():
        raise ApiError(404, "Branch not found")
    protection = request.repo.protection.get(request.params["branch"])
    if protection is None:
        raise ApiError(404, "Branch not protected")
    return protection


def _people(request: Request, url: str, lists: Json, *, addresses: bool) -> Json:
    server, owner = request.server, request.repo.owner.login
    shown: Json = {"url": url, "users_url": f"{url}/users", "teams_url": f"{url}/teams"} if addresses else {}
    shown["users"] = [user(server, server.account(login)) for login in lists.get("users", [])]
    shown["teams"] = [team(server, server.team(owner, slug)) for slug in lists.get("teams", [])]
    shown["apps"] = [app(server, server.apps[slug]) for slug in lists.get("apps", [])]
    return shown


def _reviews(request: Request, reviews: Json) -> Json:
    url = f"{_url(request)}/required_pull_request_reviews"
    plain = ("dismiss_stale_reviews", "require_code_owner_reviews", "require_last_push_approval")
    shown: Json = {"url": url, "required_approving_review_count": reviews.get("required_approving_review_count", 1)}
    shown |= {name: reviews.get(name, False) for name in plain}
    if reviews.get("dismissal_restrictions"):
        shown["dismissal_restrictions"] = _people(
            request, f"{_url(request)}/dismissal_restrictions", reviews["dismissal_restrictions"], addresses=True
        )
    if reviews.get("bypass_pull_request_allowances"):
        shown["bypass_pull_request_allowances"] = _people(request, "", reviews["bypass_pull_request_allowances"], addresses=False)
    return shown


def _show(request: Request, protection: Protection) -> Json:
    url = _url(request)
    shown: Json = {"url": url, "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": protection.enforce_admins}}
    if protection.has_checks:
        shown["required_status_checks"] = _status(request, protection)
    if protection.reviews is not None:
        shown["required_pull_request_reviews"] = _reviews(request, protection.reviews)
    if protection.restrictions is not None:
        lists = _people(request, f"{url}/restrictions", protection.restrictions, addresses=True)
        shown["restrictions"] = lists | {"apps_url": f"{url}/restrictions/apps"}
    signed = {"url": f"{url}/required_signatures", "enabled": bool(protection.flags.get("required_signatures"))}
    return shown | {name: {"enabled": bool(protection.flags.get(name))} for name in FLAGS} | {"required_signatures": signed}


def _status(request: Request, protection: Protection) -> Json:
    url = f"{_url(request)}/required_status_checks"
    return {"url": url, "contexts_url": f"{url}/contexts", "strict": protection.strict, **shown_checks(protection)}


@operation("repos/get-branch-protection", "administration:read")
def get_protection(request: Request) -> Reply:
    """Classic branch protection; the Actions token cannot have the permission."""
    return Reply(200, _show(request, _classic(request)))


@operation("repos/update-branch-protection", "administration:write")
def put_protection(request: Request) -> Reply:
    """Replace all of it: what is left out is off afterwards, except the signatures, which have an operation of their own."""
    offered(request)
    name, body = request.params["branch"], request.body
    if name not in request.repo.branches():
        raise ApiError(404, "Branch not found")
    old = request.repo.protection.get(name)
    checks = body["required_status_checks"]
    flags = {flag: True for flag in FLAGS if body.get(flag)}
    if old is not None and old.flags.get("required_signatures"):
        flags["required_signatures"] = True
    if body["restrictions"] is not None and request.repo.owner.type != "Organization":
        raise invalid("ProtectedBranch", "restrictions", "Only organization repositories can have users and team restrictions")
    request.repo.protection[name] = protection = Protection(
        _wanted(request, checks) if checks is not None else [],
        has_checks=checks is not None,
        strict=bool(checks and checks["strict"]),
        enforce_admins=bool(body["enforce_admins"]),
        reviews=body["required_pull_request_reviews"],
        restrictions=body["restrictions"],
        flags=flags,
    )
    return Reply(200, _show(request, protection))


@operation("repos/get-status-checks-protection", "administration:read")
def get_required_checks(request: Request) -> Reply:
    """The required checks alone."""
    protection = _classic(request)
    if not protection.has_checks:
        raise ApiError(404, "Required status checks not enabled")
    return Reply(200, _status(request, protection))


@operation("repos/update-status-check-protection", "administration:write")
def patch_required_checks(request: Request) -> Reply:
    """Change the required checks, where there are any, and nothing else."""
    offered(request)
    protection = _classic(request)
    if not protection.has_checks:
        raise ApiError(404, "Required status checks not enabled")
    body = request.body or {}
    protection.strict = body.get("strict", protection.strict)
    if "checks" in body or "contexts" in body:
        protection.checks = _wanted(request, body)
    return Reply(200, _status(request, protection))


def _wanted(request: Request, body: Json) -> list[tuple[str, int | None]]:
    """`checks` outweighs `contexts`; without an App the one that last reported it is taken, -1 is any."""
    if "checks" not in body:
        return [(context, _last(request, context)) for context in body.get("contexts", [])]
    found: list[tuple[str, int | None]] = []
    for check in body["checks"]:
        app_id: Any = check.get("app_id", _last(request, check["context"]))
        found.append((check["context"], None if app_id == -1 else app_id))
    return found


def _last(request: Request, context: str) -> int | None:
    runs = request.repo.check_runs(name=context)
    return runs[-1].app.id if runs else None
