"""Cut the operations the tests need out of GitHub's OpenAPI description.

The description is published as the npm package `@octokit/openapi` (MIT). To refresh the test data:

    npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
    python -m tests.github_server.extract_openapi package tests/data/openapi

Prose (descriptions, summaries, examples) and vendor extensions are dropped, everything a validator needs is kept as it is.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPO = "/repos/{owner}/{repo}"
WANTED: dict[str, str] = {
    "/app": "get",
    "/app/installations/{installation_id}/access_tokens": "post",
    "/installation/token": "delete",
    "/user": "get",
    "/users/{username}": "get",
    "/user/memberships/orgs/{org}": "get",
    "/user/{account_id}": "get",
    "/rate_limit": "get",
    "/orgs/{org}": "get",
    "/orgs/{org}/installations": "get",
    "/orgs/{org}/members/{username}": "get",
    "/orgs/{org}/teams": "get",
    "/orgs/{org}/teams/{team_slug}": "get",
    "/orgs/{org}/teams/{team_slug}/members": "get",
    "/orgs/{org}/teams/{team_slug}/memberships/{username}": "get",
    "/orgs/{org}/teams/{team_slug}/teams": "get",
    "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}": "get",
    REPO: "get",
    REPO + "/actions/organization-secrets": "get",
    REPO + "/actions/permissions": "get",
    REPO + "/actions/permissions/fork-pr-contributor-approval": "get",
    REPO + "/actions/permissions/selected-actions": "get",
    REPO + "/actions/permissions/workflow": "get",
    REPO + "/actions/runs/{run_id}": "get",
    REPO + "/actions/secrets": "get",
    REPO + "/activity": "get",
    REPO + "/assignees": "get",
    REPO + "/assignees/{assignee}": "get",
    REPO + "/branches": "get",
    REPO + "/branches/{branch}": "get",
    REPO + "/branches/{branch}/protection": "get put",
    REPO + "/branches/{branch}/protection/required_status_checks": "get patch",
    REPO + "/check-runs": "post",
    REPO + "/check-runs/{check_run_id}": "get patch",
    REPO + "/check-runs/{check_run_id}/annotations": "get",
    REPO + "/check-suites/{check_suite_id}": "get",
    REPO + "/check-suites/{check_suite_id}/check-runs": "get",
    REPO + "/collaborators": "get",
    REPO + "/collaborators/{username}": "get",
    REPO + "/collaborators/{username}/permission": "get",
    REPO + "/commits": "get",
    REPO + "/commits/{commit_sha}/pulls": "get",
    REPO + "/commits/{ref}": "get",
    REPO + "/commits/{ref}/check-runs": "get",
    REPO + "/commits/{ref}/check-suites": "get",
    REPO + "/compare/{basehead}": "get",
    REPO + "/contents/{path}": "get put",
    REPO + "/environments/{environment_name}": "get",
    REPO + "/environments/{environment_name}/deployment-branch-policies": "get",
    REPO + "/environments/{environment_name}/secrets": "get",
    REPO + "/git/blobs/{file_sha}": "get",
    REPO + "/git/commits/{commit_sha}": "get",
    REPO + "/git/matching-refs/{ref}": "get",
    REPO + "/git/ref/{ref}": "get",
    REPO + "/git/refs": "post",
    REPO + "/git/trees/{tree_sha}": "get",
    REPO + "/installation": "get",
    REPO + "/issues/comments/{comment_id}": "get patch delete",
    REPO + "/issues/{issue_number}": "get",
    REPO + "/issues/{issue_number}/assignees": "post delete",
    REPO + "/issues/{issue_number}/comments": "get post",
    REPO + "/issues/{issue_number}/events": "get",
    REPO + "/issues/{issue_number}/labels": "get post put delete",
    REPO + "/issues/{issue_number}/labels/{name}": "delete",
    REPO + "/issues/{issue_number}/timeline": "get",
    REPO + "/keys": "get",
    REPO + "/labels": "get post",
    REPO + "/labels/{name}": "get patch delete",
    REPO + "/pulls": "get post",
    REPO + "/pulls/{pull_number}": "get patch",
    REPO + "/pulls/{pull_number}/commits": "get",
    REPO + "/pulls/{pull_number}/files": "get",
    REPO + "/pulls/{pull_number}/merge": "get put",
    REPO + "/pulls/{pull_number}/requested_reviewers": "get post delete",
    REPO + "/pulls/{pull_number}/reviews": "get post",
    REPO + "/pulls/{pull_number}/reviews/{review_id}": "get",
    REPO + "/pulls/{pull_number}/reviews/{review_id}/dismissals": "put",
    REPO + "/rules/branches/{branch}": "get",
    REPO + "/rulesets": "get post",
    REPO + "/rulesets/{ruleset_id}": "get put",
    REPO + "/teams": "get",
}
PROSE = {"description", "summary", "example", "examples", "externalDocs", "tags", "title"}


def strip(node: Any, *, names: bool = False) -> Any:
    """Drop prose; `names` says that the keys of this object are names (of properties, schemas), not keywords."""
    if isinstance(node, list):
        return [strip(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: strip(value, names=not names and key in {"properties", "schemas", "parameters", "responses", "headers"})
        for key, value in node.items()
        if names or not (key in PROSE or key.startswith("x-"))
    }


def references(node: Any) -> Iterator[str]:
    """Every `$ref` below a node."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def extract(description: dict[str, Any]) -> dict[str, Any]:
    """The wanted operations and every component they reach."""
    paths = {}
    for path, methods in WANTED.items():
        item = description["paths"][path]
        paths[path] = strip({method: item[method] for method in methods.split()})
    components: dict[str, dict[str, Any]] = {}
    todo = list(references(paths))
    while todo:
        _, _, kind, name = todo.pop().split("/")
        if name not in components.setdefault(kind, {}):
            if kind == "examples":
                continue
            components[kind][name] = strip(description["components"][kind][name])
            todo += references(components[kind][name])
    return {
        "openapi": description["openapi"],
        "info": {key: description["info"][key] for key in ("title", "version", "license")},
        "paths": paths,
        "components": {kind: dict(sorted(items.items())) for kind, items in sorted(components.items())},
    }


def main(package: Path, target: Path) -> None:
    """Write `api.github.com.json` and its licence into the target directory."""
    description = json.loads((package / "generated" / "api.github.com.json").read_text("utf-8"))
    text = json.dumps(extract(description), indent=1, ensure_ascii=False)
    (target / "api.github.com.json").write_text(text + "\n", "utf-8")
    shutil.copyfile(package / "LICENSE", target / "LICENSE")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
