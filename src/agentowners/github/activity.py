"""GitHub's own record of every push to a branch, whatever the pushed commits say of their authors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import quote

from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Activity
from agentowners.github.reading import JsonNode, maybe_account, maybe_text

MAX_PAGES: Final = 5
"""Pages of 100 entries."""
_NO_COMMIT: Final = re.compile(r"0{40}(?:0{24})?")


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
        before=_commit(entry["before"]),
        after=_commit(entry["after"]),
        kind=entry["activity_type"].text(),
        actor=maybe_account(entry["actor"]),
        time=maybe_text(entry.get("timestamp")),
    )


def _commit(node: JsonNode) -> str | None:
    sha = node.sha()
    return None if _NO_COMMIT.fullmatch(sha) else sha
