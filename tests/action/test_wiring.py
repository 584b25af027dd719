"""The wiring, as the documentation writes it: its very workflows, on a fork's pull request, from its opening to its merge."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.action.workflows import GATE, GRANTED, SIGNAL, Actions, fork_pull, merges, shown
from tests.action.world import World
from tests.github_server.model import ACTIONS_APP, Pull, Review, WorkflowRun

WAITING = {"infra/main.tf": "b\n"}
BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}


@pytest.fixture
def actions(world: World) -> Actions:
    """The front page's wiring, and a branch that requires the check as the front page's ruleset does."""
    world.repo.commit("main", {GATE: shown("docs/set-up.md", GATE), SIGNAL: shown("docs/set-up.md", SIGNAL)}, message="wire")
    world.repo.protect("main", [("AGENTOWNERS", ACTIONS_APP)], ruleset=True)
    return Actions(world)


def test_a_forks_pull_request_from_its_opening_to_its_merge(actions: Actions) -> None:
    world = actions.world
    pull = fork_pull(world, WAITING)
    actions.opened(pull)
    (gate,) = actions.jobs
    assert (gate.event, gate.permissions) == ("pull_request_target", GRANTED)
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"
    assert not merges(world, pull)

    for number, login in enumerate(("octocat", "hubot"), 1):
        actions.reviewed(pull, world.repo.review(pull, login, "APPROVED"))
        signal, gate = actions.jobs
        assert (signal.workflow, signal.permissions, signal.code) == ("AGENTOWNERS review signal", {}, None)
        assert (gate.event, gate.permissions, gate.code) == ("workflow_run", GRANTED, 0)
        assert f"({number} of 2)" in (world.check(pull.head_sha).title or "")

    taken_back = pull.reviews[-1]
    world.repo.dismiss(taken_back)
    actions.reviewed(pull, taken_back, "dismissed")
    assert not merges(world, pull)
    actions.reviewed(pull, world.repo.review(pull, "hubot", "APPROVED"))

    group = world.server.queue(world.repo, [pull])
    actions.queued(group)
    assert [job.event for job in actions.jobs] == ["merge_group"]
    assert world.check(group.head_sha).title == "Approved (2 of 2)"
    assert merges(world, pull)


def test_a_push_to_a_fork_takes_the_approvals_back(actions: Actions) -> None:
    world = actions.world
    pull = fork_pull(world, WAITING)
    for login in ("octocat", "hubot"):
        world.repo.review(pull, login, "APPROVED")
    pull.head_repo.commit("patch", {"infra/more.tf": "c\n"}, author="Copilot")
    actions.pushed_to(pull)
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 2)"
    assert not merges(world, pull)


def test_dependabots_pull_request_is_judged_like_any_other(actions: Actions) -> None:
    """Its runs get a read-only token on `pull_request`; not on `pull_request_target`."""
    world = actions.world
    world.repo.commit("main", {".github/AGENTOWNERS": "package.json @dependabot require_approval\n"}, message="policy")
    pull = world.pull({"package.json": "{}\n"}, branch="dependabot/npm/x", author="dependabot[bot]")
    actions.opened(pull)
    assert actions.jobs[0].permissions == GRANTED
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 1)"


def test_threat_26_skip_ci_keeps_the_gate_from_nothing(actions: Actions) -> None:
    world = actions.world
    pull = fork_pull(world, BLOCKED, message="change [skip ci]")
    actions.opened(pull)
    assert world.check(pull.head_sha).conclusion == "failure"


def test_threat_26_nor_does_a_conflict(actions: Actions) -> None:
    world = actions.world
    pull = fork_pull(world, BLOCKED)
    world.repo.commit("main", {"security/keys.py": "KEY = 3\n"}, message="conflict")
    actions.opened(pull)
    assert world.check(pull.head_sha).conclusion == "failure"


CONFLICT = {"src/app.py": "y = 1\n"}
UNDONE = {"src/app.py": "x = 1\n"}


def lands(actions: Actions, files: dict[str, str], message: str = "another change of the agent's that is allowed") -> None:
    """Something lands on main; GitHub tells of the push."""
    before = actions.world.repo.tip("main")
    actions.world.repo.commit("main", files, author="octocat", message=message)
    actions.base_pushed(before)


def approved(actions: Actions) -> tuple[Pull, Review]:
    pull = actions.world.pull({"src/app.py": "x = 2\n"})
    actions.opened(pull)
    review = actions.world.repo.review(pull, "octocat", "APPROVED")
    actions.reviewed(pull, review)
    assert actions.world.check(pull.head_sha).title == "Approved (1 of 1)"
    return pull, review


@pytest.mark.parametrize("how", ["changes requested", "dismissed"])
def test_threat_36_a_review_taken_back_while_a_conflict_keeps_every_run_from_starting(actions: Actions, how: str) -> None:
    world = actions.world
    pull, review = approved(actions)
    lands(actions, CONFLICT)
    assert world.check(pull.head_sha).title == "Conflicts with main"
    if how == "dismissed":
        world.repo.dismiss(review)
        actions.reviewed(pull, review, "dismissed")
    else:
        actions.reviewed(pull, world.repo.review(pull, "octocat", "CHANGES_REQUESTED"))
    assert actions.jobs == [], "there is no merge commit to run on"
    lands(actions, UNDONE)
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 1)"
    assert not merges(world, pull)


def test_threat_36_what_was_approved_passes_again_when_the_conflict_is_over(actions: Actions) -> None:
    pull, _ = approved(actions)
    lands(actions, CONFLICT)
    assert [job.code for job in actions.jobs] == [0], "a conflict fails no job"
    lands(actions, UNDONE)
    assert actions.world.check(pull.head_sha).title == "Approved (1 of 1)"
    assert merges(actions.world, pull)


def test_threat_26_a_push_that_says_skip_ci_is_caught_by_the_schedule_only(actions: Actions) -> None:
    """As the security model says: best effort, until `schedule`."""
    world = actions.world
    pull, review = approved(actions)
    lands(actions, CONFLICT, "work [skip ci]")
    assert actions.jobs == []
    assert world.check(pull.head_sha).passing
    world.repo.dismiss(review)
    actions.reviewed(pull, review, "dismissed")
    actions.scheduled()
    assert not world.check(pull.head_sha).passing
    lands(actions, UNDONE, "work [skip ci]")
    assert not merges(world, pull)


def test_threat_36_a_branch_that_silences_the_review_signal_waits_for_the_schedule_too(actions: Actions) -> None:
    """The change of the workflow takes a person's approval itself; then reviews of this branch are heard no more."""
    world = actions.world
    silent = (
        shown("docs/set-up.md", SIGNAL)
        .replace("pull_request_review", "workflow_dispatch")
        .replace("    types: [submitted, edited, dismissed]\n", "")
    )
    pull = world.pull({"src/app.py": "x = 2\n", SIGNAL: silent})
    world.repo.review(pull, "octocat", "APPROVED")
    actions.opened(pull)
    assert world.check(pull.head_sha).passing
    actions.reviewed(pull, world.repo.review(pull, "octocat", "CHANGES_REQUESTED"))
    assert actions.jobs == []
    actions.scheduled()
    assert not merges(world, pull)


