"""Reviews: listed in the order they were given, as GitHub does; created, read, dismissed."""

from __future__ import annotations

from tests.github_server.model import RANK, Review
from tests.github_server.render.pulls import review as show
from tests.github_server.web import ApiError, Reply, Request, not_found, operation

STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def _find(request: Request) -> Review:
    for review in request.pull.reviews:
        if review.id == request.params["review_id"] and _visible(request, review):
            return review
    raise not_found()


def _visible(request: Request, review: Review) -> bool:
    return review.state != "PENDING" or review.user is request.token.account


@operation("pulls/list-reviews", "pull_requests:read")
def list_reviews(request: Request) -> Reply:
    """Every submitted review, oldest first; a pending one is seen by its author alone."""
    pull = request.pull
    return request.pages([it for it in pull.reviews if _visible(request, it)], lambda review: show(pull, review))


@operation("pulls/get-review", "pull_requests:read")
def get(request: Request) -> Reply:
    """One review."""
    return Reply(200, show(request.pull, _find(request)))


@operation("pulls/create-review", "pull_requests:write")
def create(request: Request) -> Reply:
    """As the token's account; nobody approves their own pull request."""
    pull, body = request.pull, request.body or {}
    event = body.get("event")
    if event in {"APPROVE", "REQUEST_CHANGES"} and pull.user is request.token.account:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise ApiError(422, f"Can not {verb} your own pull request")
    if event in {"REQUEST_CHANGES", "COMMENT"} and not body.get("body"):
        raise ApiError(422, "Unprocessable Entity: a body is needed")
    commit = body.get("commit_id", pull.head_sha)
    if commit not in (pull.head_sha, *pull.repo.commits_of(pull)):
        raise ApiError(422, "commit_id is not part of the pull request")
    state = STATES[event] if event else "PENDING"
    review = pull.repo.review(pull, request.token.account.login, state, commit=commit, body=body.get("body", ""))
    return Reply(200, show(pull, review))


@operation("pulls/dismiss-review", "pull_requests:write")
def dismiss(request: Request) -> Reply:
    """Takes write permission on the repository."""
    review, pull = _find(request), request.pull
    if review.state not in {"APPROVED", "CHANGES_REQUESTED"}:
        raise ApiError(422, "Can not dismiss a commented pull request review")
    if request.token.kind == "user" and RANK[pull.repo.permission_of(request.token.account.login)] < RANK["write"]:
        raise ApiError(403, "Must have write access to dismiss a review")
    pull.repo.dismiss(review, request.token.account.login, request.body["message"])
    return Reply(200, show(pull, review))
