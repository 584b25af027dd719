"""Shell sessions: what a block shows, and what its commands print in a repository as it is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.docs import shop
from tests.docs.pages import Block

_MARK = "--- end of command ---"
_CHECKS = re.compile(r"\d+ checks")


def commands(block: Block) -> list[tuple[str, str]]:
    """The commands of a session, each with the output shown after it."""
    found: list[tuple[str, str]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (f"{found[-1][0]}\n{line}", "")
        else:
            assert found, f"{block}: begins with output"
            found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return [(command, output.strip("\n")) for command, output in found]


def session(block: Block, place: Path, variables: Mapping[str, str] = {}) -> list[tuple[str, str]]:
    """The commands of a session, run in a repository as it is, with some more variables set, each with its output."""
    listed = [command for command, _ in commands(block)]
    script = "".join(f"{{ {command}\n}} 2>&1\ncode=$?\necho; echo '{_MARK}'\n(exit $code)\n" for command in listed)
    done = subprocess.run(
        ["bash", "-c", script], cwd=place, env={**environment(), **variables}, capture_output=True, check=False, timeout=60
    )
    assert not done.stderr, done.stderr.decode()
    outputs = done.stdout.decode().split(_MARK + "\n")
    assert len(outputs) == len(listed) + 1, f"{block}: a command did not end"
    return [
        (command, _kept(shown, output.strip("\n"))) for (command, shown), output in zip(commands(block), outputs, strict=False)
    ]


def _kept(shown: str, printed: str) -> str:
    """The printed text, or the shown one where nothing but the number of checks is another: a new check changes no page."""
    return shown if _CHECKS.sub("N checks", shown) == _CHECKS.sub("N checks", printed) else printed


def environment() -> dict[str, str]:
    """Where commands run: as on any machine, with the tool that is tested here."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return shop.clean_environment() | {"PATH": path}
