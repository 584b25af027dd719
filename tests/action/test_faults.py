"""What a network and a busy GitHub do: at every request of a run, every fault. None of them ends in a pass that is not one."""

from __future__ import annotations

import re

import pytest

from tests.action.world import World
from tests.github_server.faults import Action

BLOCKED = {"security/keys.py": "KEY = 2\n", "infra/main.tf": "b\n", "docs/index.md": "new\n"}
READS = {
    "pull": r"/pulls/[0-9]+$",
    "root": r"/git/trees/refs/heads/main$",
    "folder": r"/git/trees/[0-9a-f]{40}$",
    "blob": r"/git/blobs/",
    "files": r"/pulls/[0-9]+/files$",
    "commits": r"/pulls/[0-9]+/commits$",
    "reviews": r"/pulls/[0-9]+/reviews$",
    "permission": r"/permission$",
    "timeline": r"/timeline$",
    "sharing": r"/pulls$",
    "older runs": r"/commits/[0-9a-f]{40}/check-runs$",
}
WRITES = {"create": ("POST", r"/check-runs$"), "complete": ("PATCH", r"/check-runs/")}
TRANSIENT = ["500", "502", "503", "reset", "reset-after", "truncated", "not-json", "secondary-limit", "429"]
LASTING = ["500", "reset", "truncated", "not-json", "403", "404", "429", "primary-limit"]


@pytest.mark.parametrize("fault", TRANSIENT)
@pytest.mark.parametrize("place", READS)
def test_a_read_that_fails_once_is_repeated(world: World, place: str, fault: Action) -> None:
    pull = world.pull({"infra/main.tf": "b\n"})
    world.repo.review(pull, "octocat", "APPROVED")
    struck = world.server.faults.add(fault, method="GET", path=READS[place], seconds=0)
    assert world.judge(pull) == 0
    assert struck.hits == 1
    assert world.check(pull.head_sha).title == "Waiting for approval (1 of 2)"


@pytest.mark.parametrize(("place", "fault"), [(place, fault) for place in READS for fault in LASTING])
def test_a_read_that_keeps_failing_never_passes(
    world: World, capfd: pytest.CaptureFixture[str], place: str, fault: Action
) -> None:
    pull = world.pull({"infra/main.tf": "b\n"})
    for login in ("octocat", "hubot"):
        world.repo.review(pull, login, "APPROVED")
    struck = world.server.faults.add(fault, method="GET", path=READS[place], times=1000, seconds=3600)
    code = world.judge(pull)
    assert struck.hits >= 1
    run = world.check(pull.head_sha)
    assert run.status == "completed"
    # a fact about a person that the token may not have leaves approvals unmet; anything else is no verdict
    expected = "action_required" if place in ("permission", "timeline") and fault in ("403", "404") else "failure"
    assert run.conclusion == expected
    assert code == (0 if expected == "action_required" else 1)
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err
    assert world.token not in told.err


@pytest.mark.parametrize("fault", ["500", "reset", "reset-after", "not-json", "truncated", "429", "secondary-limit", "ignored"])
@pytest.mark.parametrize("place", WRITES)
def test_a_write_that_fails_once_is_put_right(world: World, place: str, fault: Action) -> None:
    if (place, fault) == ("create", "ignored"):
        fault = "502"
    pull = world.pull(BLOCKED)
    method, path = WRITES[place]
    struck = world.server.faults.add(fault, method=method, path=path, seconds=0)
    assert world.judge(pull) == 1
    assert struck.hits == 1
    runs = world.checks(pull.head_sha)
    assert [run.conclusion for run in runs] == ["failure"]
    assert len(runs[0].annotations) == 2


@pytest.mark.parametrize("fault", ["500", "reset", "404", "429", "primary-limit"])
@pytest.mark.parametrize("place", WRITES)
def test_a_write_that_keeps_failing_never_passes(
    world: World, capfd: pytest.CaptureFixture[str], place: str, fault: Action
) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    method, path = WRITES[place]
    world.server.faults.add(fault, method=method, path=path, times=1000, seconds=3600)
    if place == "create":
        world.server.faults.add("500", method="GET", path=r"/check-runs$", times=1000)
    assert world.judge(pull) == 1
    assert all(run.conclusion != "success" for run in world.checks(pull.head_sha))
    assert capfd.readouterr().err.startswith("::error title=AGENTOWNERS::")


def test_a_verdict_whose_answers_are_never_readable_is_looked_up(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    world.server.faults.add("not-json", method="PATCH", path=r"/check-runs/", times=1000)
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).conclusion == "success"
    assert world.requests.count(f"PATCH /check-runs/{world.check(pull.head_sha).id}") == 1


