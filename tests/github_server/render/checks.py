"""Check runs, their suites and annotations, workflow runs."""

from __future__ import annotations

from typing import Any

from tests.github_server.model import CheckRun, CheckSuite, WorkflowRun
from tests.github_server.render.common import Json, app, maybe_time, minimal_repository, node, time, user
from tests.github_server.render.history import address, minimal_commit
from tests.github_server.render.pulls import pull_minimal, root
from tests.github_server.repository import Repository


def _pulls(repo: Repository, sha: str) -> list[Json]:
    # GitHub lists only pull requests from the same repository here
    pulls = [pull for pull in repo.pulls.values() if pull.state == "open" and pull.head_sha == sha and pull.head_repo is repo]
    return [pull_minimal(pull) for pull in pulls]


def run(repo: Repository, it: CheckRun) -> Json:
    """`check-run`."""
    server, url = repo.server, f"{root(repo)}/check-runs/{it.id}"
    page_url = f"{server.html_url}/{repo.full_name}/runs/{it.id}"
    output: dict[str, Any] = {
        "title": it.title,
        "summary": it.summary,
        "text": it.text,
        "annotations_count": len(it.annotations),
        "annotations_url": f"{url}/annotations",
    }
    return {
        "id": it.id,
        "name": it.name,
        "node_id": node("CR", it.id),
        "head_sha": it.head_sha,
        "external_id": it.external_id,
        "url": url,
        "html_url": page_url,
        "details_url": it.details_url or page_url,
        "status": it.status,
        "conclusion": it.conclusion,
        "started_at": maybe_time(it.started_at),
        "completed_at": maybe_time(it.completed_at),
        "output": output,
        "check_suite": {"id": it.suite_id},
        "app": app(server, it.app),
        "pull_requests": _pulls(repo, it.head_sha),
    }


def annotation(repo: Repository, it: CheckRun, data: Json) -> Json:
    """`check-annotation`."""
    return {
        "path": data["path"],
        "blob_href": f"{repo.server.html_url}/{repo.full_name}/blob/{it.head_sha}/{address(data['path'])}",
        "start_line": data["start_line"],
        "start_column": data.get("start_column"),
        "end_line": data["end_line"],
        "end_column": data.get("end_column"),
        "annotation_level": data["annotation_level"],
        "title": data.get("title"),
        "message": data["message"],
        "raw_details": data.get("raw_details"),
    }


def suite(repo: Repository, it: CheckSuite) -> Json:
    """`check-suite`."""
    server, url = repo.server, f"{root(repo)}/check-suites/{it.id}"
    runs = [one for one in repo.runs.values() if one.suite_id == it.id]
    done = bool(runs) and all(one.status == "completed" for one in runs)
    worst = [one.conclusion for one in runs if not one.passing] or ["success"]
    branch = next((name for name, sha in repo.branches().items() if sha == it.head_sha), None)
    return {
        "id": it.id,
        "node_id": node("CS", it.id),
        "head_branch": branch,
        "head_sha": it.head_sha,
        "status": "completed" if done else "in_progress" if runs else "queued",
        "conclusion": worst[0] if done else None,
        "url": url,
        "before": None,
        "after": None,
        "pull_requests": _pulls(repo, it.head_sha),
        "app": app(server, it.app),
        "repository": minimal_repository(repo),
        "created_at": time(it.created_at),
        "updated_at": time(it.created_at),
        "head_commit": minimal_commit(repo, it.head_sha),
        "latest_check_runs_count": len(runs),
        "check_runs_url": f"{url}/check-runs",
    }


def workflow_run(repo: Repository, it: WorkflowRun) -> Json:
    """`workflow-run`; pull requests from forks are not listed, as on GitHub."""
    server, url = repo.server, f"{root(repo)}/actions/runs/{it.id}"
    tails = ("jobs", "logs", "artifacts", "cancel", "rerun")
    shown: dict[str, Any] = {
        "id": it.id,
        "name": it.name,
        "node_id": node("WFR", it.id),
        "check_suite_id": repo.suite(server.actions, it.head_sha).id,
        "check_suite_node_id": node("CS", it.id),
        "head_branch": it.head_branch,
        "head_sha": it.head_sha,
        "path": it.path,
        "run_number": it.number,
        "run_attempt": it.attempt,
        "referenced_workflows": [],
        "event": it.event,
        "status": it.status,
        "conclusion": it.conclusion,
        "workflow_id": 1,
        "url": url,
        "html_url": f"{server.html_url}/{repo.full_name}/actions/runs/{it.id}",
        "pull_requests": _pulls(repo, it.head_sha) if it.head_repo is repo else [],
        "created_at": time(it.created_at),
        "updated_at": time(it.created_at),
        "actor": user(server, it.actor),
        "triggering_actor": user(server, it.actor),
        "run_started_at": time(it.created_at),
        **{f"{tail}_url": f"{url}/{tail}" for tail in tails},
        "check_suite_url": f"{root(repo)}/check-suites/{repo.suite(server.actions, it.head_sha).id}",
        "previous_attempt_url": None,
        "workflow_url": f"{root(repo)}/actions/workflows/1",
        "head_commit": minimal_commit(it.head_repo, it.head_sha),
        "repository": minimal_repository(repo),
        "head_repository": minimal_repository(it.head_repo),
        "display_title": it.name,
    }
    return shown
