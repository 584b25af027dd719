"""Tries this machine's Pythons: sets up with each as on a fresh machine, and runs what depends on the interpreter.

usage: python -m tools.pythons fresh   every supported Python that is there: set up from the oldest pip it was released with
       python -m tools.pythons newer   every newer one than the lowest supported: run the tests that depend on it
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]

OLDEST_PIP = {
    "3.11": ("22.3", "1daab4b8d3b97d1d763caeb01a4640a2250a0ea899e257b1e44b9eded91e15ab"),
    "3.12": ("23.2.1", "7ccf472345f20d35bdc9d1841ff5f313260c2c33fe417f48c30ac46cccabf5be"),
    "3.13": ("24.2", "2cd581cf58ab7fcfca4ce8efa6dcacd0de5bf8d0a3eb9ec927e07405f4d9e2a2"),
    "3.14": ("25.2", "6d67a2b4e7f14d8b31b8b52648866fa717f45a1eb70e83002f4331d07e953717"),
}
"""Each supported Python, lowest first, with the pip that its first release (3.x.0) came with, and that wheel's SHA-256."""


def main(arguments: list[str]) -> int:
    """Does as the usage says; 1 where something failed, 2 where nothing was asked for."""
    if arguments not in (["fresh"], ["newer"]):
        print(__doc__, file=sys.stderr)
        return 2
    wanted = list(OLDEST_PIP)[arguments == ["newer"] :]
    pythons = {version: python for version in wanted if (python := find(version)) is not None}
    for version in wanted:
        if version not in pythons:
            print(f"Python {version}: skipped, this machine has none", flush=True)
    try:
        if arguments == ["fresh"]:
            for version, python in pythons.items():
                fresh(version, python)
        else:
            newer(pythons)
    except subprocess.CalledProcessError as error:
        print(f"failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    return 0


def fresh(version: str, python: str) -> None:
    """Sets up by the Makefile's own rule, in an environment whose pip is the oldest; every requirement is there after that."""
    pip, digest = OLDEST_PIP[version]
    print(f"Python {version}: set up from pip {pip}", flush=True)
    place = environment(version)
    shutil.rmtree(place, ignore_errors=True)
    run(python, "-m", "venv", place)
    requirement = place / "oldest-pip.txt"
    requirement.write_text(f"pip=={pip} --hash=sha256:{digest}\n", "utf-8")
    quietly = ("--quiet", "--disable-pip-version-check")
    run(place / "bin/python", "-m", "pip", "install", *quietly, "--require-hashes", "--no-deps", "-r", requirement)
    # a process of its own: the pip that is there now, not the one that put it there
    run(place / "bin/python", "-c", f"import pip; assert pip.__version__ == {pip!r}, pip.__version__")
    set_up(version, python)
    run(place / "bin/python", "-m", "pip", "check", "--disable-pip-version-check")


def newer(pythons: dict[str, str]) -> None:
    """Runs the tests that depend on the interpreter with all Pythons side by side; each one's output comes in one piece."""
    for version, python in pythons.items():
        set_up(version, python)
    with ExitStack() as stack:
        runs = []
        for version in pythons:
            print(f"Python {version}: the tests that depend on the interpreter", flush=True)
            output = stack.enter_context(tempfile.TemporaryFile())
            runs.append((stack.enter_context(start(version, len(pythons), output)), output))
        for process, output in runs:
            process.wait()
            output.seek(0)
            print(output.read().decode("utf-8", "replace"), flush=True)
    for process, _ in runs:
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args)


def start(version: str, together: int, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Starts the tests with a Python, on its share of the cores."""
    share = max(1, (os.cpu_count() or 1) // together)
    arguments = ("-m", "pytest", "-q", "-n", str(share), "-m", "interpreter", "-p", "no:cacheprovider")
    command = [str(environment(version) / "bin/python"), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)


def set_up(version: str, python: str) -> None:
    """Makes the environment, or what is missing of it, as `make setup` does."""
    run("make", "--no-print-directory", f"venv={environment(version).relative_to(ROOT)}", f"PYTHON={python}", "setup")


def environment(version: str) -> Path:
    """Folder of a Python's environment."""
    return ROOT / "build" / f"python{version}"


def run(*command: str | Path) -> None:
    """Runs a command at the root.

    Raises:
        CalledProcessError: it failed.
    """
    subprocess.run(command, cwd=ROOT, check=True)


def find(version: str) -> str | None:
    """An interpreter of this version that runs: on the path, or one of pyenv's."""
    for candidate in candidates(version):
        command = [candidate, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        except OSError:
            continue
        if answer.strip() == version:
            return candidate
    return None


def candidates(version: str) -> Iterator[str]:
    """Candidates for an interpreter of this version; a shim of pyenv's is there for versions that do not run, too."""
    on_path = shutil.which(f"python{version}")
    if on_path is not None:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
