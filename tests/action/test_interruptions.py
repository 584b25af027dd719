"""What happens while a change is judged: it moves on, it is closed, the job is told to stop."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from agentowners.action.run import main
from agentowners.github.model import Patience
from tests.action.world import PATIENCE, World
from tests.github_server.faults import Fault
from tests.github_server.model import Pull

BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}
FILES = r"/pulls/[0-9]+/files$"


def wait_for(fault: Fault) -> None:
    for _ in range(1000):
        if fault.hits:
            return
        time.sleep(0.01)
    raise AssertionError("the request that was waited for did not come")


def judge_while(world: World, pull: Pull, happens: Callable[[], object], *, times: int = 1) -> int:
    """Run the action, and let something happen each time it asks for the files."""
    # the lost request is repeated, which must go through: so each fault lets one more pass than the one before
    faults = [world.server.faults.add("hang", method="GET", path=FILES, after=n, seconds=0.3) for n in range(times)]
    environ = world.environ("pull_request_target", world.server.payload("pull_request_target", "synchronize", pull=pull))
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(main(environ, patience=PATIENCE)))
    thread.start()
    try:
        for fault in faults:
            wait_for(fault)
            with world.server.lock:
                happens()
    finally:
        thread.join(timeout=30)
    assert not thread.is_alive()
    return codes[0]


def test_a_push_while_it_is_judged(world: World) -> None:
    pull = world.pull(ALLOWED)
    first = pull.head_sha
    code = judge_while(world, pull, lambda: world.repo.commit("copilot/fix", BLOCKED, author="Copilot", message="more"))
    assert code == 1
    assert (world.check(first).conclusion, world.check(first).title) == ("failure", "Superseded")
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_a_push_that_takes_the_fault_out_again(world: World) -> None:
    pull = world.pull(BLOCKED)
    first = pull.head_sha
    code = judge_while(world, pull, lambda: world.repo.commit("copilot/fix", {"security/keys.py": "KEY = 1\n"}, author="Copilot"))
    assert code == 0
    assert world.check(first).conclusion == "failure"
    assert world.check(pull.head_sha).title == "Allowed"
    assert world.outputs()["conclusion"] == "success"


def test_threat_03_a_retarget_while_it_is_judged(world: World) -> None:
    world.repo.commit("weak", {".github/AGENTOWNERS": "security/** @humans block\n"}, message="weak")
    pull = world.pull(BLOCKED, base="weak")
    assert judge_while(world, pull, lambda: world.repo.retarget(pull, "main")) == 1
    assert {run.conclusion for run in world.checks(pull.head_sha)} == {"failure"}
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_it_is_closed_while_it_is_judged(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(ALLOWED)
    assert judge_while(world, pull, lambda: world.repo.close(pull)) == 0
    assert world.check(pull.head_sha).title == "Superseded"
    assert "#1 is closed" in capfd.readouterr().out


def test_one_that_never_stands_still_is_no_pass(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(ALLOWED)
    numbers = iter(range(10))
    moves = lambda: world.repo.commit("copilot/fix", {"docs/index.md": f"{next(numbers)}\n"}, author="Copilot")  # noqa: E731
    assert judge_while(world, pull, moves, times=3) == 1
    assert "changed each time it was judged" in capfd.readouterr().err
    assert not any(run.conclusion == "success" for run in world.checks(pull.head_sha))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_job_that_is_told_to_stop_fails_its_check_run(world: World, number: signal.Signals) -> None:
    pull = world.pull(ALLOWED)
    fault = world.server.faults.add("hang", method="GET", path=FILES, seconds=20)
    environ = world.environ("pull_request_target", world.server.payload("pull_request_target", "synchronize", pull=pull))
    process = subprocess.Popen(
        [sys.executable, "-m", "agentowners", "action"],
        env=environ | {"PATH": os.environ.get("PATH", os.defpath)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(fault)
        process.send_signal(number)
        out, err = process.communicate(timeout=15)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 1
    assert "Traceback" not in out + err
    assert "the job was told to stop" in err
    run = world.check(pull.head_sha)
    assert (run.status, run.conclusion, run.title) == ("completed", "failure", "Interrupted")


@pytest.mark.parametrize(("files", "code"), [(ALLOWED, 0), (BLOCKED, 1)])
def test_as_the_container_runs_it(world: World, files: dict[str, str], code: int) -> None:
    pull = world.pull(files)
    environ = world.environ("pull_request_target", world.server.payload("pull_request_target", "opened", pull=pull))
    done = subprocess.run(
        [sys.executable, "-m", "agentowners", "action"], env=environ, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code
    assert done.stderr == ""
    assert done.stdout.startswith(f"::add-mask::{world.token}\n")
    assert world.check(pull.head_sha).conclusion == ("failure" if code else "success")


def test_a_run_that_takes_too_long_says_so_and_ends(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(ALLOWED)
    world.server.faults.add("drip", method="GET", path=FILES, seconds=30)
    environ = world.environ("pull_request_target", world.server.payload("pull_request_target", "synchronize", pull=pull))
    assert main(environ, patience=replace(PATIENCE, timeout=60, whole_run=2.0, last_words=20.0)) == 1
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("failure", "Out of time")
    told = capfd.readouterr()
    assert "GitHub took too long to answer all that was asked" in told.err
    assert "Traceback" not in told.out + told.err


def test_the_last_words_have_a_time_limit_too(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    pull = world.pull(ALLOWED)
    world.server.faults.add("drip", path=r".", after=2, times=1000, seconds=30)
    environ = world.environ("pull_request_target", world.server.payload("pull_request_target", "synchronize", pull=pull))
    assert main(environ, patience=replace(PATIENCE, timeout=60, whole_run=1.0, last_words=0.5)) == 1
    assert "Traceback" not in capfd.readouterr().err
    assert world.check(pull.head_sha).conclusion != "success"


def test_a_limit_that_has_passed_leaves_no_alarm(world: World) -> None:
    world.judge(world.pull(ALLOWED))
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def test_a_run_ends_before_the_workflow_that_it_runs_in() -> None:
    """With time to spare for fetching the image; and its last words come before the runner's patience is over."""
    usual = Patience()
    workflow = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "agentowners.yml"
    minutes = re.search(r"timeout-minutes: ([0-9]+)", workflow.read_text("utf-8"))
    assert minutes
    assert usual.whole_run + usual.last_words + 60 <= 60 * int(minutes[1])
    assert usual.last_words < 10
    assert usual.hurried().timeout < usual.last_words
