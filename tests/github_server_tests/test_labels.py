from __future__ import annotations

from typing import Any

import pytest

from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client


def names(client: Client) -> list[str]:
    return [label["name"] for label in client.get("issues/1/labels")]


def test_labels_are_put_on_taken_off_and_replaced(client: Client, pull: Pull) -> None:
    assert client("POST", "issues/1/labels", {"labels": ["a", "area/b"]}).status_code == 200
    assert client("POST", "issues/1/labels", ["c"]).status_code == 200
    assert names(client) == ["a", "area/b", "c"]
    assert client("DELETE", "issues/1/labels/area/b").status_code == 200
    assert client("DELETE", "issues/1/labels/area%2Fb").status_code == 404
    assert [it["name"] for it in client("PUT", "issues/1/labels", {"labels": ["c", "d"]}).json()] == ["c", "d"]
    assert client("PUT", "issues/1/labels", {"labels": []}).json() == []
    assert client("POST", "issues/1/labels", {"labels": ["a"]}).status_code == 200
    assert client("DELETE", "issues/1/labels").status_code == 204
    assert names(client) == []
    kinds = [event["event"] for event in client.get("issues/1/events")]
    assert kinds == ["labeled"] * 3 + ["unlabeled"] * 2 + ["labeled"] + ["unlabeled"] * 2 + ["labeled", "unlabeled"]


def test_an_existing_label_needs_no_issues_permission_but_a_missing_one_does(
    client: Client, pull: Pull, repo: Repository, github: GitHubServer
) -> None:
    repo.add_label("known")
    client.use(github.token("actions", permissions={"pull-requests": "write"}))
    assert client("POST", "issues/1/labels", {"labels": ["KNOWN"]}).json()[0]["name"] == "known"
    refused = client("POST", "issues/1/labels", {"labels": ["unknown"]})
    assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "issues=write"
    assert client("POST", "labels", {"name": "unknown", "color": "ff0000"}).status_code == 403
    assert "unknown" not in repo.labels
    client.use(github.token("actions", permissions={"issues": "write"}))
    assert client("POST", "labels", {"name": "unknown", "color": "FF0000", "description": "d"}).json()["color"] == "ff0000"
    assert client("POST", "issues/1/labels", {"labels": ["unknown", "third"]}).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": "x" * 51}, "custom"),
        ({"name": " "}, "missing_field"),
        ({"name": "x", "description": "d" * 101}, "custom"),
        ({"name": "x", "color": "#ff0000"}, "invalid"),
        ({"name": "x", "color": "red"}, "invalid"),
        ({"name": "TAKEN"}, "already_exists"),
    ],
)
def test_a_label_out_of_bounds_is_refused(client: Client, repo: Repository, body: dict[str, Any], code: str) -> None:
    repo.add_label("taken")
    answer = client("POST", "labels", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert list(repo.labels) == ["taken"]


def test_a_label_at_the_bounds_is_taken_changed_and_deleted(client: Client, pull: Pull, repo: Repository) -> None:
    assert client("POST", "labels", {"name": "é" * 50, "color": "ff0000", "description": "d" * 100}).status_code == 201
    assert client("POST", "issues/1/labels", {"labels": ["é" * 50]}).status_code == 200
    changed = client("PATCH", "labels/" + "é" * 50, {"new_name": "short", "color": "00FF00", "description": "e"}).json()
    assert (changed["name"], changed["color"], changed["description"]) == ("short", "00FF00", "e")
    assert names(client) == ["short"]
    assert client.get("labels/SHORT")["name"] == "short"
    assert [it["name"] for it in client.get("labels")] == ["short"]
    assert client("DELETE", "labels/short").status_code == 204
    assert (names(client), repo.labels) == ([], {})
    assert client("GET", "labels/short").status_code == 404


def test_one_issue_holds_a_hundred_labels(client: Client, pull: Pull) -> None:
    assert client("POST", "issues/1/labels", [str(number) for number in range(100)]).status_code == 200
    assert client("POST", "issues/1/labels", ["more"]).status_code == 422


def test_comments_are_made_changed_and_deleted(client: Client, pull: Pull, github: GitHubServer) -> None:
    made = client("POST", "issues/1/comments", {"body": "hello"}).json()
    assert (made["user"]["login"], made["performed_via_github_app"]["slug"]) == ("github-actions[bot]", "github-actions")
    assert client("PATCH", f"issues/comments/{made['id']}", {"body": "bye"}).json()["body"] == "bye"
    assert [it["body"] for it in client.get("issues/1/comments")] == ["bye"]
    assert client.get(f"issues/comments/{made['id']}")["body"] == "bye"
    assert client("POST", "issues/1/comments", {"body": "x" * 65_537}).status_code == 422
    assert client("POST", "issues/1/comments", {"body": " "}).status_code == 422
    client.use(github.token("user", login="mallory"))
    assert client("PATCH", f"issues/comments/{made['id']}", {"body": "mine"}).status_code == 403
    assert client("DELETE", f"issues/comments/{made['id']}").status_code == 403
    client.use(github.token("actions"))
    assert client("DELETE", f"issues/comments/{made['id']}").status_code == 204
    assert client.get("issues/1/comments") == []


def test_only_people_who_can_triage_are_assigned(client: Client, pull: Pull, repo: Repository) -> None:
    repo.set_permission("ann", "triage")
    shown = client("POST", "issues/1/assignees", {"assignees": ["ann", "mallory", "Copilot"]}).json()
    assert [it["login"] for it in shown["assignees"]] == ["ann", "Copilot"]
    assert [it["login"] for it in client.get("assignees")] == ["ann"]
    assert client("GET", "assignees/ann").status_code == 204
    assert client("GET", "assignees/mallory").status_code == 404
    left = client("DELETE", "issues/1/assignees", {"assignees": ["ann"]}).json()
    assert [it["login"] for it in left["assignees"]] == ["Copilot"]
