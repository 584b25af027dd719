"""The shop, and ``doctor`` asked about it by its administrator."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from agentowners.cli import doctor
from agentowners.cli.shell import guarded
from tests.action.world import PATIENCE
from tests.cli.doctor.shop import administrator, shop
from tests.cli.run import Ran, Runner
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer


@pytest.fixture
def acme(github: GitHubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Repository:
    """The shop, asked about by its administrator."""
    repo = shop(github)
    for name in ("GH_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", administrator(github))
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return repo


@pytest.fixture
def ask(capsys: Any) -> Runner:
    """Runs ``doctor`` on the shop, without a patience that tests would wait for."""

    def runner(*arguments: str, repository: str | None = "acme/shop") -> Ran:
        capsys.readouterr()
        named = [] if repository is None else ["--repository", repository]
        code = guarded(lambda: doctor.main([*named, *arguments], PATIENCE))
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return runner
