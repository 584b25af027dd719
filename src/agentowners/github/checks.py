"""Check runs. A write is believed only when GitHub's answer shows its effect, and none is carried out twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from msgspec.structs import replace

from agentowners.github.client import Api
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import CheckRun, RunOutput
from agentowners.github.reading import JsonNode
from agentowners.report.verdict.annotations import Annotation

BATCH: Final = 50
"""Annotations a request. Source: https://docs.github.com/en/rest/checks/runs#update-a-check-run"""


class Checks:
    """The repository's check runs."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(self, *, name: str, head: str, external_id: str, details_url: str, output: RunOutput) -> CheckRun:
        """A new check run, in progress.

        Raises:
            PlatformError: it cannot be created; ``FORBIDDEN`` where the token may not.
        """
        body = {
            "name": name,
            "head_sha": head,
            "external_id": external_id,
            "details_url": details_url,
            "status": "in_progress",
            "output": _output(output, ()),
        }
        request = (name, head)

        def was_done() -> JsonNode | None:
            runs = ((node, _check_run(node, request)) for node in self._nodes(head, name))
            matches = (node for node, run in runs if (run.external_id, run.status) == (external_id, "in_progress"))
            return next(matches, None)

        run = _check_run(self._api.send_once("POST", f"{self._api.root}/check-runs", body, was_done), request)
        if run.status != "in_progress" or run.head != head or run.name != name:
            raise PlatformError(Trouble.UNAVAILABLE, "GitHub did not create the check run as asked")
        return run

    def complete(self, run: CheckRun, conclusion: str, output: RunOutput, annotations: Sequence[Annotation]) -> CheckRun:
        """End a run, with all of its annotations.

        All but the last batch are sent while the run is still in progress: nothing that stops this half-way leaves a pass.

        Raises:
            PlatformError: GitHub's last answer does not show the run completed like this.
        """
        batches = [annotations[at : at + BATCH] for at in range(0, len(annotations), BATCH)] or [()]
        for batch in batches[:-1]:
            run = self._append(run, output, batch)
        return self._conclude(run, conclusion, _output(output, batches[-1]))

    def add(self, run: CheckRun, output: RunOutput, annotations: Sequence[Annotation]) -> CheckRun:
        """Say more on a run, whose status and conclusion stay as they are.

        Raises:
            PlatformError: GitHub's last answer does not show it.
        """
        batches = [annotations[at : at + BATCH] for at in range(0, len(annotations), BATCH)] or [()]
        for batch in batches:
            run = self._append(run, output, batch)
        return run

    def set_conclusion(self, run: CheckRun, conclusion: str, output: RunOutput) -> CheckRun:
        """Make a run say what a later one says.

        Raises:
            PlatformError: GitHub's last answer does not show it.
        """
        return self._conclude(run, conclusion, _output(output, ()))

    def of_commit(self, head: str, name: str) -> tuple[CheckRun, ...]:
        """All runs of a name on a commit, not only the latest."""
        runs = (_check_run(node, (name, head)) for node in self._nodes(head, name))
        return tuple(run for run in runs if run.name == name)

    def _nodes(self, head: str, name: str) -> list[JsonNode]:
        nodes: list[JsonNode] = []
        total = 0
        path = f"{self._api.root}/commits/{quote(head, safe='')}/check-runs"
        for page in self._api.each_page(path, {"check_name": name, "filter": "all"}):
            stated = page.get("total_count")
            total = total if stated is None else max(total, stated.number())
            nodes += page["check_runs"].items()
        if len(nodes) < total:
            raise PlatformError(Trouble.UNAVAILABLE, f"GitHub lists {len(nodes)} of the {total} check runs of this commit")
        return nodes

    def _append(self, run: CheckRun, output: RunOutput, batch: Sequence[Annotation]) -> CheckRun:
        before = run.annotations or 0

        def was_done() -> JsonNode | None:
            node = self._api.get(self._run_path(run))
            there = _check_run(node, (run.name, run.head)).annotations
            if there is None:
                raise PlatformError(Trouble.UNAVAILABLE, "GitHub does not tell whether the annotations arrived")
            return node if there >= before + len(batch) else None

        answer = self._api.send_once("PATCH", self._run_path(run), {"output": _output(output, batch)}, was_done)
        there = _check_run(answer, (run.name, run.head)).annotations or 0
        return replace(run, annotations=max(there, before + len(batch)))

    def _conclude(self, run: CheckRun, conclusion: str, output: Mapping[str, Any]) -> CheckRun:
        request = (run.name, run.head)

        def shows(node: JsonNode) -> bool:
            now = _check_run(node, request)
            return (now.id, now.status, now.conclusion) == (run.id, "completed", conclusion)

        def was_done() -> JsonNode | None:
            node = self._api.get(self._run_path(run))
            return node if shows(node) else None

        body = {"status": "completed", "conclusion": conclusion, "output": output}
        answer = self._api.send_once("PATCH", self._run_path(run), body, was_done)
        if not shows(answer):
            answer = was_done() or self._api.send_once("PATCH", self._run_path(run), body, was_done)
        if not shows(answer):
            raise PlatformError(
                Trouble.UNAVAILABLE,
                "GitHub accepted the update of the check run and did not carry it out",
                help="run the job again",
            )
        return replace(_check_run(answer, request), app=run.app, url=run.url, external_id=run.external_id)

    def _run_path(self, run: CheckRun) -> str:
        return f"{self._api.root}/check-runs/{run.id}"


def _output(output: RunOutput, annotations: Sequence[Annotation]) -> dict[str, Any]:
    fields: dict[str, Any] = {"title": output.title, "summary": output.summary}
    if output.text:
        fields["text"] = output.text
    if annotations:
        fields["annotations"] = [annotation.payload() for annotation in annotations]
    return fields


def _check_run(node: JsonNode, request: tuple[str, str]) -> CheckRun:
    """A check run; where the answer leaves out its name or its commit, those that were asked for."""
    output, head = node.get("output") or JsonNode({}), node.maybe("head_sha", JsonNode.sha)
    return CheckRun(
        id=node["id"].number(),
        name=node.words("name", request[0]),
        head=request[1] if head is None else head,
        status=node["status"].text(),
        conclusion=node.maybe("conclusion", JsonNode.text),
        external_id=node.words("external_id"),
        app=node.maybe("app", JsonNode.id),
        url=node.words("html_url"),
        annotations=output.maybe("annotations_count", JsonNode.number),
        text=output.words("text"),
    )
