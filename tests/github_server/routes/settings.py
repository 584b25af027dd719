"""Settings of Actions, deploy keys, environments, names of secrets, and the Apps of an organization."""

from __future__ import annotations

from tests.github_server.render.apps import installation
from tests.github_server.render.common import Json, node
from tests.github_server.render.pulls import root
from tests.github_server.settings import DeployKey, Environment
from tests.github_server.web import ApiError, Reply, Request, not_found, operation

MADE = "2025-01-01T00:00:00Z"


@operation("actions/get-github-actions-permissions-repository", "administration:read")
def actions(request: Request) -> Reply:
    """Whether Actions runs, and what it may run."""
    settings = request.repo.settings
    if not settings.actions_enabled:
        return Reply(200, {"enabled": False})
    shown: Json = {"enabled": True, "allowed_actions": settings.allowed_actions, "sha_pinning_required": False}
    if settings.allowed_actions == "selected":
        shown["selected_actions_url"] = f"{root(request.repo)}/actions/permissions/selected-actions"
    return Reply(200, shown)


@operation("actions/get-allowed-actions-repository", "administration:read")
def selected(request: Request) -> Reply:
    """The patterns, where only selected actions may run."""
    settings = request.repo.settings
    if settings.allowed_actions != "selected":
        raise ApiError(409, "Conflict")
    patterns = {"patterns_allowed": settings.selected_actions}
    return Reply(200, {"github_owned_allowed": True, "verified_allowed": False} | patterns)


@operation("actions/get-github-actions-default-workflow-permissions-repository", "administration:read")
def workflow_permissions(request: Request) -> Reply:
    """What a workflow's token may do that does not say."""
    settings = request.repo.settings
    approve = {"can_approve_pull_request_reviews": settings.workflows_may_approve}
    return Reply(200, {"default_workflow_permissions": settings.default_workflow_permissions} | approve)


@operation("actions/get-fork-pr-contributor-approval-permissions-repository", "administration:read")
def fork_approval(request: Request) -> Reply:
    """Whose workflows wait for somebody to let them run."""
    return Reply(200, {"approval_policy": request.repo.settings.fork_approval})


@operation("repos/list-deploy-keys", "administration:read")
def deploy_keys(request: Request) -> Reply:
    """The deploy keys."""

    def show(it: DeployKey) -> Json:
        return {
            "id": it.id,
            "key": f"ssh-ed25519 {it.id}",
            "url": f"{root(request.repo)}/keys/{it.id}",
            "title": it.title,
            "verified": True,
            "created_at": MADE,
            "read_only": it.read_only,
        }

    return request.pages(request.repo.settings.keys, show)


def _environment(request: Request) -> Environment:
    found = request.repo.settings.environments.get(request.params["environment_name"])
    if found is None:
        raise not_found()
    return found


@operation("repos/get-environment", "actions:read")
def environment(request: Request) -> Reply:
    """An environment."""
    it = _environment(request)
    limit = {"protected_branches": it.branches == "protected", "custom_branch_policies": isinstance(it.branches, list)}
    return Reply(
        200,
        {
            "id": it.id,
            "node_id": node("EN", it.id),
            "name": it.name,
            "url": f"{root(request.repo)}/environments/{it.name}",
            "html_url": f"{request.server.html_url}/{request.repo.full_name}/deployments/{it.name}",
            "created_at": MADE,
            "updated_at": MADE,
            "protection_rules": [],
            "deployment_branch_policy": None if it.branches is None else limit,
        },
    )


@operation("repos/list-deployment-branch-policies", "actions:read")
def branch_policies(request: Request) -> Reply:
    """The branches that may use an environment, as patterns."""
    it = _environment(request)
    names = it.branches if isinstance(it.branches, list) else []
    return request.pages(
        list(enumerate(names, 1)),
        lambda one: {"id": one[0], "node_id": node("BP", one[0]), "name": one[1], "type": "branch"},
        lambda page: {"total_count": len(names), "branch_policies": page},
    )


def _secrets(request: Request, names: list[str]) -> Reply:
    return request.pages(
        names,
        lambda name: {"name": name, "created_at": MADE, "updated_at": MADE},
        lambda page: {"total_count": len(names), "secrets": page},
    )


@operation("actions/list-environment-secrets", "environments:read")
def environment_secrets(request: Request) -> Reply:
    """The names of an environment's secrets."""
    return _secrets(request, _environment(request).secrets)


@operation("actions/list-repo-secrets", "secrets:read")
def secrets(request: Request) -> Reply:
    """The names of the repository's secrets."""
    return _secrets(request, request.repo.settings.secrets)


@operation("actions/list-repo-organization-secrets", "secrets:read")
def organization_secrets(request: Request) -> Reply:
    """The names of the organization's secrets that the repository may read."""
    return _secrets(request, request.repo.settings.organization_secrets)


@operation("orgs/list-app-installations", "organization_administration:read")
def installations(request: Request) -> Reply:
    """The Apps that are installed on an organization's repositories."""
    name = request.params["org"].lower()
    found = [it for it in request.server.installations if it.organization.login.lower() == name]
    return request.pages(
        found,
        lambda it: installation(request.server, it),
        lambda page: {"total_count": len(found), "installations": page},
    )
