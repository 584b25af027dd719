from __future__ import annotations

from typing import Any

import pytest

from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client

NOTE = {"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "no"}


def output(*annotations: dict[str, Any], **fields: str) -> dict[str, Any]:
    return {"title": "t", "summary": "s", "annotations": list(annotations)} | fields


def create(client: Client, pull: Pull, **body: Any) -> dict[str, Any]:
    answer = client("POST", "check-runs", {"name": "AGENTOWNERS", "head_sha": pull.head_sha} | body)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def test_a_run_goes_from_in_progress_to_completed(client: Client, pull: Pull, repo: Repository) -> None:
    run = create(client, pull, status="in_progress", external_id="x/1")
    assert (run["status"], run["conclusion"], run["app"]["id"]) == ("in_progress", None, 15368)
    done = client(
        "PATCH", f"check-runs/{run['id']}", {"status": "completed", "conclusion": "failure", "output": output(NOTE)}
    ).json()
    assert (done["status"], done["conclusion"], done["output"]["annotations_count"]) == ("completed", "failure", 1)
    assert client.get(f"check-runs/{run['id']}/annotations")[0]["message"] == "no"
    assert repo.check_runs(pull.head_sha)[0].history == [("in_progress", None), ("completed", "failure")]


def test_a_completed_run_stays_completed_and_the_patch_still_answers_200(client: Client, pull: Pull) -> None:
    run = create(client, pull, status="completed", conclusion="success")
    answer = client("PATCH", f"check-runs/{run['id']}", {"status": "in_progress", "output": output(NOTE)})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["conclusion"]) == ("completed", "success")
    assert answer.json()["output"]["annotations_count"] == 0


def test_the_conclusion_of_a_completed_run_can_be_changed(client: Client, pull: Pull) -> None:
    run = create(client, pull, status="completed", conclusion="success")
    assert client("PATCH", f"check-runs/{run['id']}", {"conclusion": "failure"}).json()["conclusion"] == "failure"


def test_annotations_are_appended_and_at_most_fifty_a_request(client: Client, pull: Pull, github: GitHubServer) -> None:
    run = create(client, pull, output=output(*[NOTE] * 50))
    answer = client("PATCH", f"check-runs/{run['id']}", {"output": output(*[NOTE] * 50)})
    assert answer.json()["output"]["annotations_count"] == 100
    refused = client("PATCH", f"check-runs/{run['id']}", {"output": output(*[NOTE] * 51)})
    assert refused.status_code == 422
    assert [it.detail for it in github.expect_violations()] == ["/output/annotations: the value has more than 50 items"]
    assert client.get(f"check-runs/{run['id']}")["output"]["annotations_count"] == 100
    assert len(client.get(f"check-runs/{run['id']}/annotations", per_page=100)) == 100


@pytest.mark.parametrize(
    "change",
    [
        {"message": "é" * 32_769},
        {"message": ""},
        {"raw_details": "x" * 65_537},
        {"title": "x" * 256},
        {"path": ""},
        {"path": "/a"},
        {"start_line": 0},
        {"start_line": 2},
        {"end_line": 2, "start_column": 1},
        {"start_column": 3, "end_column": 2},
    ],
)
def test_an_annotation_out_of_bounds_is_refused(client: Client, pull: Pull, change: dict[str, Any]) -> None:
    body = {"name": "x", "head_sha": pull.head_sha, "output": output(NOTE | change)}
    assert client("POST", "check-runs", body).status_code == 422


@pytest.mark.parametrize(
    "fits",
    [
        {"message": "é" * 32_768, "raw_details": "x" * 65_536, "title": "x" * 255},
        {"start_column": 1, "end_column": 1},
    ],
)
def test_an_annotation_within_bounds_is_taken(client: Client, pull: Pull, fits: dict[str, Any]) -> None:
    assert create(client, pull, output=output(NOTE | fits))["output"]["annotations_count"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"output": output(title="")},
        {"status": "completed"},
        {"status": "in_progress", "conclusion": "success"},
        {"status": "completed", "conclusion": "stale"},
        {"name": ""},
        {"head_sha": "0" * 40},
        {"head_sha": "main"},
    ],
)
def test_a_run_out_of_bounds_is_refused(client: Client, pull: Pull, repo: Repository, body: dict[str, Any]) -> None:
    assert client("POST", "check-runs", {"name": "x", "head_sha": pull.head_sha} | body).status_code == 422
    assert repo.check_runs() == []