def test_threat_41_whoever_closes_a_copy_of_a_pull_request_lets_go_of_it(actions: Actions) -> None:
    world = actions.world
    world.repo.branch("lax")
    world.repo.commit("lax", {".github/AGENTOWNERS": b"default @agents allow\n"}, message="lax")
    pull = world.pull(BLOCKED, base="lax")
    actions.opened(pull)
    strict = world.repo.open_pull("copilot/fix", base="main", author="Copilot", title="t", body="")
    actions.opened(strict)
    assert not world.check(pull.head_sha).passing
    world.repo.close(strict)
    actions.closed(strict)
    assert world.check(pull.head_sha).title == "Allowed"


WEAKENED: dict[str, dict[str, Any]] = {
    "the inputs": {GATE: shown("docs/set-up.md", GATE) + "    with:\n      enforcement: evaluate\n"},
    "the gate": {GATE: None},
    "the signal": {SIGNAL: None},
    "the gate's name": {GATE: shown("docs/set-up.md", GATE).replace("pull_request_target:", "issues:")},
    "the policy": {".github/AGENTOWNERS": "** @agents allow\n"},
}


@pytest.mark.parametrize("what", WEAKENED)
def test_threat_27_what_the_branch_makes_of_the_wiring_is_not_what_judges_it(actions: Actions, what: str) -> None:
    world = actions.world
    pull = world.pull(BLOCKED | WEAKENED[what])
    actions.opened(pull)
    actions.reviewed(pull, world.repo.review(pull, "octocat", "APPROVED"))
    gates = [job for job in actions.jobs if job.code is not None]
    assert world.check(pull.head_sha).conclusion == "failure"
    assert all(job.event == "workflow_run" and job.code == 1 for job in gates)
    assert not merges(world, pull)


# --- what the signal's run says is not believed ---

