"""Nothing is ever half written: a command that is killed while it writes leaves every file as it was, or as it was to become."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.run import Runner
from tests.git.repo import CLEAN, Repo

POLICY = "/src/ @agents block\n/src/ @agents block\n"
CASES = "tests:\n  - name: sources\n    as: copilot\n    paths: [src/x]\n    expect: block\n"
WRITING = {
    "fmt --write": 0,
    "lint --fix": 0,
    "init": 0,
    "test --record --changes list --as copilot": 0,
    "test --junit report.xml": 0,
}
"""What writes files, and how it ends where nobody kills it."""
KILLED_AT = {
    "as the first bytes are written": "import tempfile; tempfile.mkstemp = dying(tempfile.mkstemp, after=True)",
    "before the bytes are safe": "os.fsync = dying(os.fsync)",
    "before the file has its name": "os.replace = dying(os.replace); os.link = dying(os.link)",
    "as soon as it has its name": "os.replace = dying(os.replace, after=True); os.link = dying(os.link, after=True)",
}
RUN = """\
import os, signal, sys
def dying(function, after=False):
    def wrapped(*arguments, **named):
        if after:
            function(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    return wrapped
{at}
from agentowners.cli.main import main
sys.exit(main({arguments}))
"""


@pytest.fixture(params=WRITING)
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(tmp_path: Path, command: str) -> Path:
    """A repository in which the command has something to write."""
    repo = Repo(tmp_path / "repo")
    repo.commit({"src/x": "", "package.json": "{}"})
    repo.checkout("main")
    if command != "init":
        (repo.path / "AGENTOWNERS").write_text(POLICY)
        (repo.path / "agentowners-tests.yml").write_text(CASES)
        (repo.path / "list").write_text("src/y\n")
    return repo.path


def killed(place: Path, command: str, at: str) -> int:
    code = RUN.format(at=at, arguments=command.split())
    return subprocess.run(
        [sys.executable, "-c", code], cwd=place, env=CLEAN, capture_output=True, check=False, timeout=60
    ).returncode


def files(place: Path) -> dict[str, bytes]:
    """Everything in the work tree but what is plainly in the making."""
    found = (path for path in place.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(place)): path.read_bytes() for path in found if not path.name.startswith(".agentowners-")}


@pytest.mark.parametrize("moment", KILLED_AT)
def test_a_file_is_as_it_was_or_as_it_was_to_become(
    place: Path, command: str, moment: str, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(place)
    assert killed(place, command, KILLED_AT[moment]) == -signal.SIGKILL
    left = files(place)
    monkeypatch.chdir(place)
    assert run(*command.split()).code == WRITING[command]
    after = files(place)
    assert before != after
    assert before.keys() <= left.keys() <= after.keys()
    assert all(data in (before.get(name), after[name]) for name, data in left.items())
    assert (left == before) == ("has its name" not in moment or moment.startswith("before"))
