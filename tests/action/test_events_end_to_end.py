"""Every event that is supported, from its payload to what is published."""

from __future__ import annotations

import pytest

from agentowners.action.run import main
from tests.action.world import PATIENCE, World
from tests.github_server.model import Pull, WorkflowRun

BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}
WAITING = {"infra/main.tf": "b\n"}


def signal_run(world: World, pull: Pull) -> WorkflowRun:
    """The run of a workflow that did nothing but start because of a review."""
    return world.repo.add_workflow_run(
        event="pull_request_review", head_branch=pull.head_ref, head_sha=pull.head_sha, head_repo=pull.head_repo
    )


@pytest.mark.parametrize(
    ("event", "action"),
    [
        ("pull_request", "opened"),
        ("pull_request", "synchronize"),
        ("pull_request_target", "opened"),
        ("pull_request_target", "reopened"),
        ("pull_request_target", "edited"),
        ("pull_request_target", "ready_for_review"),
    ],
)
def test_pull_request_events(world: World, event: str, action: str) -> None:
    pull = world.pull(BLOCKED)
    assert world.run(event, action, pull=pull) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


def test_a_review(world: World) -> None:
    pull = world.pull(WAITING)
    world.repo.review(pull, "octocat", "APPROVED")
    review = world.repo.review(pull, "hubot", "APPROVED")
    assert world.run("pull_request_review", "submitted", pull=pull, review=review) == 0
    assert world.check(pull.head_sha).title == "Approved (2 of 2)"


def test_labeled_by_hand_is_put_right(world: World) -> None:
    pull = world.pull(ALLOWED)
    world.repo.label(pull, "agentowners/approvals-required-1", by="octocat")
    assert world.run("pull_request_target", "labeled", pull=pull, label="agentowners/approvals-required-1") == 0
    assert pull.labels == []
    assert world.check(pull.head_sha).title == "Allowed"


def test_workflow_dispatch(world: World) -> None:
    pull = world.pull(BLOCKED)
    assert world.run("workflow_dispatch", None, repo=world.repo, inputs={"pull-request": str(pull.number)}) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


