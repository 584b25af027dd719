"""The life of the check run: in progress first, then the verdict, and every older run of ours says the same."""

from __future__ import annotations

import pytest

from tests.action.world import World

BLOCKED = {"security/keys.py": "KEY = 2\n"}
WAITING = {"infra/main.tf": "b\n"}


def test_the_run_is_in_progress_before_anything_is_judged(world: World) -> None:
    pull = world.pull(BLOCKED)
    world.judge(pull)
    assert world.requests[:2] == ["GET /pulls/1", "POST /check-runs"]
    assert world.check(pull.head_sha).history == [("in_progress", None), ("completed", "failure")]


def test_each_judgement_is_a_new_run_and_the_older_ones_follow(world: World) -> None:
    pull = world.pull(WAITING)
    conclusions = []
    for login in (None, "octocat", "hubot"):
        if login:
            world.repo.review(pull, login, "APPROVED")
        world.judge(pull)
        conclusions.append([run.conclusion for run in world.checks(pull.head_sha)])
    assert conclusions == [["action_required"], ["action_required"] * 2, ["success"] * 3]
    assert [run.external_id for run in world.checks(pull.head_sha)] == [f"agentowners/1/{n}-1" for n in (1001, 1002, 1003)]


def test_a_pass_that_no_longer_holds_is_taken_back_everywhere(world: World) -> None:
    pull = world.pull(WAITING)
    reviews = [world.repo.review(pull, login, "APPROVED") for login in ("octocat", "hubot")]
    world.judge(pull)
    assert [run.conclusion for run in world.checks(pull.head_sha)] == ["success"]
    world.repo.dismiss(reviews[0], by="octocat")
    world.judge(pull)
    assert [run.conclusion for run in world.checks(pull.head_sha)] == ["action_required"] * 2


def test_runs_of_others_are_left_alone(world: World) -> None:
    pull = world.pull(BLOCKED)
    other_app = world.server.add_app("somebody-else")
    theirs = world.repo.add_check_run("AGENTOWNERS", pull.head_sha, app=other_app, status="completed", conclusion="success")
    not_ours = world.repo.add_check_run(
        "AGENTOWNERS", pull.head_sha, app=world.server.actions, status="completed", conclusion="success"
    )
    world.judge(pull)
    assert (theirs.conclusion, not_ours.conclusion) == ("success", "success")
    assert world.check(pull.head_sha).conclusion == "failure"


def test_a_run_that_an_earlier_job_left_in_progress_is_ended(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    left = world.repo.add_check_run("AGENTOWNERS", pull.head_sha, app=world.server.actions, status="in_progress", conclusion=None)
    left.external_id = "agentowners/1/900-1"
    world.judge(pull)
    assert (left.status, left.conclusion) == ("completed", "success")


def test_more_than_one_page_of_older_runs(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    for number in range(130):
        run = world.repo.add_check_run(
            "AGENTOWNERS", pull.head_sha, app=world.server.actions, status="completed", conclusion="success"
        )
        run.external_id = f"agentowners/1/{number}-1"
    world.judge(pull)
    assert {run.conclusion for run in world.checks(pull.head_sha)} == {"success"}
    assert sum(request.startswith("PATCH /check-runs") for request in world.requests) == 1


def test_what_a_newer_run_found_stands_where_it_is_stricter(world: World) -> None:
    pull = world.pull(WAITING)
    for login in ("octocat", "hubot"):
        world.repo.review(pull, login, "APPROVED")
    newer = world.repo.add_check_run(
        "AGENTOWNERS", pull.head_sha, app=world.server.actions, status="completed", conclusion="failure"
    )
    newer.external_id, newer.id = "agentowners/1/9000-1", 2**40
    world.repo.runs[newer.id] = newer
    world.judge(pull)
    own = next(run for run in world.checks(pull.head_sha) if run.external_id.startswith("agentowners/1/1001"))
    assert own.conclusion == "failure"


def test_a_newer_pass_is_not_believed_but_judged_again(world: World) -> None:
    pull = world.pull(BLOCKED)
    newer = world.repo.add_check_run(
        "AGENTOWNERS", pull.head_sha, app=world.server.actions, status="completed", conclusion="success"
    )
    newer.external_id, newer.id = "agentowners/1/9000-1", 2**40
    world.repo.runs[newer.id] = newer
    assert world.judge(pull) == 1
    own = next(run for run in world.checks(pull.head_sha) if run.external_id.startswith("agentowners/1/1001"))
    assert own.conclusion == "failure"
    assert len(own.annotations) == 1
    assert world.requests.count("GET /pulls/1/files") == 3


def test_a_patch_that_is_ignored_is_not_believed(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    world.server.faults.add("ignored", method="PATCH", path="/check-runs/", times=100)
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).status == "in_progress"
    assert "did not carry it out" in capfd.readouterr().err


def test_a_patch_that_is_ignored_once_is_repeated(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    world.server.faults.add("ignored", method="PATCH", path="/check-runs/", times=1)
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).conclusion == "success"


def test_a_create_whose_answer_is_lost_is_looked_up_before_it_is_repeated(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    world.server.faults.add("reset-after", method="POST", path="/check-runs$")
    assert world.judge(pull) == 0
    assert [run.conclusion for run in world.checks(pull.head_sha)] == ["success"]
    assert world.requests.count("POST /check-runs") == 1


def test_a_create_that_never_arrived_is_repeated(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    world.server.faults.add("reset", method="POST", path="/check-runs$")
    assert world.judge(pull) == 0
    assert [run.conclusion for run in world.checks(pull.head_sha)] == ["success"]


@pytest.mark.parametrize("after", [0, 1, 2])
def test_annotations_whose_answer_is_lost_are_not_sent_twice(world: World, after: int) -> None:
    pull = world.pull({f"security/f{n:03}.py": "x\n" for n in range(120)})
    world.server.faults.add("reset-after", method="PATCH", path="/check-runs/", after=after)
    world.judge(pull)
    run = world.check(pull.head_sha)
    assert run.conclusion == "failure"
    assert len(run.annotations) == 120


def test_older_runs_that_cannot_be_read_leave_no_pass(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    world.server.faults.add("500", method="GET", path="/check-runs$", times=100)
    assert world.judge(pull) == 1
    assert [run.conclusion for run in world.checks(pull.head_sha)] == ["failure"]
    assert "GitHub answered 500" in capfd.readouterr().err


def test_a_pull_request_that_moves_on_while_it_is_judged_is_judged_where_it_is_now(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    first = pull.head_sha
    # the event is of the first head; what is fetched is the second
    payload = world.server.payload("pull_request_target", "opened", pull=pull)
    world.repo.commit("copilot/fix", BLOCKED, author="Copilot", message="more")
    from agentowners.action.run import main
    from tests.action.world import PATIENCE

    assert main(world.environ("pull_request_target", payload), patience=PATIENCE) == 1
    assert world.checks(first) == []
    assert world.check(pull.head_sha).conclusion == "failure"
