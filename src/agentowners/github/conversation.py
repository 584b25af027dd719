"""Labels, one sticky comment and requests for reviews on the pull request itself. Display only, never read as an input."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import quote

from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import IssueComment
from agentowners.github.reading import JsonNode

_AUTOMATIC_COLOR = "ededed"
"""Colour of a label that GitHub had to create by itself."""


class Conversation:
    """Labels, comments and requests for reviews."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def _issue(self, number: int) -> str:
        return f"{self._api.root}/issues/{number}"

    def add_label(self, number: int, name: str, color: str, description: str) -> None:
        """Put a label on; where that created it, give it a color and a description."""
        path, body = f"{self._issue(number)}/labels", {"labels": [name]}
        facts = {"color": color, "description": description}
        try:
            answer = self._api.send("POST", path, body)
        except PlatformError as error:
            if error.trouble not in (Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.INVALID):
                raise
            # where putting it on does not create it
            try:
                self._api.send("POST", f"{self._api.root}/labels", {"name": name, **facts})
            except PlatformError:
                raise error from None
            self._api.send("POST", path, body)
            return
        for node in answer.items():
            plain = node.words("color", _AUTOMATIC_COLOR) == _AUTOMATIC_COLOR and not node.words("description")
            if node["name"].text() == name and plain:
                # it is on; how it looks is worth no word
                with suppress(PlatformError):
                    self._api.send("PATCH", f"{self._api.root}/labels/{quote(name, safe='')}", facts)

    def remove_label(self, number: int, name: str) -> None:
        """Take a label off.

        Raises:
            PlatformError: it cannot be taken off, or was not on.
        """
        self._api.send("DELETE", f"{self._issue(number)}/labels/{quote(name, safe='')}", None)

    def request_reviews(self, number: int, people: Sequence[str], teams: Sequence[str]) -> None:
        """Ask people, by login, and teams, by slug, for their review: all of them, or nobody where one is refused."""
        body = {"reviewers": list(people), "team_reviewers": list(teams)}
        self._api.send("POST", f"{self._api.root}/pulls/{number}/requested_reviewers", {k: v for k, v in body.items() if v})

    def comments(self, number: int) -> tuple[IssueComment, ...]:
        """All comments, oldest first."""
        return tuple(_comment(node) for node in self._api.pages(f"{self._issue(number)}/comments"))

    def add_comment(self, number: int, body: str) -> None:
        """Write a comment."""
        path = f"{self._issue(number)}/comments"

        def was_done() -> JsonNode | None:
            return next((node for node in reversed(self._api.pages(path)) if _comment(node).body == body), None)

        self._api.send_once("POST", path, {"body": body}, was_done)

    def change_comment(self, id: int, body: str) -> None:
        """Replace a comment's text."""
        self._api.send("PATCH", f"{self._api.root}/issues/comments/{id}", {"body": body})


def _comment(node: JsonNode) -> IssueComment:
    app = node.maybe("performed_via_github_app", JsonNode.id)
    return IssueComment(id=node["id"].number(), body=node.words("body"), app=app)
