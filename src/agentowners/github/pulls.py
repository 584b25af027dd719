"""Pull requests: the facts about one, as they are now, and whether the lists of them are whole."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from agentowners.change.model import FileChange, Review, ReviewState
from agentowners.github.client import Api
from agentowners.github.commits import history, pull_summary
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.files import file_change
from agentowners.github.model import Assignment, History, Pull, PullSummary
from agentowners.github.reading import Node, maybe_account, maybe_text

MAX_FILES: Final = 3000
"""Source: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files"""
MAX_COMMITS: Final = 250
"""Source: https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request"""


class Pulls:
    """Questions about pull requests."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def _path(self, number: int) -> str:
        return f"{self._api.root}/pulls/{number}"

    def get(self, number: int) -> Pull:
        """A pull request.

        Raises:
            PlatformError: it cannot be had.
        """
        node = self._api.get(self._path(number))
        head, base = node["head"], node["base"]
        head_repository, merge_commit = head.get("repo"), node.get("merge_commit_sha")
        return Pull(
            number=node["number"].number(),
            open=node["state"].text() == "open",
            merged=node["merged"].flag(),
            author=maybe_account(node.get("user")),
            title=node["title"].text(),
            body=maybe_text(node.get("body")),
            head=head["sha"].sha(),
            head_ref=head["ref"].text(),
            head_repository=None if head_repository is None else head_repository["full_name"].text(),
            base_ref=base["ref"].text(),
            base=base["sha"].sha(),
            base_repository=base["repo"]["full_name"].text(),
            default_branch=base["repo"]["default_branch"].text(),
            labels=tuple(label["name"].text() for label in node["labels"].items()),
            changed_files=node["changed_files"].number(),
            commits=node["commits"].number(),
            merge_commit=None if merge_commit is None else merge_commit.text(),
            url=node["html_url"].text(),
        )

    def open_pulls(self, *, base: str | None = None, head: str | None = None) -> tuple[PullSummary, ...]:
        """The open pull requests: all of them, those to a branch, or those from one (``owner:branch``).

        Raises:
            PlatformError: they cannot be had.
        """
        query = {"state": "open"} | ({"base": base} if base else {}) | ({"head": head} if head else {})
        return tuple(pull_summary(node) for node in self._api.pages(f"{self._api.root}/pulls", query))

    def files(self, pull: Pull) -> tuple[FileChange, ...]:
        """The changed files, all of them.

        Raises:
            PlatformError: the list cannot be had, or not whole.
        """
        if pull.changed_files > MAX_FILES:
            raise PlatformError(
                Trouble.INCOMPLETE,
                f"the pull request changes {pull.changed_files:,} files, and github lists no more than {MAX_FILES:,}",
            )
        entries = self._api.pages(f"{self._path(pull.number)}/files")
        if len(entries) != pull.changed_files:
            raise PlatformError(
                Trouble.INCOMPLETE,
                f"the pull request changes {pull.changed_files:,} files, and github lists {len(entries):,} of them",
                help="run the job again; if that does not help, split the change into smaller ones",
            )
        return tuple(file_change(entry) for entry in entries)

    def history(self, pull: Pull) -> History:
        """The commits, all of them.

        Raises:
            PlatformError: the list cannot be had, or not whole.
        """
        if pull.commits > MAX_COMMITS:
            raise PlatformError(
                Trouble.INCOMPLETE, f"the pull request has {pull.commits:,} commits, and github lists no more than {MAX_COMMITS}"
            )
        nodes = self._api.pages(f"{self._path(pull.number)}/commits")
        found = history(nodes)
        if len(nodes) != pull.commits or all(commit.sha != pull.head for commit in found.commits):
            raise PlatformError(
                Trouble.INCOMPLETE,
                f"the pull request has {pull.commits:,} commits up to {pull.head[:7]}, and github lists {len(nodes):,} others",
                help="run the job again; if that does not help, squash some of the commits",
            )
        return found

    def reviews(self, number: int) -> tuple[Review, ...]:
        """All reviews, oldest first.

        Raises:
            PlatformError: they cannot be had.
        """
        return tuple(_review(node) for node in self._api.pages(f"{self._path(number)}/reviews"))

    def app(self, number: int) -> str | None:
        """Slug of the App through which the author acted, None where that was no App.

        Raises:
            PlatformError: it cannot be had.
        """
        app = self._api.get(f"{self._api.root}/issues/{number}").get("performed_via_github_app")
        return None if app is None else maybe_text(app.get("slug")) or None

    def assignments(self, number: int) -> tuple[Assignment, ...]:
        """Who assigned whom, oldest first; of accounts that are gone nothing is told.

        Raises:
            PlatformError: the timeline cannot be had.
        """
        events = self._api.pages(f"{self._api.root}/issues/{quote(str(number))}/timeline")
        if not events:
            raise PlatformError(Trouble.INCOMPLETE, f"github tells nothing of what happened to #{number}")
        found = []
        for event in events:
            if maybe_text(event.get("event")) == "assigned":
                actor, assignee = maybe_account(event.get("actor")), maybe_account(event.get("assignee"))
                if actor is not None and assignee is not None:
                    found.append(Assignment(actor=actor, assignee=assignee))
        return tuple(found)


def _review(node: Node) -> Review:
    word = node["state"].text().upper()
    commit = node.get("commit_id")
    return Review(
        id=node["id"].number(),
        reviewer=maybe_account(node.get("user")),
        # what is not understood takes back what the same person said before
        state=ReviewState(word) if word in ReviewState.__members__ else ReviewState.DISMISSED,
        commit=None if commit is None else commit.text(),
        body=maybe_text(node.get("body")),
    )
