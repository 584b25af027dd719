"""Pages, violations, faults: what the server does to a client whatever it asks for."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from tests.github_server import openapi
from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server.web import HANDLERS
from tests.github_server_tests.conftest import Client


def test_every_operation_of_the_description_has_a_route_and_no_other() -> None:
    assert {operation.id for operation in openapi.operations()} == set(HANDLERS)


def test_pages_link_to_each_other(client: Client, repo: Repository, pull: Pull) -> None:
    for number in range(35):
        repo.comment(pull, "ann", str(number))
    first = client("GET", "issues/1/comments")
    assert (len(first.json()), set(first.links)) == (30, {"next", "last"})
    second = client("GET", first.links["next"]["url"])
    assert ([it["body"] for it in second.json()], set(second.links)) == (["30", "31", "32", "33", "34"], {"prev", "first"})
    assert len(client.get("issues/1/comments", per_page=100)) == 35
    assert client.get("issues/1/comments", per_page=10, page=5) == []
    assert "Link" not in client("GET", "issues/1/comments", params={"per_page": 100}).headers


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "status", "detail"),
    [
        ("GET", "nowhere", {}, None, 404, "no such operation in the description"),
        ("GET", "pulls/x", {}, None, 404, "no such operation in the description"),
        ("DELETE", "pulls/1", {}, None, 404, "no such operation in the description"),
        ("GET", "pulls", {"states": "open"}, None, 422, "query parameter `states` is not declared"),
        ("GET", "pulls", {"state": "opened"}, None, 422, "query parameter `state`: the value is not one of"),
        ("GET", "pulls", {"per_page": "101"}, None, 422, "query parameter `per_page` is above 100"),
        ("GET", "pulls", {"page": "0"}, None, 422, "query parameter `page` is below 1"),
        ("GET", "pulls", {"page": "one"}, None, 422, "query parameter `page`: the value is not of type"),
        ("GET", "pulls", {}, {"a": 1}, 422, "a body is not declared"),
        ("POST", "check-runs", {}, None, 422, "the body is missing"),
        ("POST", "check-runs", {}, {"name": "x"}, 422, '/: "head_sha" is a required property'),
        ("POST", "check-runs", {}, {"name": "x", "head_sha": 1}, 422, "/head_sha: the value is not of type"),
        (
            "POST",
            "check-runs",
            {},
            {"name": "x", "head_sha": "x", "colour": "x"},
            422,
            "/: Additional properties are not allowed",
        ),
        (
            "POST",
            "check-runs",
            {},
            {"name": "x", "head_sha": "x", "started_at": "now"},
            422,
            '/started_at: the value is not a "date-time"',
        ),
        ("PATCH", "check-runs/1", {}, {"colour": "x"}, 422, "/: Unevaluated properties are not allowed"),
        ("PATCH", "pulls/1", {}, {"state": "merged"}, 422, "/state: the value is not one of"),
    ],
)
def test_what_the_description_does_not_have_is_a_violation(
    client: Client,
    pull: Pull,
    github: GitHubServer,
    method: str,
    path: str,
    query: dict[str, str],
    body: Any,
    status: int,
    detail: str,
) -> None:
    assert client(method, path, body, params=query).status_code == status
    (violation,) = github.expect_violations()
    assert violation.side == "request"
    assert detail in violation.detail


def test_an_answer_out_of_shape_is_a_violation(client: Client, pull: Pull, github: GitHubServer) -> None:
    pull.state = "merged"  # type: ignore[assignment]  # a state that GitHub does not have
    client("GET", "pulls/1")
    assert [it.side for it in github.expect_violations()] == ["answer"]


def test_an_answer_with_a_field_that_github_has_not_is_a_violation() -> None:
    found = openapi.find("GET", "/repos/a/b/labels/x")
    assert found
    label = {
        "id": 1,
        "node_id": "x",
        "url": "https://x.example",
        "name": "x",
        "color": "x",
        "default": False,
        "description": None,
    }
    assert openapi.check_answer(found[0], 200, label) == []
    assert openapi.check_answer(found[0], 200, label | {"extra": 1}) != []
    assert openapi.check_answer(found[0], 200, label | {"url": "no uri"}) != []
    assert openapi.check_answer(found[0], 201, label) != []
    assert openapi.check_answer(found[0], 404, {"message": "x"}) == []


def test_headers_are_checked(client: Client, pull: Pull, github: GitHubServer) -> None:
    assert client("GET", "pulls/1", headers={"X-GitHub-Api-Version": "2022-11-28"}).status_code == 200
    assert client("GET", "pulls/1", headers={"X-GitHub-Api-Version": "1999-01-01"}).status_code == 400
    assert len(github.expect_violations()) == 1
    assert client("GET", "pulls/1", headers={"Accept": "text/html"}).status_code == 415
    assert client("GET", "pulls/1", headers={"User-Agent": ""}).status_code == 403
    broken = client.session.post(f"{github.url}/repos/acme/shop/labels", data=b"{", timeout=10)
    assert (broken.status_code, broken.json()["message"]) == (400, "Problems parsing JSON")
    assert len(github.expect_violations()) == 1


def test_the_prefix_of_enterprise_servers_is_taken(client: Client, pull: Pull, github: GitHubServer) -> None:
    assert client("GET", f"{github.url}/api/v3/repos/acme/shop/pulls/1").json()["number"] == 1


def test_requests_are_logged(client: Client, pull: Pull, github: GitHubServer) -> None:
    client("GET", "pulls", params={"state": "all"})
    (record,) = github.requests
    assert (record.method, record.path, record.query) == ("GET", "/repos/acme/shop/pulls", (("state", "all"),))
    assert (record.status, record.operation) == (200, "pulls/list")


@pytest.mark.parametrize(
    ("action", "status", "header"),
    [
        ("500", 500, None),
        ("502", 502, None),
        ("503", 503, None),
        ("404", 404, None),
        ("403", 403, None),
        ("secondary-limit", 403, "Retry-After"),
        ("429", 429, "Retry-After"),
        ("primary-limit", 403, "X-RateLimit-Reset"),
    ],
)
def test_a_fault_is_an_answer_a_number_of_times(
    client: Client, pull: Pull, github: GitHubServer, action: Any, status: int, header: str | None
) -> None:
    fault = github.faults.add(action, method="GET", path=r"/pulls/\d+$", times=2, after=1)
    assert client("GET", "pulls").status_code == 200
    assert [client("GET", "pulls/1").status_code for _ in range(4)] == [200, status, status, 200]
    assert fault.hits == 2
    again = github.faults.add(action)
    answer = client("GET", "pulls")
    assert again.hits == 1
    assert header is None or header in answer.headers


def test_a_reset_connection(client: Client, pull: Pull, github: GitHubServer) -> None:
    github.faults.add("reset", method="POST")
    with pytest.raises(requests.ConnectionError):
        client("POST", "labels", {"name": "x"})
    assert pull.repo.labels == {}
    github.faults.add("reset-after", method="POST")
    with pytest.raises(requests.ConnectionError):
        client("POST", "labels", {"name": "x"})
    assert list(pull.repo.labels) == ["x"]


def test_truncated_wrong_and_empty_answers(client: Client, pull: Pull, github: GitHubServer) -> None:
    github.faults.add("truncated")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client("GET", "pulls/1")
    github.faults.add("not-json")
    html = client("GET", "pulls/1")
    assert (html.status_code, html.text[:9]) == (200, "<!DOCTYPE")
    github.faults.add("empty-page")
    assert client.get("pulls/1/files") == []
    github.faults.add("empty-page")
    assert client.get(f"commits/{pull.head_sha}/check-runs") == {"total_count": 0, "check_runs": []}


def test_a_hanging_answer_ends_with_the_server_at_the_latest(client: Client, pull: Pull) -> None:
    started = time.monotonic()
    with GitHubServer() as other:
        other.add_repository("acme/shop", files={"a": "1"})
        other.faults.add("hang", seconds=600)
        with pytest.raises(requests.Timeout):
            requests.get(f"{other.url}/repos/acme/shop", timeout=0.2)
    assert time.monotonic() - started < 5


def test_a_deliberate_bug_in_a_route_is_a_violation(
    client: Client, pull: Pull, github: GitHubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    pull.head_sha = "0" * 40
    with pytest.raises(requests.ConnectionError):
        client("GET", "pulls/1/commits")
    assert [it.side for it in github.expect_violations()] == ["server"]
    assert "Traceback" in capsys.readouterr().err