def test_threat_16_yesterdays_pass_does_not_stand_where_even_the_pull_request_cannot_be_fetched(world: World) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).conclusion == "success"
    world.server.faults.add("500", method="GET", path=READS["pull"], times=1000)
    assert world.judge(pull) == 1
    assert [run.conclusion for run in world.checks(pull.head_sha)] == ["failure", "failure"]


def test_threat_16_a_run_that_stops_half_way_leaves_no_pass(world: World) -> None:
    """The newest run is in progress from the first moment; a pass of yesterday is an older one."""
    pull = world.pull({"docs/index.md": "new\n"})
    assert world.judge(pull) == 0
    world.server.faults.add("500", method="PATCH", times=1000)
    assert world.judge(pull) == 1
    assert [(run.status, run.conclusion) for run in world.checks(pull.head_sha)][-1] == ("in_progress", None)


def test_a_rate_limit_that_is_worth_waiting_for_is_waited_for(world: World) -> None:
    pull = world.pull(BLOCKED)
    world.server.faults.add("secondary-limit", method="GET", path=READS["files"], times=2, seconds=0)
    world.judge(pull)
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_threat_12_an_empty_further_page_is_no_end_of_a_list(world: World) -> None:
    pull = world.pull({f"docs/{n:03}.md": "x\n" for n in range(150)})
    world.server.faults.add("empty-page", method="GET", path=READS["files"], after=1, times=1000)
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    assert run.conclusion == "failure"
    assert run.title in ("GitHub did not answer", "Facts are incomplete")


@pytest.mark.parametrize("status", ["403", "404"])
def test_threat_38_an_app_that_cannot_be_read_may_be_an_agents(world: World, status: Action) -> None:
    world.repo.branch("fix")
    pull = world.pull({"docs/index.md": "new\n"}, branch="fix", author="hubot")
    struck = world.server.faults.add(status, method="GET", path=r"/issues/[0-9]+$", times=1000)
    assert world.judge(pull) == 1
    assert struck.hits == 1
    assert world.check(pull.head_sha).title == "Facts are incomplete"
    assert "issues: read" in (world.check(pull.head_sha).summary or "")
    # where there are no issues there is nothing that a permission would help
    world.repo.settings.has_issues = False
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert run.title == "Allowed"
    assert "whether an App acted for the author cannot be told: issues are turned off" in (run.summary or "")


@pytest.mark.parametrize("place", ["files", "commits"])
def test_threat_12_an_empty_list_that_cannot_be_empty_is_no_answer(world: World, place: str) -> None:
    """What it should have held is found by comparing trees or commits; where that fails too, there is no verdict."""
    pull = world.pull({"infra/main.tf": "b\n"})
    for login in ("octocat", "hubot"):
        world.repo.review(pull, login, "APPROVED")
    world.server.faults.add("empty-page", method="GET", path=READS[place], times=1000)
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Approved (2 of 2)"
    world.server.faults.add("500", method="GET", path="/compare/", times=1000)
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


def test_faults_are_told_in_one_line_that_says_what_to_do(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(BLOCKED)
    world.server.faults.add("500", method="POST", path="/check-runs$", times=1000)
    assert world.judge(pull) == 1
    err = capfd.readouterr().err
    assert re.fullmatch(
        r"::error title=AGENTOWNERS::GitHub answered 500 to `POST /repos/acme/shop/check-runs` \(run the job again; [^\n]*\)\n",
        err,
    )


def test_a_token_that_github_does_not_know(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(BLOCKED)
    world.token = "ghs_never_heard_of_it"
    assert world.judge(pull) == 1
    told = capfd.readouterr()
    assert told.err.startswith("::error title=AGENTOWNERS::GitHub answered 401")
    assert "check the `token` input" in told.err


def test_threat_23_the_token_is_masked_first_and_never_printed(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(BLOCKED)
    world.inputs |= {"report-file": "verdict.json", "sarif-file": "verdict.sarif", "comment": "true"}
    for fault in ("500", "403", "truncated", "reset"):
        world.server.faults.add(fault, method="GET", path=READS["reviews"], times=1)
    world.judge(pull)
    told = capfd.readouterr()
    first, *rest = told.out.splitlines()
    assert first == f"::add-mask::{world.token}"
    everything = "\n".join([*rest, told.err, world.summary, *(p.read_text() for p in (world.directory / "workspace").iterdir())])
    shown = world.check(pull.head_sha)
    assert world.token not in everything + str(shown.summary) + str(shown.text) + str(shown.annotations)


@pytest.mark.parametrize("fault", ["secondary-limit", "429", "primary-limit"])
def test_threat_15_a_rate_limit_is_not_taken_for_a_read_only_token(
    world: World, capfd: pytest.CaptureFixture[str], fault: Action
) -> None:
    pull = world.pull({"docs/index.md": "new\n"})
    world.server.faults.add(fault, method="POST", path="/check-runs$", times=1000, seconds=0)
    assert world.judge(pull) == 1
    assert "rate limit is used up" in capfd.readouterr().err
