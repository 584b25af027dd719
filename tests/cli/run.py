"""Running the command line, inside this process and as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agentowners.cli.main import main
from tests.git.repo import CLEAN


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


Runner = Callable[..., Ran]


def in_process(capsys: Any, *arguments: str) -> Ran:
    """Run ``agentowners`` here, in the current directory."""
    capsys.readouterr()
    code = main(arguments)
    said = capsys.readouterr()
    return Ran(code, said.out, said.err)


def as_process(
    *arguments: str, cwd: Path | None = None, stdin: bytes = b"", env: Mapping[str, str] = {}
) -> subprocess.CompletedProcess[bytes]:
    """Run ``python -m agentowners`` as a person would."""
    clean = {name: value for name, value in CLEAN.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    return subprocess.run(
        [sys.executable, "-m", "agentowners", *arguments],
        cwd=cwd or os.getcwd(),
        input=stdin,
        capture_output=True,
        check=False,
        env={**clean, **env},
        timeout=60,
    )
