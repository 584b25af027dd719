"""Issues, and pull requests as issues: comments, events, timeline, assignees."""

from __future__ import annotations

import calendar
import time

from tests.github_server.model import RANK, Comment, Discussed
from tests.github_server.render import pulls as render
from tests.github_server.render.common import user
from tests.github_server.web import ApiError, Reply, Request, invalid, not_found, operation

EITHER_READ = "issues:read|pull_requests:read"
EITHER_WRITE = "issues:write|pull_requests:write"
LONGEST_BODY = 65_536
# what the events list shows; the timeline has all
EVENTS = frozenset({"labeled", "unlabeled", "assigned", "unassigned", "renamed", "review_requested", "review_dismissed"})


@operation("issues/get", EITHER_READ)
def get(request: Request) -> Reply:
    """An issue, or the one that every pull request is."""
    return Reply(200, render.issue(request.discussed))


@operation("issues/list-events", EITHER_READ)
def list_events(request: Request) -> Reply:
    """What was done to it, oldest first; only the kinds that the description has."""
    home = request.discussed
    events = [it for it in home.timeline if it.event in EVENTS]
    return request.pages(events, lambda it: _with_assigner(render.event(home, it)))


def _with_assigner(shown: dict[str, object]) -> dict[str, object]:
    if shown["event"] in {"assigned", "unassigned"}:
        shown["assigner"] = shown["actor"]
    return shown


@operation("issues/list-events-for-timeline", EITHER_READ)
def timeline(request: Request) -> Reply:
    """All of it, oldest first."""
    home = request.discussed
    # of a deleted comment only GraphQL tells
    return request.pages([it for it in home.timeline if it.event != "comment_deleted"], lambda it: render.event(home, it))


def _body(request: Request) -> str:
    body: str = request.body["body"]
    if not body.strip():
        raise invalid("IssueComment", "body", code="missing_field")
    if len(body) > LONGEST_BODY:
        raise invalid("IssueComment", "body", f"body is too long (maximum is {LONGEST_BODY} characters)")
    return body


@operation("issues/list-comments", EITHER_READ)
def list_comments(request: Request) -> Reply:
    """Oldest first."""
    since = request.query.get("since")
    start = calendar.timegm(time.strptime(since[:19], "%Y-%m-%dT%H:%M:%S")) if since else 0
    found = [it for it in request.discussed.comments if it.updated_at >= start]
    return request.pages(found, lambda it: render.comment(request.repo, it))


@operation("issues/create-comment", EITHER_WRITE)
def create_comment(request: Request) -> Reply:
    """As the token's account."""
    comment = request.repo.comment(request.discussed, request.token.account.login, _body(request), request.token.app)
    return Reply(201, render.comment(request.repo, comment))


def _find(request: Request) -> Comment:
    homes: list[Discussed] = [*request.repo.pulls.values(), *request.repo.issues.values()]
    for home in homes:
        for comment in home.comments:
            if comment.id == request.params["comment_id"]:
                return comment
    raise not_found()


def _own(request: Request, comment: Comment) -> None:
    token = request.token
    if (
        token.kind == "user"
        and comment.user is not token.account
        and RANK[request.repo.permission_of(token.account.login)] < RANK["write"]
    ):
        raise ApiError(403, "Must have write access to change another's comment")


@operation("issues/get-comment", EITHER_READ)
def get_comment(request: Request) -> Reply:
    """One comment."""
    return Reply(200, render.comment(request.repo, _find(request)))


@operation("issues/update-comment", EITHER_WRITE)
def update_comment(request: Request) -> Reply:
    """A new text."""
    comment = _find(request)
    _own(request, comment)
    request.repo.edit_comment(comment, _body(request), request.token.account)
    return Reply(200, render.comment(request.repo, comment))


@operation("issues/delete-comment", EITHER_WRITE)
def delete_comment(request: Request) -> Reply:
    """Gone."""
    comment = _find(request)
    _own(request, comment)
    request.repo.delete_comment(comment, request.token.account)
    return Reply(204)


@operation("issues/add-assignees", EITHER_WRITE)
def add_assignees(request: Request) -> Reply:
    """People without push access are silently left out, as on GitHub."""
    for it in (request.body or {}).get("assignees", []):
        login = it if isinstance(it, str) else it["login"]
        account = request.server.accounts.get(login.lower())
        if account and (account.type == "Bot" or RANK[request.repo.permission_of(login)] >= RANK["triage"]):
            request.repo.assign(request.discussed, login, request.token.account.login)
    return Reply(201, render.issue(request.discussed))


@operation("issues/remove-assignees", EITHER_WRITE)
def remove_assignees(request: Request) -> Reply:
    """Those named."""
    for login in request.body["assignees"]:
        request.repo.unassign(request.discussed, login, request.token.account.login)
    return Reply(200, render.issue(request.discussed))


@operation("issues/list-assignees", EITHER_READ)
def list_assignees(request: Request) -> Reply:
    """Who can be assigned."""
    people = [
        it
        for it in request.server.accounts.values()
        if it.type == "User" and RANK[request.repo.permission_of(it.login)] >= RANK["triage"]
    ]
    return request.pages(people, lambda it: user(request.server, it))


@operation("issues/check-user-can-be-assigned", EITHER_READ)
def can_be_assigned(request: Request) -> Reply:
    """204 or 404."""
    if RANK[request.repo.permission_of(request.params["assignee"])] < RANK["triage"]:
        raise not_found()
    return Reply(204)