@pytest.mark.parametrize("field", ["summary", "text"])
def test_summary_and_text_hold_65_535_characters(client: Client, pull: Pull, github: GitHubServer, field: str) -> None:
    create(client, pull, output=output(**{field: "é" * 65_535}))
    body = {"name": "x", "head_sha": pull.head_sha, "output": output(**{field: "é" * 65_536})}
    assert client("POST", "check-runs", body).status_code == 422
    assert [it.detail for it in github.expect_violations()] == [f"/output/{field}: the value is longer than 65535 characters"]


def test_only_an_apps_token_writes_check_runs(client: Client, pull: Pull, github: GitHubServer) -> None:
    body = {"name": "x", "head_sha": pull.head_sha}
    assert client.use(github.token("user"))("POST", "check-runs", body).status_code == 403
    reader = github.token("actions", permissions={"checks": "read"})
    assert client.use(reader)("POST", "check-runs", body).status_code == 403
    writer = github.token("app", permissions={"checks": "write"})
    assert client.use(writer)("POST", "check-runs", body).json()["app"]["slug"] == "verdict-app"


def test_a_run_of_another_app_cannot_be_changed(client: Client, pull: Pull, github: GitHubServer) -> None:
    run = create(client, pull)
    answer = client.use(github.token("app"))("PATCH", f"check-runs/{run['id']}", {"status": "in_progress"})
    assert answer.status_code == 403


def test_the_run_of_a_job_cannot_be_changed_though_the_answer_is_200(client: Client, pull: Pull, repo: Repository) -> None:
    run = repo.add_check_run("judge", pull.head_sha, conclusion="failure", job=True)
    answer = client("PATCH", f"check-runs/{run.id}", {"conclusion": "success"})
    assert (answer.status_code, answer.json()["conclusion"]) == (200, "failure")


def test_an_ignored_update_answers_200_with_the_old_state(client: Client, pull: Pull, github: GitHubServer) -> None:
    run = create(client, pull, status="in_progress")
    github.faults.add("ignored", method="PATCH", path="/check-runs/")
    patch = {"status": "completed", "conclusion": "success"}
    assert client("PATCH", f"check-runs/{run['id']}", patch).json()["status"] == "in_progress"
    assert client("PATCH", f"check-runs/{run['id']}", patch).json()["status"] == "completed"


def test_the_list_shows_the_newest_run_of_each_name_or_all(client: Client, pull: Pull, repo: Repository) -> None:
    old, new = create(client, pull), create(client, pull)
    other = repo.add_check_run("other", pull.head_sha, app=repo.server.add_app("rival"))
    listed = client.get(f"commits/{pull.head_sha}/check-runs")
    assert (listed["total_count"], {run["id"] for run in listed["check_runs"]}) == (2, {new["id"], other.id})
    everything = client.get(f"commits/{pull.head_sha}/check-runs", filter="all", check_name="AGENTOWNERS")
    assert [run["id"] for run in everything["check_runs"]] == [new["id"], old["id"]]
    mine = client.get("commits/copilot/fix/check-runs", app_id=15368)
    assert [run["id"] for run in mine["check_runs"]] == [new["id"]]


def test_over_the_limit_of_one_name_in_a_suite_the_oldest_run_is_deleted(
    client: Client, pull: Pull, github: GitHubServer
) -> None:
    github.limits.runs_per_name = 2
    first = create(client, pull)
    create(client, pull), create(client, pull)
    assert client("GET", f"check-runs/{first['id']}").status_code == 404


def test_suites_group_the_runs_of_an_app(client: Client, pull: Pull, repo: Repository) -> None:
    create(client, pull, status="completed", conclusion="failure")
    repo.add_check_run("other", pull.head_sha, app=repo.server.add_app("rival"))
    suites = client.get(f"commits/{pull.head_sha}/check-suites", app_id=15368)
    (suite,) = suites["check_suites"]
    assert (suite["status"], suite["conclusion"], suite["latest_check_runs_count"]) == ("completed", "failure", 1)
    assert client.get(f"check-suites/{suite['id']}")["id"] == suite["id"]
    assert client.get(f"check-suites/{suite['id']}/check-runs")["total_count"] == 1
    assert client.get(f"commits/{pull.head_sha}/check-suites", check_name="other")["total_count"] == 1


def test_pull_requests_from_forks_are_not_listed_on_a_run(client: Client, pull: Pull, repo: Repository) -> None:
    assert create(client, pull)["pull_requests"][0]["number"] == pull.number
    fork = repo.fork("mallory")
    fork.commit("topic", {"x": "1"}, author="mallory")
    foreign = repo.open_pull("topic", fork=fork, author="mallory")
    assert create(client, foreign)["pull_requests"] == []
