"""The fall-back wiring: that it holds where it says so, and is as weak as the documentation says where it is weaker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.action.workflows import GATE, GRANTED, Actions, fork_pull, merges, shown
from tests.action.world import World
from tests.github_server.model import ACTIONS_APP, Pull

WAITING = {"infra/main.tf": "b\n"}
BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}


@pytest.fixture
def fall_back(world: World) -> Actions:
    """The fall-back, required as the front page's ruleset has it."""
    world.repo.commit("main", {GATE: shown("docs/action-reference.md", GATE, "fall-back")}, message="wire")
    world.repo.protect("main", [("AGENTOWNERS", ACTIONS_APP)], ruleset=True)
    return Actions(world)


def job_results(pull: Pull) -> list[str | None]:
    return [run.conclusion for run in pull.repo.check_runs(pull.head_sha, "gate / gate")]


def opened_by_a_fork(actions: Actions, capfd: pytest.CaptureFixture[str]) -> None:
    for files, command, code in ((BLOCKED, "::error", 1), (WAITING, "::warning", 1), (ALLOWED, "::notice", 0)):
        pull = fork_pull(actions.world, files, owner=f"fork-{command[2:]}")
        actions.opened(pull)
        (job,) = actions.jobs
        assert (job.event, job.permissions, job.code) == ("pull_request", dict.fromkeys(GRANTED, "read"), code)
        assert command in capfd.readouterr().out
        assert actions.world.checks(pull.head_sha) == []
        assert pull.labels == []


def approved_in_a_fork(actions: Actions, capfd: pytest.CaptureFixture[str]) -> None:
    pull = fork_pull(actions.world, WAITING)
    actions.opened(pull)
    for login in ("octocat", "hubot"):
        actions.reviewed(pull, actions.world.repo.review(pull, login, "APPROVED"))
    assert job_results(pull) == ["failure", "failure", "success"]
    assert actions.world.checks(pull.head_sha) == []


def opened_by_dependabot(actions: Actions, capfd: pytest.CaptureFixture[str]) -> None:
    pull = actions.world.pull({"package.json": "{}\n"}, branch="dependabot/x", author="dependabot[bot]")
    actions.opened(pull)
    assert actions.jobs[0].permissions == GRANTED
    assert actions.world.check(pull.head_sha).title == "Allowed"


def inputs_of_the_branch(actions: Actions, capfd: pytest.CaptureFixture[str]) -> None:
    weak = shown("docs/action-reference.md", GATE, "fall-back").replace("fail-job: always", "enforcement: evaluate")
    pull = actions.world.pull(BLOCKED | {GATE: weak})
    actions.opened(pull)
    assert actions.world.check(pull.head_sha).conclusion == "neutral"
    assert merges(actions.world, pull), "this is what cannot be guaranteed"


def blocks_for_want_of_a_check(actions: Actions, pull: Pull) -> None:
    actions.opened(pull)
    assert actions.jobs == []
    assert actions.world.checks(pull.head_sha) == []
    assert not merges(actions.world, pull)


def gone_from_the_branch(actions: Actions, capfd: pytest.CaptureFixture[str]) -> None:
    blocks_for_want_of_a_check(actions, actions.world.pull(ALLOWED | {GATE: None}))


def skipped(actions: Actions, capfd: pytest.CaptureFixture[str]) -> None:
    repo = actions.world.repo
    repo.branch("copilot/fix")
    repo.commit("copilot/fix", ALLOWED, author="Copilot", message="change [skip ci]")
    pull = repo.open_pull("copilot/fix", base="main", author="Copilot", title="Change", body="")
    blocks_for_want_of_a_check(actions, pull)


def in_conflict(actions: Actions, capfd: pytest.CaptureFixture[str]) -> None:
    pull = actions.world.pull(BLOCKED)
    actions.world.repo.commit("main", {"security/keys.py": "KEY = 3\n"}, message="conflict")
    blocks_for_want_of_a_check(actions, pull)


ROWS: dict[str, Callable[[Actions, pytest.CaptureFixture[str]], None]] = {
    "a fork's pull request is opened": opened_by_a_fork,
    "somebody approves a fork's pull request": approved_in_a_fork,
    "Dependabot opens a pull request": opened_by_dependabot,
    "the branch changes the gate's inputs": inputs_of_the_branch,
    "the branch changes the gate's workflow so that it does not run": gone_from_the_branch,
    "the newest commit says `[skip ci]`": skipped,
    "there is a merge conflict": in_conflict,
}
"""What the security model's table says of the fall-back; what it says of the supported wiring is tested above."""


@pytest.mark.parametrize("row", ROWS)
def test_the_fall_back_is_as_weak_as_is_said(fall_back: Actions, capfd: pytest.CaptureFixture[str], row: str) -> None:
    ROWS[row](fall_back, capfd)
