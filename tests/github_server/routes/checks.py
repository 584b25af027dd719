"""Check runs and suites, with the rules that GitHub documents for them."""

from __future__ import annotations

import calendar
import time
from typing import Any

from tests.github_server.model import CheckRun, CheckSuite
from tests.github_server.render import checks as render
from tests.github_server.repository import Repository
from tests.github_server.web import ApiError, Reply, Request, invalid, not_found, operation

KILOBYTES_64 = 65_536
OUTPUT_LIMIT = 65_535
PER_REQUEST = 50


def _seconds(text: str) -> int:
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))


def _validate(body: dict[str, Any]) -> None:
    output = body.get("output", {})
    for field in ("summary", "text"):
        if len(output.get(field, "")) > OUTPUT_LIMIT:
            raise invalid("CheckRun", field, f"{field} exceeds a maximum of {OUTPUT_LIMIT} characters")
    if not output.get("summary", "x") or not output.get("title", "x"):
        raise invalid("CheckRun", "output", "title and summary can't be blank")
    annotations = output.get("annotations", [])
    if len(annotations) > PER_REQUEST:
        raise ApiError(
            422, f"Invalid request.\n\nNo more than {PER_REQUEST} items are allowed; {len(annotations)} were supplied."
        )
    for annotation in annotations:
        _validate_annotation(annotation)
    if "actions" in body and len(body["actions"]) > 3:
        raise invalid("CheckRun", "actions", "no more than 3 actions")
    if body.get("status") == "completed" and "conclusion" not in body:
        raise invalid("CheckRun", "conclusion", code="missing_field")
    if "conclusion" in body and body.get("status", "completed") != "completed":
        raise invalid("CheckRun", "conclusion", "a conclusion needs the status completed")
    if body.get("conclusion") == "stale":
        raise invalid("CheckRun", "conclusion", "only GitHub can set stale")
    if len(body.get("name", "")) > 255 or not body.get("name", "x"):
        raise invalid("CheckRun", "name")


def _validate_annotation(annotation: dict[str, Any]) -> None:
    for field in ("message", "raw_details"):
        if len(annotation.get(field, "").encode()) > KILOBYTES_64:
            raise invalid("CheckRun", field, f"{field} exceeds 64 KB")
    if not annotation["message"]:
        raise invalid("CheckRun", "message", code="missing_field")
    if len(annotation.get("title", "")) > 255:
        raise invalid("CheckRun", "title", "title exceeds 255 characters")
    if not annotation["path"] or annotation["path"].startswith("/"):
        raise invalid("CheckRun", "path")
    start, end = annotation["start_line"], annotation["end_line"]
    if start < 1 or end < start:
        raise invalid("CheckRun", "end_line", "lines count from 1 and the end is not before the start")
    columns = {"start_column", "end_column"} & set(annotation)
    if columns and start != end:
        raise invalid("CheckRun", sorted(columns)[0], "columns need start_line and end_line to be equal")
    if len(columns) == 2 and not 1 <= annotation["start_column"] <= annotation["end_column"]:
        raise invalid("CheckRun", "end_column", "end_column is before start_column")


def _apply(request: Request, run: CheckRun, body: dict[str, Any]) -> None:
    now = request.server.now()
    run.name = body.get("name", run.name)
    run.external_id = body.get("external_id", run.external_id)
    run.details_url = body.get("details_url", run.details_url)
    if "started_at" in body:
        run.started_at = _seconds(body["started_at"])
    output = body.get("output", {})
    run.title, run.summary = output.get("title", run.title), output.get("summary", run.summary)
    run.text = output.get("text", run.text)
    run.annotations += output.get("annotations", [])
    if "conclusion" in body or body.get("status") == "completed":
        run.status, run.conclusion = "completed", body["conclusion"]
        run.completed_at = _seconds(body["completed_at"]) if "completed_at" in body else now
    elif "status" in body:
        run.status = body["status"]
        if run.status == "in_progress" and run.started_at is None:
            run.started_at = now
    run.history.append((run.status, run.conclusion))


def _app_only(request: Request) -> None:
    if request.token.app is None or request.token.kind not in {"actions", "app"}:
        raise ApiError(403, "You must authenticate via a GitHub App.")
    request.require("checks:write")


