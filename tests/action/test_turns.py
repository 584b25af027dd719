"""Many pull requests judged in one run: each has its own time, and what an old policy let pass is taken back before all else."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from agentowners.action.run import main
from agentowners.engine import settle
from tests.action.world import PATIENCE, World
from tests.github_server.model import Pull

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""An alarm may strike while Python lets go of an object."""
TIGHTER = {".github/AGENTOWNERS": b"docs/** @agents block\n"}


@pytest.fixture
def computing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let judging some pull requests take longer than anybody waits, without asking GitHub for anything."""
    true = settle.inquire

    def begin(*numbers: int) -> None:
        def slow(policy: Any, change: Any, answer: Any) -> Any:
            while change.pull_request in numbers:
                time.sleep(0.001)
            return true(policy, change, answer)

        monkeypatch.setattr("agentowners.action.judge.inquire", slow)

    return begin


def passed(world: World, count: int) -> list[Pull]:
    """Open pull requests that pass."""
    made = [world.pull({"docs/index.md": f"{n}\n"}, branch=f"copilot/{n}") for n in range(count)]
    for pull in made:
        assert world.judge(pull) == 0
    return made


def run(world: World, event: str, whole_run: float, **facts: Any) -> int:
    world.server.requests.clear()
    environ = world.environ(event, world.server.payload(event, None, **facts))
    return main(environ, patience=replace(PATIENCE, timeout=60, whole_run=whole_run, last_words=5.0))


def tighten(world: World, whole_run: float) -> int:
    """People push a stricter policy."""
    before = world.repo.tip("main")
    after = world.repo.commit("main", TIGHTER, author="octocat", message="stricter")
    facts = {"repo": world.repo, "ref": "refs/heads/main", "before": before, "after": after}
    return run(world, "push", whole_run, pusher="octocat", sender="octocat", **facts)


def test_threat_40_one_pull_request_that_takes_for_ever_keeps_no_other_on_its_old_pass(
    world: World, computing: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    slow, other = passed(world, 2)
    computing(slow.number)
    assert tighten(world, 20.0) == 1
    assert (world.check(slow.head_sha).conclusion, world.check(slow.head_sha).title) == ("failure", "Out of time")
    assert "Judging took too long" in (world.check(slow.head_sha).summary or "")
    assert world.check(other.head_sha).title == "Blocked: 1 file"
    assert not any(run.passing for pull in (slow, other) for run in world.checks(pull.head_sha))
    said = capfd.readouterr().err
    assert "GitHub took too long" not in said
    assert "Traceback" not in said


def test_threat_40_nor_does_one_that_github_keeps_waiting(world: World) -> None:
    slow, other = passed(world, 2)
    world.server.faults.add("drip", method="GET", path=f"/pulls/{slow.number}/files", seconds=30)
    assert tighten(world, 20.0) == 1
    assert world.check(slow.head_sha).title == "Out of time"
    assert "GitHub took too long to answer" in (world.check(slow.head_sha).summary or "")
    assert world.check(other.head_sha).title == "Blocked: 1 file"


def test_threat_33_every_old_pass_is_taken_back_before_any_pull_request_is_judged(
    world: World, computing: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    pulls = passed(world, 12)
    computing(*(pull.number for pull in pulls))
    assert tighten(world, 3.0) == 1
    assert not any(run.passing for pull in pulls for run in world.checks(pull.head_sha)[-1:])
    assert {world.check(pull.head_sha).title for pull in pulls} == {"Out of time", "Waiting to be judged again"}
    assert "open pull requests are left for the next sweep: this run's time is over" in capfd.readouterr().err
    posts = [path for path in world.requests if path in ("POST /check-runs", "GET /pulls/1")]
    assert posts == ["POST /check-runs"] * 13 + ["GET /pulls/1"]


def test_what_ran_out_of_time_goes_last_next_time(world: World, computing: Callable[..., None]) -> None:
    pulls = passed(world, 12)
    computing(*(pull.number for pull in pulls[:10]))
    assert run(world, "schedule", 3.0) == 1
    first = [world.check(pull.head_sha).title for pull in pulls]
    assert first[0] == "Out of time"
    assert first[-1] == "Allowed"
    asked = world.server.requests.copy()
    assert not [r for r in asked if r.path.endswith(f"/pulls/{pulls[-1].number}/files")]
    run(world, "schedule", 3.0)
    judged = [path for path in world.requests if path.startswith("GET /pulls/") and path.endswith("/files")]
    # the two that had no turn come before those that had one and ran out of time
    order = [int(path.split("/")[2]) for path in judged]
    assert pulls[0].number not in order[:2]
    assert pulls[-1].number in order


def test_nothing_is_written_where_nothing_passes(world: World) -> None:
    blocked = world.pull({"security/keys.py": "KEY = 2\n"}, branch="copilot/blocked")
    assert world.judge(blocked) == 1
    (fine,) = passed(world, 1)
    assert tighten(world, 20.0) == 1
    created = [r.body["head_sha"] for r in world.server.requests if r.operation == "checks/create"]
    # the push itself; the old pass, and nothing more for that one; and the one that is judged as ever
    assert created == [world.repo.tip("main"), fine.head_sha, blocked.head_sha]


def test_passes_are_taken_back_no_faster_than_github_lets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from agentowners.action import sweep

    paused: list[float] = []
    monkeypatch.setattr(sweep, "WRITES", 2)
    monkeypatch.setattr(sweep, "sleep", paused.append)
    passed(world, 5)
    assert tighten(world, 60.0) == 1
    assert len(paused) == 2
    assert all(30 < seconds <= 60 for seconds in paused)


def test_a_token_that_takes_nothing_back_says_so_once(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    passed(world, 2)
    permissions = {"contents": "read", "pull-requests": "write", "checks": "read"}
    world.token = world.server.token("actions", permissions=permissions, repository=world.repo)
    assert tighten(world, 20.0) == 1
    assert "::error title=AGENTOWNERS::" not in capfd.readouterr().err.replace("Blocked", "")


def test_a_turn_that_is_over_leaves_the_run_its_time(world: World, computing: Callable[..., None]) -> None:
    """A second one runs out too, and what comes after is judged."""
    pulls = passed(world, 4)
    computing(pulls[0].number, pulls[2].number)
    assert run(world, "schedule", 10.0) == 1
    assert [world.check(pull.head_sha).title for pull in pulls] == ["Out of time", "Allowed", "Out of time", "Allowed"]


def test_a_turn_that_is_over_where_no_error_gets_out_is_told_so_again() -> None:
    from agentowners.action.failure import TurnOverError
    from agentowners.action.stopping import stoppable

    class Dropped:
        def __del__(self) -> None:
            time.sleep(1.0)

    def works_on() -> None:
        Dropped()
        while True:
            time.sleep(0.01)

    with stoppable(replace(PATIENCE, whole_run=5.0)) as turn:
        with pytest.raises(TurnOverError), turn():
            works_on()
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
