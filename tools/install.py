"""Runs `pip install`: quietly, but for a line that moves where somebody is watching.

usage: install.py WHAT PIP_ARGUMENT...
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

CLEAR = "\r\x1b[K"


def main(arguments: list[str]) -> int:
    """Installs, says so on a terminal, and returns pip's exit code; what pip has to complain of is always shown."""
    what, *rest = arguments
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *rest]
    if not sys.stdout.isatty():
        return subprocess.run([*command, "--quiet"], check=False).returncode
    packages = 0
    show(f"  {what}")
    with subprocess.Popen([*command, "--progress-bar=off"], stdout=subprocess.PIPE, text=True, errors="replace") as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            words = line.split()
            if words[:1] in (["Collecting"], ["Processing"]):  # by its name, or from a file
                packages += 1
                show(f"  {what}: {packages}, {Path(words[1]).name}")
            elif words[:1] == ["Installing"]:
                show(f"  {what}: putting {packages} in place")
    print(f"{CLEAR}  {what}{'' if pip.returncode else ': done'}")
    return pip.returncode


def show(line: str) -> None:
    """Puts a line in place of the last one, cut where the terminal ends."""
    print(CLEAR + line[: shutil.get_terminal_size().columns - 1], end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
