from __future__ import annotations

import pytest

from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client

WHAT_IT_TAKES = [
    ("GET", "pulls/1", "pull-requests:read"),
    ("GET", "pulls/1/files", "pull-requests:read"),
    ("GET", "pulls/1/commits", "pull-requests:read"),
    ("GET", "pulls/1/reviews", "pull-requests:read"),
    ("GET", "contents/README.md", "contents:read"),
    ("GET", "git/trees/main", "contents:read"),
    ("GET", "git/ref/heads/main", "contents:read"),
    ("GET", "compare/main...main", "contents:read"),
    ("GET", "commits/main", "contents:read"),
    ("GET", "commits/main/check-runs", "checks:read"),
    ("GET", "issues/1/timeline", "issues:read"),
    ("GET", "issues/1/labels", "pull-requests:read"),
    ("GET", "rules/branches/main", "metadata:read"),
    ("GET", "collaborators/octocat/permission", "metadata:read"),
    ("POST", "issues/1/comments", "pull-requests:write"),
]


@pytest.mark.parametrize(("method", "path", "permission"), WHAT_IT_TAKES)
def test_each_request_takes_its_permission(
    client: Client, pull: Pull, github: GitHubServer, method: str, path: str, permission: str
) -> None:
    name, level = permission.split(":")
    body = {"body": "x"} if method == "POST" else None
    client.use(github.token("actions", permissions={name: level}))
    assert client(method, path, body).status_code < 300
    if name != "metadata":
        client.use(github.token("actions", permissions={"actions": "write"}))
        refused = client(method, path, body)
        assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")


def test_reading_is_not_writing_but_writing_is_reading(client: Client, pull: Pull, github: GitHubServer) -> None:
    client.use(github.token("actions", permissions={"pull-requests": "read"}))
    assert client("PATCH", "pulls/1", {"title": "x"}).status_code == 403
    client.use(github.token("actions", permissions={"pull_requests": "write"}))
    assert client("PATCH", "pulls/1", {"title": "x"}).status_code == 200
    assert client("GET", "pulls/1").status_code == 200


def test_a_forks_token_reads_only(client: Client, pull: Pull, github: GitHubServer) -> None:
    client.use(github.token("actions", fork=True))
    assert client("GET", "pulls/1").status_code == 200
    assert client("POST", "check-runs", {"name": "x", "head_sha": pull.head_sha}).status_code == 403
    assert client("POST", "issues/1/labels", ["x"]).status_code == 403


def test_an_actions_token_belongs_to_one_repository(client: Client, repo: Repository, github: GitHubServer) -> None:
    github.add_repository("acme/secret", private=True, files={"a": "1"})
    github.add_repository("acme/open", files={"a": "1"})
    client.use(github.token("actions", repository=repo))
    assert client("GET", "/repos/acme/secret").status_code == 404
    assert client("GET", "/repos/acme/open").status_code == 200
    assert client("POST", "/repos/acme/open/labels", {"name": "x"}).status_code == 403
    assert client("POST", "labels", {"name": "x"}).status_code == 201


def test_no_token_and_a_bad_token_are_401(client: Client) -> None:
    bad = client.use("nonsense")("GET", "pulls")
    assert (bad.status_code, bad.json()["message"]) == (401, "Bad credentials")
    del client.session.headers["Authorization"]
    assert client("GET", "pulls").status_code == 401


def test_an_actions_token_cannot_read_teams_and_an_app_with_members_can(
    client: Client, repo: Repository, github: GitHubServer
) -> None:
    github.add_team("acme/sre", ["ann"])
    assert client("GET", "/orgs/acme/teams/sre").status_code == 403
    assert client("GET", "/orgs/acme/teams/sre/members").status_code == 403
    client.use(github.token("app", permissions={"contents": "read"}))
    assert client("GET", "/orgs/acme/teams/sre/members").status_code == 403
    client.use(github.token("app", permissions={"members": "read"}))
    assert [it["login"] for it in client.get("/orgs/acme/teams/sre/members")] == ["ann"]


def test_an_actions_token_cannot_read_branch_protection(client: Client, repo: Repository, github: GitHubServer) -> None:
    repo.protect("main", ["AGENTOWNERS", ("other", 7)])
    assert client("GET", "branches/main/protection").status_code == 403
    client.use(github.token("app", permissions={"administration": "read"}))
    checks = client.get("branches/main/protection")["required_status_checks"]["checks"]
    assert checks == [{"context": "AGENTOWNERS", "app_id": None}, {"context": "other", "app_id": 7}]
    assert client.get("branches/main/protection/required_status_checks")["contexts"] == ["AGENTOWNERS", "other"]


def test_who_the_caller_is(client: Client, repo: Repository, github: GitHubServer) -> None:
    assert client("GET", "/user").status_code == 403
    assert client("GET", "/app").status_code == 401
    assert client.use(github.token("user", login="ann")).get("/user")["login"] == "ann"
    assert client.use(github.token("jwt")).get("/app")["slug"] == "verdict-app"
    assert client("GET", "pulls").status_code == 403


def test_the_rate_limit_counts_down_to_a_403(client: Client, repo: Repository, github: GitHubServer) -> None:
    github.limits.rate = 3
    assert client("GET", "pulls").headers["X-RateLimit-Remaining"] == "2"
    assert client.get("/rate_limit")["resources"]["core"]["remaining"] == 1
    client.get("pulls")
    spent = client("GET", "pulls")
    assert (spent.status_code, spent.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert "API rate limit exceeded" in spent.json()["message"]
