"""Approvals in comments: ``/agentowners approve <commit>`` counts like a review, where the policy says so.

They are asked for where something is to be approved. Anybody who may write can edit what others wrote, or delete it. So an edited
comment approves nothing, and an approval, in a review too, is gone once somebody else has edited or deleted anything of whoever
gave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Change, Review, ReviewState, Via
from agentowners.github.errors import UNTOLD, suppress_trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import CommentEdit, Deletion, PullComment
from agentowners.identity.accounts import same_account
from agentowners.policy.patterns import ascii_lower

_APPROVE: Final = re.compile(r"/agentowners approve ([0-9a-f]{40}(?:[0-9a-f]{24})?)")
_UNAPPROVE: Final = re.compile(r"/agentowners[ \t]+unapprove\b.*")
"""Whatever else is said on the line: who takes an approval back is not to be overheard for a blank at its end."""
_OF_OTHER_BASE: Final = "gave it before the base branch was changed"
_OF_OTHER_CHANGE: Final = "named a commit that is none of this change"


def approves(comment: PullComment) -> str | None:
    """The commit that a comment would approve if it counts, by id."""
    match = _APPROVE.fullmatch(_first_line(comment))
    return None if match is None or comment.by_app or comment.author is None else match[1]


def takes_back(comment: PullComment) -> bool:
    """True if a comment takes its author's approval back."""
    return _UNAPPROVE.fullmatch(_first_line(comment)) is not None and not comment.by_app


def comment_reviews(
    comments: Sequence[PullComment],
    edits: Mapping[int, CommentEdit | None],
    deletions: Iterable[Deletion],
    commits: Set[str],
    base_changed: str | None,
) -> list[tuple[str, Review]]:
    """Reviews that comments amount to, each with its time.

    Args:
        comments: all that are there.
        edits: how each was edited, by its id; one that is missing here approves nothing.
        deletions: of those that are not there any more.
        commits: the change's, by id.
        base_changed: when the change became another one of the same commits, None where it never did.
    """
    interfered = _interfered(edits, deletions)
    reviews = []
    for comment in comments:
        commit, edit = approves(comment), edits.get(comment.id)
        if takes_back(comment):
            time = max(comment.time, edit.time) if edit is not None else comment.time
            reviews.append((time, _review(comment, ReviewState.DISMISSED)))
        elif commit is not None and comment.id in edits and edit is None:
            lost = any(time >= comment.time and _may_be(whose, comment.author) for time, whose in interfered)
            review = _review(comment, ReviewState.DISMISSED if lost else ReviewState.APPROVED, commit)
            reviews.append((comment.time, review if commit in commits else replace(review, outdated=_OF_OTHER_CHANGE)))
    return [
        (time, replace(each, outdated=_OF_OTHER_BASE) if base_changed is not None and time <= base_changed else each)
        for time, each in reviews
    ]


def withdrawn(
    reviews: Iterable[Review], times: Mapping[int, str], edits: Mapping[int, CommentEdit | None], deletions: Iterable[Deletion]
) -> list[tuple[str, Review]]:
    """Events that take approvals back, each with its time: that somebody else has since edited or deleted a comment of whoever
    gave one, in which it may have been taken back."""
    latest: dict[object, str] = {}
    for time, whose in _interfered(edits, deletions):
        if whose is not None:
            latest |= {key: max(time, latest.get(key, "")) for key in _keys(whose)}
    dismissals = []
    for review in reviews:
        if review.state is ReviewState.APPROVED and review.reviewer is not None:
            time = max(latest.get(key, "") for key in _keys(review.reviewer))
            if time and time >= times.get(review.id, ""):
                dismissals.append((time, Review(review.id, review.reviewer, ReviewState.DISMISSED, None, via=Via.COMMENT)))
    return dismissals


def _interfered(edits: Mapping[int, CommentEdit | None], deletions: Iterable[Deletion]) -> list[tuple[str, Account | None]]:
    """When somebody may have edited or deleted what another wrote, and whose it was."""
    changed = [edit for edit in edits.values() if edit is not None]
    edits_by_others = [(edit.time, edit.author) for edit in changed if _by_another(edit.author, edit.editor)]
    return edits_by_others + [(gone.time, gone.author) for gone in deletions if _by_another(gone.author, gone.actor)]


def in_order(reviews: Sequence[Review], times: Mapping[int, str], comments: Sequence[tuple[str, Review]]) -> tuple[Review, ...]:
    """Reviews and what comments say, oldest first; of what was said in one second, approvals come before what takes them back."""
    timed = [(times.get(review.id, ""), review) for review in reviews] + list(comments)
    return tuple(review for _, review in sorted(timed, key=lambda each: (each[0], each[1].state is not ReviewState.APPROVED)))


def _first_line(comment: PullComment) -> str:
    return comment.body.partition("\n")[0].removesuffix("\r")


def _review(comment: PullComment, state: ReviewState, commit: str | None = None) -> Review:
    return Review(comment.id, comment.author, state, commit, via=Via.COMMENT, url=comment.url)


def _by_another(author: Account | None, actor: Account | None) -> bool:
    """True if somebody may have acted on what another wrote."""
    return author is None or actor is None or author.type is not AccountType.USER or not same_account(author, actor)


def _keys(account: Account) -> tuple[object, object]:
    """By what a comment may be known to have been somebody's."""
    login = ascii_lower(account.login)
    return login, login if account.id is None else account.id


def _may_be(whose: Account | None, author: Account | None) -> bool:
    """True if a comment may have been somebody's."""
    if whose is None or author is None:
        return True
    return same_account(whose, author) or ascii_lower(whose.login) == ascii_lower(author.login)


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
    comments = None
    with suppress_trouble(*UNTOLD):
        comments = tuple(each for each in host.pulls.said(number) if approves(each) is not None or takes_back(each))
    if comments is None:
        return CommentFacts(untold="the comments cannot be read (`pull-requests: read`)")
    approved = any(map(approves, comments)) or any(review.state is ReviewState.APPROVED for review in reviews)
    if not comments and not approved:
        return CommentFacts()
    with suppress_trouble(*UNTOLD):
        edits = host.pulls.edits(number)
        deletions = host.pulls.deletions(number) if approved else ()
        return CommentFacts(comments, edits, deletions, host.timelines.base_changed(number))
    return CommentFacts(comments, untold="whether somebody else edited or deleted one cannot be told (`pull-requests: read`)")


def with_comments(change: Change, facts: CommentFacts, times: Mapping[int, str]) -> Change:
    """A change with the comments that approve it or take an approval back among its reviews.

    Args:
        change: as it is without.
        facts: what was said.
        times: when each review was submitted, by its id.
    """
    commits = {*change.commits, *((change.head,) if change.head is not None else ())}
    reviews = comment_reviews(facts.comments, facts.edits, facts.deletions, commits, facts.base_changed)
    reviews += withdrawn(change.reviews, times, facts.edits, facts.deletions)
    return replace(change, reviews=in_order(change.reviews, times, reviews)) if reviews else change
