"""What a route sees of a request and what it answers: errors, pages, permissions, and the registry of operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from tests.github_server.model import Discussed, Pull, Token

if TYPE_CHECKING:
    from tests.github_server.openapi import Operation
    from tests.github_server.repository import Repository
    from tests.github_server.server import GitHubServer

DOCS = "https://docs.github.com/rest"
Item = TypeVar("Item")


class ApiError(Exception):
    """An answer that is an error; `errors` are GitHub's validation details (code, field, message)."""

    def __init__(
        self, status: int, message: str, errors: Sequence[dict[str, Any]] | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body: dict[str, Any] = {"message": message, "documentation_url": DOCS}
        if errors is not None:
            self.body["errors"] = list(errors)
        else:
            self.body["status"] = str(status)


def invalid(resource: str, field: str, message: str | None = None, code: str = "invalid") -> ApiError:
    """GitHub's 422."""
    detail = {"resource": resource, "field": field, "code": "custom" if message else code} | (
        {"message": message} if message else {}
    )
    return ApiError(422, "Validation Failed", [detail])


def not_found() -> ApiError:
    """GitHub's 404, which also hides what one may not see."""
    return ApiError(404, "Not Found")


@dataclass(slots=True)
class Reply:
    """An answer; `raw` replaces the JSON body."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


@dataclass(slots=True)
class Request:
    """A request that keeps to the description and has a good token."""

    server: GitHubServer
    operation: Operation
    path: str
    params: dict[str, Any]
    query: dict[str, Any]
    body: Any
    accept: str
    token: Token
    ignored: bool = False

    @property
    def repo(self) -> Repository:
        """The repository that the path names, or 404."""
        repo = self.server.repositories.get(f"{self.params['owner']}/{self.params['repo']}".lower())
        if repo is None or (repo.private and self.token.repository not in (None, repo)):
            raise not_found()
        return repo

    @property
    def pull(self) -> Pull:
        """The pull request that the path names, or 404."""
        number = self.params.get("pull_number", self.params.get("issue_number"))
        if number not in self.repo.pulls:
            raise not_found()
        return self.repo.pulls[number]

    @property
    def discussed(self) -> Discussed:
        """The pull request or issue that the path names, or 404; 410 for an issue where issues are switched off."""
        number, repo = self.params["issue_number"], self.repo
        if number in repo.pulls:
            return repo.pulls[number]
        if not repo.settings.has_issues:
            raise ApiError(410, "Issues has been disabled in this repository.")
        if number not in repo.issues:
            raise not_found()
        return repo.issues[number]

    def require(self, alternatives: str) -> None:
        """403 unless the token holds one of the permissions, `contents:read|pull_requests:read`."""
        wanted = [tuple(one.split(":")) for one in alternatives.split("|")]
        if not any(self.token.allows(name, level) for name, level in wanted):
            raise self.refusal("; ".join(f"{name}={level}" for name, level in wanted))

    def require_administrator(self) -> None:
        """404 for a person who does not administrate the repository, whatever their token may."""
        if self.repo.permission_of(self.token.account.login) != "admin":
            raise not_found()

    def refusal(self, accepted: str) -> ApiError:
        """GitHub's 403 for a token without the right, naming what would do."""
        kind = "integration" if self.token.kind in {"actions", "app"} else "personal access token"
        return ApiError(403, f"Resource not accessible by {kind}", headers={"X-Accepted-GitHub-Permissions": accepted})

    def pages(self, items: Sequence[Item], show: Callable[[Item], Any], wrap: Callable[[list[Any]], Any] | None = None) -> Reply:
        """One page of a list, with a Link header to the others."""
        size = min(self.query.get("per_page", 30), 100)
        number = self.query.get("page", 1)
        last = max(1, -(-len(items) // size))
        page = [show(item) for item in items[(number - 1) * size : number * size]]
        headers = self.links(number, last)
        return Reply(200, wrap(page) if wrap else page, headers)

    def links(self, number: int, last: int) -> dict[str, str]:
        """The Link header of a page."""
        targets: dict[str, int] = {}
        if number > 1:
            targets |= {"prev": min(number - 1, last), "first": 1}
        if number < last:
            targets |= {"next": number + 1, "last": last}
        shown = [
            f'<{self.server.url}{self.path}?{urlencode(self.query | {"page": page})}>; rel="{rel}"'
            for rel, page in targets.items()
        ]
        return {"Link": ", ".join(shown)} if shown else {}


Handler = Callable[[Request], Reply]
HANDLERS: dict[str, tuple[Handler, str]] = {}


def operation(name: str, permission: str) -> Callable[[Handler], Handler]:
    """Register a route for an operation of the description; `permission` is what `Request.require` takes."""

    def register(handler: Handler) -> Handler:
        assert name not in HANDLERS, name
        HANDLERS[name] = (handler, permission)
        return handler

    return register
