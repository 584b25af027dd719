"""A repository's settings: Actions, keys, environments, access. A setting that may not be read is unavailable, not missing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from typing import ParamSpec, TypeVar
from urllib.parse import quote

from agentowners.checkup.facts import PROTECTED_ONLY, Actions, App, Environment, Fact, Person, WorkflowToken
from agentowners.engine.facts import Known, Unavailable
from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.queries import MERGE_SETTINGS
from agentowners.github.reading import JsonNode
from agentowners.policy.model import Permission

P = ParamSpec("P")
T = TypeVar("T")
_ADMINISTRATION = "administration: read"
_FORK_POLICIES = {
    "first_time_contributors_new_to_github": "first-time contributors who are new to GitHub",
    "first_time_contributors": "first-time contributors",
    "all_external_contributors": "everyone outside",
}


def fact(read: Callable[[], T], permission: str) -> Fact[T]:
    """Result of a reading, or why there is none: GitHub refuses it (with the permission it takes), or it is too long.

    Raises:
        PlatformError: GitHub did not refuse, but fail.
    """
    try:
        return Known(read())
    except PlatformError as error:
        if error.trouble is Trouble.INCOMPLETE:
            return Unavailable(error.message)
        if error.trouble not in (Trouble.FORBIDDEN, Trouble.NOT_FOUND):
            raise
        return Unavailable("GitHub does not tell this token", permission)


def told_with(permission: str) -> Callable[[Callable[P, T]], Callable[P, Fact[T]]]:
    """Make a function that reads something give it as a ``fact``."""

    def made(read: Callable[P, T]) -> Callable[P, Fact[T]]:
        @wraps(read)
        def told(*args: P.args, **kwargs: P.kwargs) -> Fact[T]:
            return fact(partial(read, *args, **kwargs), permission)

        return told

    return made


class Settings:
    """A repository's settings. Each method's sources are GitHub's pages on the endpoints that it names."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._root = api.root

    def rebases(self) -> bool | None:
        """True if pull requests may be merged by rebasing, as those are told who may only read; None where they are not."""
        with suppress(PlatformError):
            return self._api.of_repository(MERGE_SETTINGS)["rebaseMergeAllowed"].flag()
        return None

    @told_with(_ADMINISTRATION)
    def actions(self) -> Actions:
        """Source: https://docs.github.com/en/rest/actions/permissions#get-github-actions-permissions-for-a-repository"""
        node = self._api.get(f"{self._root}/actions/permissions")
        if not node["enabled"].flag():
            return Actions(False, "")
        allowed = node.words("allowed_actions", "all")
        patterns: tuple[str, ...] = ()
        if allowed == "selected":
            listed = self._api.get(f"{self._root}/actions/permissions/selected-actions")
            patterns = tuple(item.text() for item in listed["patterns_allowed"].items())
        return Actions(True, allowed, patterns)

    @told_with(_ADMINISTRATION)
    def workflow_token(self) -> WorkflowToken:
        """Source: https://docs.github.com/en/rest/actions/permissions#get-default-workflow-permissions-for-a-repository"""
        node = self._api.get(f"{self._root}/actions/permissions/workflow")
        writes = node["default_workflow_permissions"].text() != "read"
        return WorkflowToken(writes, node["can_approve_pull_request_reviews"].flag())

    @told_with(_ADMINISTRATION)
    def fork_approval(self) -> str:
        """Authors whose workflows wait for a person, in words.

        Source: https://docs.github.com/en/rest/actions/permissions#get-fork-pr-contributor-approval-permissions-for-a-repository
        """
        node = self._api.get(f"{self._root}/actions/permissions/fork-pr-contributor-approval")
        return _FORK_POLICIES.get(node["approval_policy"].text(), "some contributors")

    @told_with(_ADMINISTRATION)
    def keys(self) -> tuple[str, ...]:
        """Those that may write. Source: https://docs.github.com/en/rest/deploy-keys/deploy-keys#list-deploy-keys"""
        return tuple(key["title"].text() for key in self._api.pages(f"{self._root}/keys") if not key["read_only"].flag())

    @told_with("metadata: read, of an account that may write")
    def people(self) -> tuple[Person, ...]:
        """Source: https://docs.github.com/en/rest/collaborators/collaborators#list-repository-collaborators"""
        return tuple(Person(node.account(), _permission(node)) for node in self._api.pages(f"{self._root}/collaborators"))

    def apps(self, organization: str | None) -> Fact[tuple[App, ...]]:
        """The Apps of an organization; those of a person's repository GitHub lists to nobody.

        Source: https://docs.github.com/en/rest/orgs/orgs#list-app-installations-for-an-organization
        """
        if organization is None:
            return Unavailable("which Apps a person's repository has is shown on the page Settings → GitHub Apps only")
        return self._apps_of(organization)

    @told_with("organization administration: read")
    def _apps_of(self, organization: str) -> tuple[App, ...]:
        listed = self._api.pages(f"/orgs/{quote(organization, safe='')}/installations", member="installations")
        return tuple(_app(node) for node in listed if node.get("suspended_at") is None)

    @told_with("actions: read")
    def environment(self, name: str) -> Environment | None:
        """An environment, None where there is none.

        Source: https://docs.github.com/en/rest/deployments/environments#get-an-environment
        """
        path = f"{self._root}/environments/{quote(name, safe='')}"
        node = self._api.find(path)
        if node is None:
            return None
        secrets = fact(lambda: self._listed_names(f"{path}/secrets"), "environments: read")
        return Environment(self._branches(path, node.get("deployment_branch_policy")), secrets)

    def _branches(self, path: str, limit: JsonNode | None) -> tuple[str, ...] | None:
        if limit is None:
            return None
        if limit["protected_branches"].flag():
            return (PROTECTED_ONLY,)
        return self._listed_names(f"{path}/deployment-branch-policies", "branch_policies")

    def _listed_names(self, path: str, member: str = "secrets") -> tuple[str, ...]:
        return tuple(item["name"].text() for item in self._api.pages(path, member=member))

    @told_with("secrets: read")
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets that every workflow can read: the repository's, and the organization's.

        Source: https://docs.github.com/en/rest/actions/secrets#list-repository-secrets
        """
        paths = f"{self._root}/actions/secrets", f"{self._root}/actions/organization-secrets"
        return tuple(name for path in paths for name in self._listed_names(path))


def _permission(person: JsonNode) -> Permission:
    held = person["permissions"]
    known = (
        ("admin", Permission.ADMIN),
        ("maintain", Permission.MAINTAIN),
        ("push", Permission.WRITE),
        ("triage", Permission.TRIAGE),
    )
    return next((permission for word, permission in known if held.is_on(word)), Permission.READ)


def _app(node: JsonNode) -> App:
    granted = node["permissions"].value
    permissions = {str(name): str(level) for name, level in granted.items()} if isinstance(granted, dict) else {}
    return App(node["app_id"].number(), node["app_slug"].text(), permissions)
