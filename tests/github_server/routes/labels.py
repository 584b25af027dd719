"""Labels of the repository and on a pull request."""

from __future__ import annotations

import re

from tests.github_server.model import Label
from tests.github_server.render.pulls import label as show
from tests.github_server.repository import Repository
from tests.github_server.web import ApiError, Reply, Request, invalid, not_found, operation

EITHER_READ = "issues:read|pull_requests:read"
EITHER_WRITE = "issues:write|pull_requests:write"
NAME, DESCRIPTION, ON_ONE_ISSUE = 50, 100, 100


def _check(
    repo: Repository,
    *,
    name: str | None = None,
    color: str | None = None,
    description: str | None = None,
    old: Label | None = None,
) -> None:
    if name is not None:
        if not name.strip():
            raise invalid("Label", "name", code="missing_field")
        if len(name) > NAME:
            raise invalid("Label", "name", f"name is too long (maximum is {NAME} characters)")
        known = repo.find_label(name)
        if known is not None and known is not old:
            raise invalid("Label", "name", code="already_exists")
    if color is not None and not re.fullmatch(r"[0-9A-Fa-f]{6}", color):
        raise invalid("Label", "color")
    if description is not None and len(description) > DESCRIPTION:
        raise invalid("Label", "description", f"description is too long (maximum is {DESCRIPTION} characters)")


def _find(request: Request) -> Label:
    label = request.repo.find_label(request.params["name"])
    if label is None:
        raise not_found()
    return label


@operation("issues/list-labels-for-repo", EITHER_READ)
def list_for_repo(request: Request) -> Reply:
    """All labels, by name."""
    repo = request.repo
    return request.pages(sorted(repo.labels.values(), key=lambda label: label.name.lower()), lambda it: show(repo, it))


@operation("issues/get-label", EITHER_READ)
def get(request: Request) -> Reply:
    """One label."""
    return Reply(200, show(request.repo, _find(request)))


@operation("issues/create-label", "issues:write")
def create(request: Request) -> Reply:
    """Needs `issues: write`, which putting an existing label on a pull request does not."""
    repo, body = request.repo, request.body
    _check(repo, name=body["name"], color=body.get("color"), description=body.get("description"))
    label = repo.add_label(body["name"], body.get("color", "ededed").lower(), body.get("description"))
    return Reply(201, show(repo, label))


@operation("issues/update-label", "issues:write")
def update(request: Request) -> Reply:
    """Rename, recolour, describe."""
    repo, body, label = request.repo, request.body or {}, _find(request)
    _check(repo, name=body.get("new_name"), color=body.get("color"), description=body.get("description"), old=label)
    if "new_name" in body:
        for pull in repo.pulls.values():
            pull.labels = [body["new_name"] if name == label.name else name for name in pull.labels]
        del repo.labels[label.name]
        label.name = body["new_name"]
        repo.labels[label.name] = label
    label.color = body.get("color", label.color)
    label.description = body.get("description", label.description)
    return Reply(200, show(repo, label))


@operation("issues/delete-label", "issues:write")
def delete(request: Request) -> Reply:
    """Gone from every pull request too."""
    label = _find(request)
    for pull in request.repo.pulls.values():
        pull.labels = [name for name in pull.labels if name != label.name]
    del request.repo.labels[label.name]
    return Reply(204)


def _listed(request: Request) -> list[Label]:
    return [request.repo.labels[name] for name in request.discussed.labels]


def _answer(request: Request) -> Reply:
    return Reply(200, [show(request.repo, it) for it in _listed(request)])


@operation("issues/list-labels-on-issue", EITHER_READ)
def list_on_issue(request: Request) -> Reply:
    """The labels of a pull request."""
    return request.pages(_listed(request), lambda it: show(request.repo, it))


def _names(request: Request) -> list[str]:
    body = request.body or {}
    given = body if isinstance(body, list) else body.get("labels", [])
    names = [it if isinstance(it, str) else it["name"] for it in given]
    for name in names:
        if request.repo.find_label(name) is None:
            # a missing label is created on the way, which takes what creating takes
            request.require("issues:write")
            _check(request.repo, name=name)
    if len(set(names) | set(request.discussed.labels)) > ON_ONE_ISSUE:
        raise ApiError(422, f"Validation Failed: no more than {ON_ONE_ISSUE} labels", [])
    return names


@operation("issues/add-labels", EITHER_WRITE)
def add(request: Request) -> Reply:
    """Existing labels need pull requests or issues write; missing ones are created only with issues write."""
    for name in _names(request):
        request.repo.label(request.discussed, name, request.token.account, request.token.app)
    return _answer(request)


@operation("issues/set-labels", EITHER_WRITE)
def replace(request: Request) -> Reply:
    """Exactly these."""
    names = _names(request)
    wanted = {name.lower() for name in names}
    for name in [it for it in request.discussed.labels if it.lower() not in wanted]:
        request.repo.unlabel(request.discussed, name, request.token.account, request.token.app)
    for name in names:
        request.repo.label(request.discussed, name, request.token.account, request.token.app)
    return _answer(request)


@operation("issues/remove-label", EITHER_WRITE)
def remove(request: Request) -> Reply:
    """404 where it is not on the pull request."""
    label = request.repo.find_label(request.params["name"])
    if label is None or label.name not in request.discussed.labels:
        raise ApiError(404, "Label does not exist")
    request.repo.unlabel(request.discussed, label.name, request.token.account, request.token.app)
    return _answer(request)


@operation("issues/remove-all-labels", EITHER_WRITE)
def remove_all(request: Request) -> Reply:
    """None left."""
    for name in list(request.discussed.labels):
        request.repo.unlabel(request.discussed, name, request.token.account, request.token.app)
    return Reply(204)
