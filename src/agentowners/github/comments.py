"""Comments on a pull request with what became of them: who edited one, and whose were deleted."""

from __future__ import annotations

from typing import Final

from agentowners.change.model import Account, AccountType
from agentowners.github.client import Api
from agentowners.github.model import CommentEdit, Deletion, PullComment
from agentowners.github.queries import COMMENT_EDITS, DELETED_COMMENTS
from agentowners.github.reading import JsonNode, MalformedError, maybe_account

_DIGITS: Final = 19


def said(api: Api, number: int) -> tuple[PullComment, ...]:
    """All comments that are there, oldest first, through whichever App."""
    return tuple(
        PullComment(
            id=node["id"].number(),
            author=maybe_account(node.get("user")),
            body=node.words("body"),
            time=node["created_at"].text(),
            by_app=node.get("performed_via_github_app") is not None,
            url=node.words("html_url"),
        )
        for node in api.pages(f"{api.root}/issues/{number}/comments")
    )


def edits(api: Api, number: int) -> dict[int, CommentEdit | None]:
    """By the ids of all comments that are there how each was last edited, None where it never was."""
    found: dict[int, CommentEdit | None] = {}
    for node in api.connection(COMMENT_EDITS, {"number": number}, "pullRequest", "comments"):
        time, author, editor = node.maybe("lastEditedAt", JsonNode.text), _account(node, "author"), _account(node, "editor")
        edit = None if time is None else CommentEdit(time=time, author=author, editor=editor)
        found[_number(node["fullDatabaseId"])] = edit
    return found


def deletions(api: Api, number: int) -> tuple[Deletion, ...]:
    """The comments that were deleted."""
    return tuple(
        Deletion(
            time=node["createdAt"].text(),
            author=_account(node, "deletedCommentAuthor"),
            actor=_account(node, "actor"),
        )
        for node in api.connection(DELETED_COMMENTS, {"number": number}, "pullRequest", "timelineItems")
    )


def _account(node: JsonNode, name: str) -> Account | None:
    """Whoever acted; a person's account with its id, any other by a login that is not the one that the REST API knows."""
    who = node.get(name)
    if who is None:
        return None
    account_type = {"User": AccountType.USER, "Bot": AccountType.BOT}.get(who["__typename"].text(), AccountType.OTHER)
    return Account(who["login"].text(), who.maybe("databaseId", JsonNode.number), account_type)


def _number(node: JsonNode) -> int:
    """A number that GitHub writes as a text, as GraphQL's are too small for it."""
    text = node.text()
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise MalformedError(f"`{node.where}` is not a number")
    return int(text)
