"""Events, as far as GitHub tells: on an issue or pull request, and the moves of a branch."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import quote

from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble, suppress_trouble
from agentowners.github.model import Activity, Assignment, Remark
from agentowners.github.queries import FORMER_BASES
from agentowners.github.reading import JsonNode, maybe_account
from agentowners.policy.patterns import ascii_lower

MAX_PAGES: Final = 5
"""Pages of 100 moves of a branch."""
_BASE_CHANGES: Final = frozenset(
    {"base_ref_changed", "base_ref_deleted", "base_ref_force_pushed", "automatic_base_change_succeeded"}
)
"""Events that make another change of the same head; a deleted base may come back as another branch of that name.
Source: https://docs.github.com/en/rest/using-the-rest-api/issue-event-types#base_ref_changed"""


class Timelines:
    """Those of one repository, each read once until it is to be read again."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._timelines: dict[int, list[JsonNode]] = {}

    def forget(self, number: int) -> None:
        """Have one read anew when it is next asked for."""
        self._timelines.pop(number, None)

    def assignments(self, number: int, *, issue: bool = False) -> tuple[Assignment, ...]:
        """Assignments, oldest first, as far as GitHub knows; those of accounts that are gone are left out."""
        events = (event for event in self._timeline(number, issue=issue) if event.words("event") == "assigned")
        pairs = ((maybe_account(event.get("actor")), maybe_account(event.get("assignee"))) for event in events)
        return tuple(Assignment(actor=actor, assignee=assignee) for actor, assignee in pairs if actor and assignee)

    def remarks(self, number: int, *, issue: bool = False) -> tuple[Remark, ...]:
        """Texts written on it and still there, oldest first; those of reviews that approve or ask for changes are left out."""
        events = self._timeline(number, issue=issue)
        deciding = {_id(event) for event in events if event.words("event") == "reviewed" and _state(event) != "commented"}
        remarks = []
        for event in events:
            if event.words("event") == "line-commented":
                remarks += [
                    _remark(each) for each in event.list("comments") if _id(each, "pull_request_review_id") not in deciding
                ]
            elif event.words("event") == "commented" or (event.words("event") == "reviewed" and _id(event) not in deciding):
                remarks.append(_remark(event))
        return tuple(remark for remark in remarks if remark is not None)

    def review_requests(self, number: int) -> frozenset[str]:
        """Logins of the people and slugs of the teams who were ever asked for their review, in lower case, also where somebody
        took it back.
        """
        requests = [event for event in self._timeline(number) if event.words("event") == "review_requested"]
        people = [maybe_account(event.get("requested_reviewer")) for event in requests]
        teams = [event.get("requested_team") for event in requests]
        names = [person.login for person in people if person is not None] + [
            team["slug"].text() for team in teams if team is not None
        ]
        return frozenset(map(ascii_lower, names))

    def base_changed(self, number: int) -> str | None:
        """When a pull request last became another change of the same head, None where it never did."""
        # times in ISO 8601, all in UTC and to the second: they sort as texts
        return max(
            (event.words("created_at") for event in self._timeline(number) if event.words("event") in _BASE_CHANGES), default=None
        )

    def former_bases(self, number: int) -> tuple[str, ...]:
        """The branches that a pull request went to at any time before its base was last changed, each once."""
        branches: dict[str, None] = {}
        for node in self._api.connection(FORMER_BASES, {"number": number}, "pullRequest", "timelineItems"):
            for name in ("previousRefName", "currentRefName", "oldBase", "newBase"):
                if (ref := node.maybe(name, JsonNode.text)) is not None:
                    branches[ref.removeprefix("refs/heads/")] = None
        return tuple(branches)

    def _timeline(self, number: int, *, issue: bool = False) -> list[JsonNode]:
        if number not in self._timelines:
            self._timelines[number] = self._asked(number, issue=issue)
        return self._timelines[number]

    def _asked(self, number: int, *, issue: bool) -> list[JsonNode]:
        """Events, as far as GitHub knows; where issues are turned off there may be no timeline at all.

        A token without the permission may be told that there is none, too: that is not taken for an answer. It is asked for once
        more, as approvals that cannot be placed do not count, and nothing but its own next event judges that pull request again.
        """
        path = f"{self._api.root}/issues/{number}/timeline"
        events = None
        with suppress_trouble(Trouble.NOT_FOUND):
            events = self._api.pages(path)
        if events is None:
            if not self.has_issues():
                return []
            events = self._api.pages(path)
        if not events and not issue and self.has_issues():
            # its commits at least are there
            raise PlatformError(Trouble.UNAVAILABLE, f"GitHub lists nothing that happened on #{number}")
        return events

    def has_issues(self) -> bool:
        """True if issues are turned on in the repository."""
        setting = self._api.get(self._api.root).get("has_issues")
        return setting is None or setting.flag()


def _state(event: JsonNode) -> str:
    return event.words("state").lower()


def _id(node: JsonNode, name: str = "id") -> int | None:
    return node.maybe(name, JsonNode.number)


def _remark(node: JsonNode) -> Remark | None:
    author = maybe_account(node.get("user"))
    time = node.words("created_at") or node.words("submitted_at")
    return None if author is None else Remark(author=author, body=node.words("body"), time=time)


def activity(api: Api, repository: str, branch: str) -> Iterator[Activity]:
    """Every move of a branch of a repository (``owner/name``), newest first; a page is asked for when it is come to.

    Source: https://docs.github.com/en/rest/repos/repos#list-repository-activities

    Raises:
        PlatformError: they cannot be had, or there are more than can be read.
    """
    owner, _, name = repository.partition("/")
    ref = f"refs/heads/{branch}"
    pages = api.each_page(f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}/activity", {"ref": ref, "direction": "desc"})
    for page in islice(pages, MAX_PAGES):
        for entry in page.items():
            if entry["ref"].text() == ref:
                yield _activity(entry)
    if next(pages, None) is not None:
        raise PlatformError(Trouble.INCOMPLETE, f"the branch was moved more than {MAX_PAGES * 100} times")


def _activity(entry: JsonNode) -> Activity:
    return Activity(
        before=entry["before"].commit(),
        after=entry["after"].commit(),
        kind=entry["activity_type"].text(),
        actor=maybe_account(entry["actor"]),
        time=entry.words("timestamp"),
    )