@operation("checks/create", "")
def create(request: Request) -> Reply:
    """Only an App's token writes check runs."""
    _app_only(request)
    repo, body, app = request.repo, request.body, request.token.app
    assert app
    _validate(body)
    try:
        sha = repo.store.read_commit(body["head_sha"]).sha
    except KeyError:
        raise ApiError(422, f"No commit found for SHA: {body['head_sha']}") from None
    if sha not in _reachable_heads(repo) and not any(repo.store.merge_base(sha, tip) == sha for tip in _reachable_heads(repo)):
        raise ApiError(422, f"No commit found for SHA: {sha}")
    run = CheckRun(
        request.server.next_id(), body["name"], sha, app, repo.suite(app, sha).id, body.get("status", "queued"), None, None, None
    )
    _apply(request, run, body)
    repo.runs[run.id] = run
    same = [one for one in repo.runs.values() if one.suite_id == run.suite_id and one.name == run.name]
    for oldest in same[: -request.server.limits.runs_per_name]:
        del repo.runs[oldest.id]
    return Reply(201, render.run(repo, run))


def _reachable_heads(repo: Repository) -> set[str]:
    return set(repo.store.refs.values())


def _find(request: Request) -> CheckRun:
    run = request.repo.runs.get(request.params["check_run_id"])
    if run is None:
        raise not_found()
    return run


@operation("checks/update", "")
def update(request: Request) -> Reply:
    """What would open a completed run again answers 200 and changes nothing; so does any change of a job's run."""
    _app_only(request)
    run, body = _find(request), request.body
    if run.app is not request.token.app:
        raise ApiError(403, "Invalid app_id - check run can only be modified by the GitHub App that created it.")
    _validate(body)
    reopens = run.status == "completed" and body.get("status", "completed") != "completed"
    if not (reopens or run.job or request.ignored):
        _apply(request, run, body)
    return Reply(200, render.run(request.repo, run))


@operation("checks/get", "checks:read")
def get(request: Request) -> Reply:
    """One run."""
    return Reply(200, render.run(request.repo, _find(request)))


@operation("checks/list-annotations", "checks:read")
def list_annotations(request: Request) -> Reply:
    """A run's annotations."""
    repo, run = request.repo, _find(request)
    return request.pages(run.annotations, lambda it: render.annotation(repo, run, it))


def _list(request: Request, runs: list[CheckRun]) -> Reply:
    query, repo = request.query, request.repo
    runs = [
        run for run in runs if query.get("check_name", run.name) == run.name and query.get("status", run.status) == run.status
    ]
    runs = [run for run in runs if query.get("app_id", run.app.id) == run.app.id]
    runs.sort(key=lambda run: run.id, reverse=True)
    if query.get("filter", "latest") == "latest":
        newest: dict[tuple[int, str], CheckRun] = {}
        for run in runs:
            newest.setdefault((run.suite_id, run.name), run)
        runs = list(newest.values())
    return request.pages(runs, lambda run: render.run(repo, run), lambda page: {"total_count": len(runs), "check_runs": page})


def _commit(request: Request) -> str:
    sha = request.repo.resolve(request.params["ref"])
    if sha is None:
        raise ApiError(422, f"No commit found for SHA: {request.params['ref']}")
    return sha


@operation("checks/list-for-ref", "checks:read")
def list_for_ref(request: Request) -> Reply:
    """Newest first; `filter=latest`, the default, shows one run per name and suite."""
    return _list(request, request.repo.check_runs(_commit(request)))


@operation("checks/list-for-suite", "checks:read")
def list_for_suite(request: Request) -> Reply:
    """The same for a suite."""
    suite = _suite(request)
    return _list(request, [run for run in request.repo.runs.values() if run.suite_id == suite.id])


def _suite(request: Request) -> CheckSuite:
    for suite in request.repo.suites.values():
        if suite.id == request.params["check_suite_id"]:
            return suite
    raise not_found()


@operation("checks/get-suite", "checks:read")
def get_suite(request: Request) -> Reply:
    """One suite."""
    return Reply(200, render.suite(request.repo, _suite(request)))


@operation("checks/list-suites-for-ref", "checks:read")
def list_suites(request: Request) -> Reply:
    """The suites of a commit; by App, by the name of a run in them."""
    repo, sha, query = request.repo, _commit(request), request.query
    found = [
        suite for suite in repo.suites.values() if suite.head_sha == sha and query.get("app_id", suite.app.id) == suite.app.id
    ]
    if "check_name" in query:
        named = {run.suite_id for run in repo.check_runs(sha, query["check_name"])}
        found = [suite for suite in found if suite.id in named]
    return request.pages(found, lambda it: render.suite(repo, it), lambda page: {"total_count": len(found), "check_suites": page})


@operation("actions/get-workflow-run", "actions:read")
def get_workflow_run(request: Request) -> Reply:
    """A run of a workflow."""
    repo = request.repo
    run = repo.workflow_runs.get(request.params["run_id"])
    if run is None:
        raise not_found()
    shown = render.workflow_run(repo, run)
    return Reply(200, shown | ({"pull_requests": []} if request.query.get("exclude_pull_requests") else {}))