FORGED_SIGNAL = """\
name: AGENTOWNERS review signal
on:
  pull_request:
  pull_request_review:
permissions: write-all
jobs:
  signal:
    runs-on: ubuntu-latest
    permissions:
      contents: write
      pull-requests: write
      checks: write
    steps:
      - uses: agentowners/agentowners-action@v1
        with:
          enforcement: evaluate
"""


def test_a_signal_of_the_same_name_on_a_forks_branch_can_do_nothing(actions: Actions) -> None:
    world = actions.world
    pull = fork_pull(world, BLOCKED | {SIGNAL: FORGED_SIGNAL})
    actions.opened(pull)
    forged = [job for job in actions.jobs if job.event == "pull_request"]
    assert [job.permissions for job in forged] == [dict.fromkeys(GRANTED, "read")]
    assert {run.conclusion for run in world.checks(pull.head_sha)} == {"failure"}
    assert [job.event for job in actions.jobs if job.permissions == GRANTED] == ["pull_request_target", "workflow_run"]
    assert not merges(world, pull)


def signal_of(world: World, pull: Pull) -> WorkflowRun:
    return world.repo.add_workflow_run(
        event="pull_request_review",
        head_branch=pull.head_ref,
        head_sha=pull.head_sha,
        head_repo=pull.head_repo,
        name="AGENTOWNERS review signal",
        path=SIGNAL,
    )


LIES: dict[str, Callable[[Pull, Pull], dict[str, Any]]] = {
    "nothing": lambda bad, good: {},
    "the branch of another": lambda bad, good: {"head_branch": good.head_ref},
    "the commit of another": lambda bad, good: {"head_sha": good.head_sha},
    "the pull requests are another's": lambda bad, good: {"pull_requests": [{"number": good.number, "id": good.id}]},
    "there are no pull requests": lambda bad, good: {"pull_requests": []},
    "another repository": lambda bad, good: {"head_repository": {"full_name": "octocat/elsewhere"}},
    "no repository": lambda bad, good: {"head_repository": None},
    "no branch": lambda bad, good: {"head_branch": None},
    "a branch that is a query": lambda bad, good: {"head_branch": f"{good.head_ref}&state=closed#?x=y"},
    "a branch that is a command": lambda bad, good: {"head_branch": "$(curl x)`id`\n::set-output name=decision::allow"},
    "a commit that is nowhere": lambda bad, good: {"head_sha": "f" * 40, "head_branch": "gone"},
    "it went well": lambda bad, good: {"conclusion": "success", "display_title": "decision=allow"},
    "it failed": lambda bad, good: {"conclusion": "failure"},
    "artifacts": lambda bad, good: {"artifacts_url": "https://evil.example/artifacts", "logs_url": "https://evil.example/logs"},
    "another author": lambda bad, good: {"actor": {"login": "octocat", "id": 583231, "type": "User"}},
}


@pytest.mark.parametrize("lie", LIES)
def test_nothing_that_the_signal_says_changes_a_verdict(actions: Actions, capfd: pytest.CaptureFixture[str], lie: str) -> None:
    """GitHub writes the event and does not lie; nor would it matter if it did."""
    world = actions.world
    bad, good = fork_pull(world, BLOCKED), world.pull(ALLOWED, branch="copilot/docs")
    for pull in (bad, good):
        actions.opened(pull)
    world.server.requests.clear()
    actions.ended(signal_of(world, bad), **LIES[lie](bad, good))
    assert world.check(bad.head_sha).conclusion == "failure"
    assert {run.conclusion for run in world.checks(good.head_sha)} == {"success"}
    assert not merges(world, bad)
    asked = [request.path for request in world.server.requests]
    assert not any("/actions/" in path or "artifact" in path for path in asked), "nothing of the run is fetched"
    told = capfd.readouterr()
    assert "::set-output" not in re.sub(r"^::error.*$", "", told.out + told.err, flags=re.MULTILINE)


@pytest.mark.parametrize("lie", ["another repository", "no repository", "no branch", "a branch that is a command"])
def test_where_only_the_commit_is_right_it_is_found_by_its_commit(actions: Actions, lie: str) -> None:
    world = actions.world
    pull = fork_pull(world, BLOCKED)
    actions.ended(signal_of(world, pull), **LIES[lie](pull, pull))
    assert world.check(pull.head_sha).conclusion == "failure"


def test_a_payload_that_is_not_githubs_is_an_error(actions: Actions) -> None:
    pull = fork_pull(actions.world, BLOCKED)
    actions.ended(signal_of(actions.world, pull), head_sha="main")
    assert [job.code for job in actions.jobs] == [1]
    assert actions.world.server.requests == []
