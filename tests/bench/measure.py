"""Taking the time: processor time, not the clock's, so that whatever else the machine does matters little."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "COVERAGE_", "PYTHON"))}


@dataclass(frozen=True)
class Spent:
    """What a process and its children took."""

    cpu: float
    """Seconds."""
    out: bytes


def environment(directory: Path) -> dict[str, str]:
    """An environment in which Python keeps what it compiles, as an installed program has it."""
    return {
        **CLEAN,
        "PYTHONPYCACHEPREFIX": str(directory / "pycache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def spend(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: bytes = b"", accept: Sequence[int] = (0,)
) -> Spent:
    """Run a command and see what it takes, its own children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        out, _ = process.communicate(stdin)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in accept:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(cpu, out)


def middle(runs: int, take: Callable[[], float]) -> float:
    """The median of several runs; one more goes before them and does not count."""
    take()
    return median(take() for _ in range(runs))
