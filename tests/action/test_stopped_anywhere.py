"""A run is told to stop at each of its requests in turn, as a process of its own: it ends at once, and leaves no pass that it
did not look at to the end. The request at which it was stopped is carried out or not, its answer is lost in any case.

Here one scenario that passes is stopped everywhere, and the others at some requests; with AGENTOWNERS_ALL_FAULTS=1 all of them
everywhere, both ways.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from agentowners.github.model import Patience
from tests.action.fault_scenarios import SCENARIOS, Stage, record, staged
from tests.github_server.http import Abort

ALL = bool(os.environ.get("AGENTOWNERS_ALL_FAULTS"))
EVERYWHERE = "approved"
SLACK = 20.0
"""Seconds that a busy machine may take for what is no waiting."""


def stopped(stage: Stage, at: int, *, carried_out: bool) -> tuple[int, str, float]:
    """Run the action as the container does, and send it SIGTERM at a request: exit code, what it told, seconds until its end."""
    server, count = stage.world.server, 0
    come = threading.Event()
    environ = stage.environ()
    server.requests.clear()
    process: list[subprocess.Popen[str]] = []

    def gate(token: str) -> None:
        nonlocal count
        count += 1
        if count == at + 1:
            process[0].send_signal(signal.SIGTERM)
            come.set()
            if not carried_out:
                raise Abort

    server.gate = gate
    with server.lock:
        process.append(
            subprocess.Popen(
                [sys.executable, "-m", "agentowners", "action"],
                env=environ | {"PATH": os.environ.get("PATH", os.defpath)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    try:
        assert come.wait(60), "the request does not come"
        began = time.monotonic()
        out, err = process[0].communicate(timeout=60)
        return process[0].returncode, out + err, time.monotonic() - began
    finally:
        server.gate = None
        process[0].kill()
        process[0].wait()


def places(name: str, requests: int) -> list[int]:
    if ALL or name == EVERYWHERE:
        return list(range(requests))
    # the first two, where there is no check run yet, and one more, another in each scenario
    return [0, 1, 2 + (5 * list(SCENARIOS).index(name)) % (requests - 2)]


@pytest.mark.parametrize("name", SCENARIOS if ALL else [EVERYWHERE, "taken_back", "shared", "good_group", "push"])
def test_a_run_that_is_stopped_leaves_no_pass(name: str) -> None:
    with staged(name) as stage:
        good = record(stage)
        for at in places(name, len(good.operations)):
            for carried_out in (False, True) if ALL else (at % 2 == 0,):
                stage.rewind()
                code, told, took = stopped(stage, at, carried_out=carried_out)
                where = f"request {at} of {name}, {good.operations[at]}, {'' if carried_out else 'not '}carried out"
                assert code == 1, where
                assert "Traceback" not in told, where
                assert "the job was told to stop before there was a verdict" in told, where
                assert took <= Patience().last_words + SLACK, where
                for head, passes in zip(stage.heads, good.passes, strict=True):
                    # a push's run may be stopped before it comes to the pull requests, which the next one sees to
                    assert passes or not stage.passing(*head) or (name == "push" and not stage.told(head[0])), where
                if name != "push":
                    newest = stage.world.check(*stage.heads[0])
                    assert (newest.status, newest.conclusion, newest.title) == ("completed", "failure", "Interrupted"), where
                again, _ = stage.run()
                assert (stage.shown(), again) == (good.shown, good.code), f"after the next run: {where}"


def test_the_first_request_is_not_too_early_to_take_yesterdays_pass_back() -> None:
    with staged("taken_back") as stage:
        assert stage.passing(*stage.heads[0])
        stopped(stage, 0, carried_out=False)
        assert {run.conclusion for run in stage.world.checks(*stage.heads[0])} == {"failure"}
