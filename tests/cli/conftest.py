"""What the tests of the command line share."""

from __future__ import annotations

import pwd
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.run import Ran, Runner, in_process
from tests.git.repo import CLEAN, Repo

POLICY = """\
security/**   @agents   block                       # keys live here
package.json  @agents   require_approval(2) @acme/sre
docs/**       @copilot  allow
"""


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own git settings, colors and hooks are none of the tests' business."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CI", "AGENTOWNERS_DEBUG", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, CLEAN[name])


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """State on this machine lies below a home directory of the test's own."""
    monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_dir=str(tmp_path / ".home")))


@pytest.fixture
def run(capsys: Any) -> Runner:
    """Runs a command in this process."""

    def runner(*arguments: str) -> Ran:
        return in_process(capsys, *arguments)

    return runner


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository with a policy on main; it is the current directory."""
    made = Repo(tmp_path / "repo")
    made.commit({".github/AGENTOWNERS": POLICY, "package.json": "{}", "security/key.py": "x\n", "README.md": "hello\n"})
    monkeypatch.chdir(made.path)
    return made