def test_workflow_dispatch_for_no_pull_request(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    assert world.run("workflow_dispatch", None, repo=world.repo, inputs={"pull-request": "77"}) == 1
    assert "GitHub answered 404 to `GET /repos/acme/shop/pulls/77`" in capfd.readouterr().err


def test_schedule_judges_every_open_pull_request(world: World) -> None:
    pulls = [world.pull(files, branch=f"copilot/{n}") for n, files in enumerate((ALLOWED, BLOCKED, WAITING))]
    closed = world.pull(BLOCKED, branch="copilot/closed")
    world.repo.close(closed)
    assert world.run("schedule", None) == 1
    assert [world.check(pull.head_sha).conclusion for pull in pulls] == ["success", "failure", "action_required"]
    assert world.checks(closed.head_sha) == []
    assert world.outputs()["conclusion"] == "failure"
    assert world.summary.index("Blocked: 1 file") < world.summary.index("Waiting for approval") < world.summary.index("Allowed")


def test_schedule_goes_on_where_one_cannot_be_judged(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    first, second = world.pull(ALLOWED, branch="copilot/1"), world.pull(ALLOWED, branch="copilot/2")
    world.server.faults.add("500", method="GET", path=f"/pulls/{first.number}$", times=100)
    assert world.run("schedule", None) == 1
    assert world.checks(first.head_sha) == []
    assert world.check(second.head_sha).conclusion == "success"
    assert "GitHub answered 500" in capfd.readouterr().err


def test_schedule_without_pull_requests(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    assert world.run("schedule", None) == 0
    assert "nothing to judge" in capfd.readouterr().out


def test_workflow_run_finds_its_pull_request(world: World) -> None:
    pull = world.pull(BLOCKED)
    world.pull(BLOCKED, branch="copilot/other")
    run = signal_run(world, pull)
    assert world.run("workflow_run", "completed", repo=world.repo, run=run) == 1
    assert world.check(pull.head_sha).conclusion == "failure"
    assert sum(request == "POST /check-runs" for request in world.requests) == 1


def test_workflow_run_of_a_fork(world: World) -> None:
    fork = world.repo.fork("octofork")
    fork.commit("copilot/fix", BLOCKED, message="change", author="Copilot")
    pull = world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="Change", body="", fork=fork)
    world.pull(ALLOWED)
    run = signal_run(world, pull)
    assert world.run("workflow_run", "completed", repo=world.repo, run=run) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


def test_workflow_run_without_a_pull_request(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(ALLOWED)
    run = signal_run(world, pull)
    world.repo.close(pull)
    assert world.run("workflow_run", "completed", repo=world.repo, run=run) == 0
    assert "nothing to judge" in capfd.readouterr().out


def bad_event(world: World, event: str, payload: object) -> int:
    return main(world.environ(event, payload), patience=PATIENCE)


@pytest.mark.parametrize(
    ("event", "payload", "said"),
    [
        ("issues", {}, "the event `issues` is not supported"),
        ("issue_comment", {}, "the payload of the event `issue_comment` is malformed"),
        ("pull_request", {}, "the payload of the event `pull_request` is malformed"),
        ("pull_request", [], "the event's payload is not a JSON object"),
        ("pull_request", "{", "the event's payload is not JSON"),
        ("pull_request", "[" * 100_000, "the event's payload is not JSON"),
    ],
)
def test_threat_15_what_is_not_understood_is_one_line_and_an_error(
    world: World, capfd: pytest.CaptureFixture[str], event: str, payload: object, said: str
) -> None:
    assert bad_event(world, event, payload) == 1
    err = capfd.readouterr().err
    assert err.startswith("::error title=AGENTOWNERS::" + said)
    assert err.count("\n") == 1
    assert world.server.requests == []


@pytest.mark.parametrize("name", ["GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "INPUT_TOKEN"])
def test_threat_15_what_the_runner_should_have_set_is_named(world: World, capfd: pytest.CaptureFixture[str], name: str) -> None:
    environ = world.environ("schedule", {"schedule": "0 0 * * *"})
    del environ[name]
    assert main(environ, patience=PATIENCE) == 1
    err = capfd.readouterr().err
    assert name.removeprefix("INPUT_").lower() in err.lower()
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_REPOSITORY", "acme"),
        ("GITHUB_REPOSITORY", "acme/shop/../x"),
        ("GITHUB_RUN_ID", "x"),
        ("GITHUB_API_URL", "file:///etc"),
        ("GITHUB_API_URL", "http://[::1"),
        ("GITHUB_EVENT_PATH", "/nowhere/at/all"),
        ("INPUT_FAIL-JOB", "sometimes"),
    ],
)
def test_threat_15_what_the_runner_could_not_have_set_is_refused(
    world: World, capfd: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    environ = world.environ("schedule", {"schedule": "0 0 * * *"}) | {name: value}
    assert main(environ, patience=PATIENCE) == 1
    assert capfd.readouterr().err.count("\n") == 1
    assert world.server.requests == []


def test_a_server_whose_api_has_a_path(world: World) -> None:
    """GitHub Enterprise Server's API is at `/api/v3`; lists lead from page to page there too."""
    pull = world.pull({f"docs/{n:03}.md": "x\n" for n in range(150)})
    payload = world.server.payload("pull_request_target", "opened", pull=pull)
    environ = world.environ("pull_request_target", payload, GITHUB_API_URL=f"{world.server.url}/api/v3/")
    assert main(environ, patience=PATIENCE) == 0
    assert world.check(pull.head_sha).title == "Allowed"


def test_a_payload_larger_than_any(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    environ = world.environ("schedule", "{}" + " " * (32 * 1024 * 1024))
    assert main(environ, patience=PATIENCE) == 1
    assert "larger than any that GitHub sends" in capfd.readouterr().err


def test_a_second_attempt_has_an_id_of_its_own(world: World) -> None:
    pull = world.pull(ALLOWED)
    payload = world.server.payload("pull_request_target", "opened", pull=pull)
    main(world.environ("pull_request_target", payload, GITHUB_RUN_ATTEMPT="3"), patience=PATIENCE)
    assert world.check(pull.head_sha).external_id == "agentowners/1/1001-3"


def test_a_sweep_of_more_than_a_summary_holds(world: World) -> None:
    for number in range(22):
        world.pull({"docs/index.md": f"{number}\n"}, branch=f"copilot/{number}")
    assert world.run("schedule", None) == 0
    assert "and 2 more verdicts" in world.summary
