"""One look at the open pull requests to a branch: what each changes, and what its check says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.github.client import MAX_PAGES, Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Glance, PullSummary
from agentowners.github.queries import OPEN_PULLS
from agentowners.github.reading import JsonNode, maybe_text

_RENAMED: Final = ("RENAMED", "COPIED")


def glances(api: Api, base: str, check: str) -> tuple[Glance, ...]:
    """The open pull requests to a branch, by their numbers, a hundred a request.

    Raises:
        PlatformError: they cannot be had, or a page of them could not.
    """
    return tuple(_glance(node, base) for node in _nodes(api, base, check))


def _nodes(api: Api, base: str, check: str) -> Iterator[JsonNode]:
    owner, _, name = api.repository.partition("/")
    after: str | None = None
    for page in range(MAX_PAGES):
        variables = {"owner": owner, "name": name, "base": base, "check": check, "after": after}
        found = api.graphql(OPEN_PULLS, variables)["repository"]["pullRequests"]
        nodes, info = found["nodes"].items(), found["pageInfo"]
        if page and not nodes:
            raise PlatformError(
                Trouble.UNAVAILABLE, "GitHub lists the open pull requests on several pages, and one of them is empty"
            )
        yield from nodes
        if not info["hasNextPage"].flag():
            return
        after = info["endCursor"].text()
    raise PlatformError(Trouble.INCOMPLETE, f"there are more than {MAX_PAGES} pages of open pull requests")


def _glance(node: JsonNode, base: str) -> Glance:
    head, repository = node["headRefOid"].sha(), node.get("headRepository")
    return Glance(
        pull=PullSummary(
            number=node["number"].number(),
            open=True,
            merged=False,
            head=head,
            head_ref=node["headRefName"].text(),
            head_repository=None if repository is None else repository["nameWithOwner"].text(),
            base_ref=base,
        ),
        paths=_paths(node),
        says=_says(node, head),
    )


def _paths(node: JsonNode) -> frozenset[str] | None:
    listed = node.get("files")
    files = [] if listed is None else listed["nodes"].items()
    paths = frozenset(file["path"].text() for file in files)
    # of a file that was moved the former name is not told; a name that is not UTF-8 may stand for several
    untold = any(maybe_text(file.get("changeType")) in _RENAMED for file in files) or any("\ufffd" in path for path in paths)
    return None if untold or len(paths) != node["changedFiles"].number() else paths


def _says(node: JsonNode, head: str) -> tuple[str, ...] | None:
    commits = [each["commit"] for each in node["commits"]["nodes"].items()]
    suites = [suite for commit in commits if commit["oid"].sha() == head for suite in _items(commit.get("checkSuites"))]
    runs = [run for suite in suites for run in _items(suite.get("checkRuns"))]
    if not commits or commits[0]["oid"].sha() != head:
        return None
    return tuple(maybe_text(run.get("title")) if run["status"].text() == "COMPLETED" else "" for run in runs)


def _items(connection: JsonNode | None) -> list[JsonNode]:
    return [] if connection is None else list(connection["nodes"].items())
