"""A process around the one that judges a call. Native code may crash that one, the machine may kill it: then this one refuses.

Every client takes a process that died for a yes. This one imports next to nothing, so it costs little, and hardly breaks.
"""

from __future__ import annotations

import os
import select
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEADLINE = 2.5
"""Seconds; half a one more than the watch-dog of the process that judges, which can tell more."""


def shielded(run: Callable[[], int], arguments: Sequence[str]) -> int:
    """Judge in a process of its own, pass its answer on, and return its exit code; where it leaves none, refuse."""
    if not hasattr(os, "fork"):
        return run()
    try:
        pid, out, err = _start(run)
    except OSError:  # no further process: without one it is judged all the same
        return run()
    try:
        heard = _heard((out, err), pid)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except BaseException as error:  # noqa: BLE001 (interrupted, say: nobody has said yes)
        return _refuse(type(error).__name__, arguments)
    if code not in (0, 2) or (code == 2 and not heard[1]):
        return _refuse(f"signal {-code}" if code < 0 else f"exit code {code}", arguments)
    return pass_on(heard[0], heard[1], code)


def _start(run: Callable[[], int]) -> tuple[int, int, int]:
    """The child, and where its output can be read."""
    out, to_out = os.pipe()
    err, to_err = os.pipe()
    pid = os.fork()
    if pid:
        os.close(to_out)
        os.close(to_err)
        return pid, out, err
    code = 1
    try:
        os.dup2(to_out, 1)
        os.dup2(to_err, 2)
        for descriptor in (out, to_out, err, to_err):
            os.close(descriptor)
        code = run()
        sys.stderr.flush()
        sys.stdout.flush()
    finally:
        os._exit(code)


def _heard(pipes: tuple[int, int], pid: int) -> list[bytes]:
    """Output of the child, once it has ended it; the child is ended when the time is over."""
    heard = dict.fromkeys(pipes, b"")
    waiting, until = select.poll(), time.monotonic() + DEADLINE
    for pipe in pipes:
        waiting.register(pipe, select.POLLIN)
    left = set(pipes)
    while left:
        ready = waiting.poll(max(0, (until - time.monotonic()) * 1000))
        if not ready:
            os.kill(pid, 9)
            break
        for pipe, _ in ready:
            part = os.read(pipe, 1 << 16)
            heard[pipe] += part
            if not part:
                waiting.unregister(pipe)
                left.discard(pipe)
    return [heard[pipe] for pipe in pipes]


def _refuse(why: str, arguments: Sequence[str]) -> int:
    message = f"agentowners: refused: the process that judges the call died ({why})"
    if "cline" in arguments or "--client=cline" in arguments:  # the one client that takes an exit code of 2 for a yes
        import json

        return pass_on(json.dumps({"cancel": True, "errorMessage": message}).encode("ascii") + b"\n", b"", 0)
    return pass_on(b"", f"{message}\n".encode(), 2)


def pass_on(out: bytes, err: bytes, code: int) -> int:
    """Write an answer past Python's own streams, and return its exit code; 2 where it cannot be written."""
    try:
        for descriptor, data in ((2, err), (1, out)):
            while data:
                data = data[os.write(descriptor, data) :]
    except OSError:
        return 2
    return code
