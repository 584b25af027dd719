"""Comments on a pull request with what became of them: who edited one, and whose were deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.change.model import Account, AccountType
from agentowners.github.client import MAX_PAGES, Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import CommentEdit, Deletion, PullComment
from agentowners.github.queries import COMMENT_EDITS, DELETED_COMMENTS
from agentowners.github.reading import JsonNode, MalformedError, maybe_account, maybe_text

_DIGITS: Final = 19


def said(api: Api, number: int) -> tuple[PullComment, ...]:
    """All comments that are there, oldest first, through whichever App.

    Raises:
        PlatformError: they cannot be had.
    """
    return tuple(
        PullComment(
            id=node["id"].number(),
            author=maybe_account(node.get("user")),
            body=maybe_text(node.get("body")),
            time=node["created_at"].text(),
            by_app=node.get("performed_via_github_app") is not None,
            url=maybe_text(node.get("html_url")),
        )
        for node in api.pages(f"{api.root}/issues/{number}/comments")
    )


def edits(api: Api, number: int) -> dict[int, CommentEdit | None]:
    """By the ids of all comments that are there how each was last edited, None where it never was.

    Raises:
        PlatformError: they cannot be had, or not whole.
        MalformedError: an answer makes no sense.
    """
    found: dict[int, CommentEdit | None] = {}
    for node in nodes_of(api, COMMENT_EDITS, number, "comments"):
        time = node.get("lastEditedAt")
        author, editor = _account(node.get("author")), _account(node.get("editor"))
        edit = None if time is None else CommentEdit(time=time.text(), author=author, editor=editor)
        found[_number(node["fullDatabaseId"])] = edit
    return found


def deletions(api: Api, number: int) -> tuple[Deletion, ...]:
    """The comments that were deleted.

    Raises:
        PlatformError: they cannot be had, or not whole.
        MalformedError: an answer makes no sense.
    """
    return tuple(
        Deletion(
            time=node["createdAt"].text(),
            author=_account(node.get("deletedCommentAuthor")),
            actor=_account(node.get("actor")),
        )
        for node in nodes_of(api, DELETED_COMMENTS, number, "timelineItems")
    )


def nodes_of(api: Api, query: str, number: int, member: str) -> Iterator[JsonNode]:
    """Items that a pull request has several of, by one of our queries, a page at a time.

    Raises:
        PlatformError: it cannot be had, or not whole.
        MalformedError: an answer makes no sense.
    """
    owner, _, name = api.repository.partition("/")
    after: str | None = None
    count = 0
    for page in range(MAX_PAGES):
        variables = {"owner": owner, "name": name, "number": number, "after": after}
        found = api.graphql(query, variables)["repository"]["pullRequest"][member]
        nodes, info = found["nodes"].items(), found["pageInfo"]
        if page and not nodes:
            raise PlatformError(Trouble.UNAVAILABLE, f"GitHub lists `{member}` on several pages, and one of them is empty")
        yield from nodes
        count += len(nodes)
        if not info["hasNextPage"].flag():
            whole = found.get("filteredCount")
            if whole is not None and whole.number() > count:
                raise PlatformError(Trouble.INCOMPLETE, f"GitHub lists {count} of {whole.number()} `{member}` of #{number}")
            return
        after = info["endCursor"].text()
    raise PlatformError(Trouble.INCOMPLETE, f"#{number} has more than {MAX_PAGES} pages of `{member}`")


def _account(node: JsonNode | None) -> Account | None:
    """Whoever acted; a person's account with its id, any other by a login that is not the one that the REST API knows."""
    if node is None:
        return None
    kind, id = node["__typename"].text(), node.get("databaseId")
    account_type = {"User": AccountType.USER, "Bot": AccountType.BOT}.get(kind, AccountType.OTHER)
    return Account(node["login"].text(), None if id is None else id.number(), account_type)


def _number(node: JsonNode) -> int:
    """A number that GitHub writes as a text, as GraphQL's are too small for it."""
    text = node.text()
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise MalformedError(f"`{node.where}` is not a number")
    return int(text)
