"""Interactive shells on a terminal of their own: a line is typed, the tab key pressed, and what stands there then is read."""

from __future__ import annotations

import atexit
import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.git.repo import CLEAN

_START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
_PREPARE = {
    "bash": "bind 'set bell-style none'; source {script}",
    "zsh": "autoload -U compinit; compinit -u -d {dump}; setopt no_beep; source {script}",
}
_ENOUGH = 30
_DUMP = Path(tempfile.gettempdir()) / f"agentowners-tests-zcompdump-{os.getpid()}"
"""What zsh's own completion is made of, found out by the first shell for all of them."""
atexit.register(_DUMP.unlink, missing_ok=True)
INSTALLED = CLEAN | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{CLEAN['PATH']}"}
"""An environment in which ``agentowners`` is installed: the shells' scripts ask it."""


def needs(shell: str) -> None:
    """Skip where the shell is not installed."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")


def completed(shell: str, script: Path, line: str, cwd: Path, *, keep: bool = True) -> str:
    """The line as it stands after the tab key, in a shell that has read the script; it is thrown away if it shall not be kept."""
    needs(shell)
    ours, theirs = pty.openpty()
    env = {name: value for name, value in INSTALLED.items() if name not in ("INPUTRC", "ZDOTDIR", "HISTFILE")}
    env |= {"TERM": "dumb", "PS1": "$ ", "HOME": str(cwd), "COLUMNS": "200"}
    process = subprocess.Popen(
        _START[shell], stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=env, start_new_session=True
    )
    os.close(theirs)
    try:
        _type(ours, f"{_PREPARE[shell].format(script=script, dump=_DUMP)}; echo READY''NOW\n")
        _read_until(ours, b"READYNOW")
        # To the line's start, and what stands there becomes what is said: quotes keep the marker out of the typed line.
        start = "\x01" if keep else "\x15"
        _type(ours, f"{line}\t{start}echo LINE''IS:\n")
        said = _read_until(ours, b"LINEIS:", b"\n")
        return said.split(b"LINEIS:")[-1].splitlines()[0].decode().strip()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _type(terminal: int, text: str) -> None:
    os.write(terminal, text.encode())


def _read_until(terminal: int, *marks: bytes) -> bytes:
    """What the shell says up to the marks, one after the other."""
    said = b""
    deadline = time.monotonic() + _ENOUGH
    while True:
        rest = said
        for mark in marks:
            _, found, rest = rest.partition(mark)
            if not found:
                break
        else:
            return said
        ready, _, _ = select.select([terminal], [], [], max(deadline - time.monotonic(), 0))
        assert ready, f"the shell said only {said!r}"
        said += os.read(terminal, 65536)
