"""Driving a server that runs as another process: `POST /_test/<name>` with a JSON object, `GET /_test/state`.

These paths are no part of GitHub, need no token and are not in the request log.

    state     everything a test looks at: pull requests with labels, comments and reviews; check runs with annotations; the
              request log; the violations
    commit    {repository, branch, files: {path: text or null}, author?, message?} -> {sha}
    open_pull {repository, head, base?, author?, title?, body?} -> {number, head_sha}
    review    {repository, pull, login, state, commit?} -> {id}
    dismiss   {repository, pull, review}
    retarget  {repository, pull, base}
    merge     {repository, pull, login?, method?} -> {merged, sha | message}
    payload   {event, action?, repository, pull?, review?, ...} -> the webhook payload
    fault     {action, method?, path?, times?, after?, seconds?}
    token     {kind?, permissions?, login?} -> {token}
    stop      end the process
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.github_server.model import MergeRefused
from tests.github_server.render import checks as render_checks
from tests.github_server.render import pulls as render_pulls

if TYPE_CHECKING:
    from tests.github_server.model import Pull
    from tests.github_server.repository import Repository
    from tests.github_server.server import GitHubServer

Json = dict[str, Any]


def state(server: GitHubServer, arguments: Json) -> Json:
    """The whole state, in the API's own shapes where it has one."""
    repositories = {repo.full_name: _repository(repo) for repo in server.repositories.values()}
    requests = [{"method": it.method, "path": it.path, "status": it.status, "operation": it.operation} for it in server.requests]
    return {"repositories": repositories, "requests": requests, "violations": [str(it) for it in server.violations]}


def _repository(repo: Repository) -> Json:
    return {
        "labels": sorted(repo.labels),
        "branches": repo.branches(),
        "pulls": {str(number): _pull(pull) for number, pull in repo.pulls.items()},
        "check_runs": [
            render_checks.run(repo, run) | {"annotations": run.annotations, "history": run.history} for run in repo.runs.values()
        ],
    }


def _pull(pull: Pull) -> Json:
    return {
        "state": pull.state,
        "merged": pull.merged_at is not None,
        "head_sha": pull.head_sha,
        "base_ref": pull.base_ref,
        "labels": pull.labels,
        "comments": [it.body for it in pull.comments],
        "reviews": [render_pulls.review(pull, it) for it in pull.reviews],
    }


def _find(server: GitHubServer, arguments: Json) -> tuple[Repository, Pull]:
    repo = server.repository(arguments.pop("repository"))
    return repo, repo.pulls[arguments.pop("pull")]


def commit(server: GitHubServer, arguments: Json) -> Json:
    """Commit text files."""
    return {"sha": server.repository(arguments.pop("repository")).commit(**arguments)}


def open_pull(server: GitHubServer, arguments: Json) -> Json:
    """Open a pull request."""
    pull = server.repository(arguments.pop("repository")).open_pull(**arguments)
    return {"number": pull.number, "head_sha": pull.head_sha}


def review(server: GitHubServer, arguments: Json) -> Json:
    """Give a review."""
    repo, pull = _find(server, arguments)
    return {"id": repo.review(pull, **arguments).id}


def dismiss(server: GitHubServer, arguments: Json) -> Json:
    """Dismiss a review."""
    repo, pull = _find(server, arguments)
    repo.dismiss(next(it for it in pull.reviews if it.id == arguments["review"]))
    return {}


def retarget(server: GitHubServer, arguments: Json) -> Json:
    """Change a pull request's base."""
    repo, pull = _find(server, arguments)
    repo.retarget(pull, arguments["base"])
    return {}


def merge(server: GitHubServer, arguments: Json) -> Json:
    """Press the button; refused as GitHub would."""
    repo, pull = _find(server, arguments)
    try:
        return {"merged": True, "sha": repo.merge(pull, **({"by": arguments.pop("login", "octocat")} | arguments))}
    except MergeRefused as refused:
        return {"merged": False, "message": refused.message}


def payload(server: GitHubServer, arguments: Json) -> Json:
    """A webhook payload; numbers name the pull request and the review."""
    repo = arguments["repo"] = server.repository(arguments.pop("repository"))
    if "pull" in arguments:
        pull = arguments["pull"] = repo.pulls[arguments["pull"]]
        if "review" in arguments:
            arguments["review"] = next(it for it in pull.reviews if it.id == arguments["review"])
    return server.payload(arguments.pop("event"), arguments.pop("action", None), **arguments)


def fault(server: GitHubServer, arguments: Json) -> Json:
    """Add a fault."""
    server.faults.add(**arguments)
    return {}


def token(server: GitHubServer, arguments: Json) -> Json:
    """A new token."""
    return {"token": server.token(**arguments)}


def stop(server: GitHubServer, arguments: Json) -> Json:
    """Let the process end."""
    server.stopped.set()
    return {}


COMMANDS: dict[str, Callable[[GitHubServer, Json], Json]] = {
    function.__name__: function
    for function in (state, commit, open_pull, review, dismiss, retarget, merge, payload, fault, token, stop)
}
