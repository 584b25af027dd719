"""Comments that approve or take back, asked for where the policy lets them count and something is to be approved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.action.comment_reviews import approves, comment_reviews, in_order, takes_back, withdrawn
from agentowners.change.model import Change, Review, ReviewState
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import CommentEdit, Deletion, PullComment

_UNTOLD: Final = (Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.INCOMPLETE, Trouble.INVALID)


class CommentFacts(Struct, frozen=True):
    """Comments to the gate on a pull request."""

    comments: tuple[PullComment, ...] = ()
    """Those that approve or take back."""
    edits: Mapping[int, CommentEdit | None] = field(default_factory=dict)
    """All comments, by their ids."""
    deletions: tuple[Deletion, ...] = ()
    base_changed: str | None = None
    untold: str | None = None
    """Why none of them approves, for people."""


def spoken(host: GitHubHost, number: int, reviews: Iterable[Review]) -> CommentFacts:
    """Comments on a pull request, as they are now; of comments that are not as they were only where there is an approval, by a
    comment or a review.

    Raises:
        PlatformError: GitHub does not answer.
        MalformedError: an answer makes no sense.
    """
    try:
        comments = tuple(each for each in host.pulls.said(number) if approves(each) is not None or takes_back(each))
    except PlatformError as error:
        if error.trouble not in _UNTOLD:
            raise
        return CommentFacts(untold="the comments cannot be read (`pull-requests: read`)")
    approved = any(map(approves, comments)) or any(review.state is ReviewState.APPROVED for review in reviews)
    if not comments and not approved:
        return CommentFacts()
    try:
        edits = host.pulls.edits(number)
        deletions = host.pulls.deletions(number) if approved else ()
        return CommentFacts(comments, edits, deletions, host.timelines.base_changed(number))
    except PlatformError as error:
        if error.trouble not in _UNTOLD:
            raise
        return CommentFacts(comments, untold="whether somebody else edited or deleted one cannot be told (`pull-requests: read`)")


def with_comments(change: Change, said: CommentFacts, times: Mapping[int, str]) -> Change:
    """A change with the comments that approve it or take an approval back among its reviews.

    Args:
        change: as it is without.
        said: what was said.
        times: when each review was submitted, by its id.
    """
    commits = {*change.commits, *((change.head,) if change.head is not None else ())}
    found = comment_reviews(said.comments, said.edits, said.deletions, commits, said.base_changed)
    found += withdrawn(change.reviews, times, said.edits, said.deletions)
    return replace(change, reviews=in_order(change.reviews, times, found)) if found else change
