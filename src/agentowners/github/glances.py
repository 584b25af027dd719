"""One look at the open pull requests to a branch: what each changes, and what its check says."""

from __future__ import annotations

from typing import Final

from agentowners.github.client import Api
from agentowners.github.model import Glance, PullSummary
from agentowners.github.queries import OPEN_PULLS
from agentowners.github.reading import JsonNode

_RENAMED: Final = ("RENAMED", "COPIED")


def glances(api: Api, base: str, check: str) -> tuple[Glance, ...]:
    """The open pull requests to a branch, by their numbers, a hundred a request."""
    variables = {"base": base, "check": check}
    nodes = api.connection(OPEN_PULLS, variables, "pullRequests", what="the open pull requests")
    return tuple(_glance(node, base) for node in nodes)


def _glance(node: JsonNode, base: str) -> Glance:
    head = node["headRefOid"].sha()
    return Glance(
        pull=PullSummary(
            number=node["number"].number(),
            open=True,
            merged=False,
            head=head,
            head_ref=node["headRefName"].text(),
            head_repository=node.maybe("headRepository", lambda repository: repository["nameWithOwner"].text()),
            base_ref=base,
        ),
        paths=_paths(node),
        says=_says(node, head),
    )


def _paths(node: JsonNode) -> frozenset[str] | None:
    files = _items(node, "files")
    paths = frozenset(file["path"].text() for file in files)
    # of a file that was moved the former name is not told; a name that is not UTF-8 may stand for several
    untold = any(file.words("changeType") in _RENAMED for file in files) or any("\ufffd" in path for path in paths)
    return None if untold or len(paths) != node["changedFiles"].number() else paths


def _says(node: JsonNode, head: str) -> tuple[str, ...] | None:
    commits = [each["commit"] for each in node["commits"]["nodes"].items()]
    suites = [suite for commit in commits if commit["oid"].sha() == head for suite in _items(commit, "checkSuites")]
    runs = [run for suite in suites for run in _items(suite, "checkRuns")]
    if not commits or commits[0]["oid"].sha() != head:
        return None
    return tuple(run.words("title") if run["status"].text() == "COMPLETED" else "" for run in runs)


def _items(node: JsonNode, connection: str) -> tuple[JsonNode, ...]:
    return node.maybe(connection, lambda found: found["nodes"].items()) or ()
