"""``agentowners backtest --github``: merged pull requests, with who approved them, within a number of requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agentowners.cli import backtest
from agentowners.cli.shell import guarded
from tests.action.world import PATIENCE
from tests.cli.run import Ran, Runner
from tests.cli.test_backtest import VALIDATOR
from tests.git.repo import Repo
from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer

POLICY = "/security/ @agents block\npackage.json @agents require_approval\n"
COPILOT = "Copilot"


@pytest.fixture
def acme(github: GitHubServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Repository:
    """The shop on GitHub, and a clone of it with a policy; the clone is the current directory."""
    repo = github.add_repository("acme/shop", files={"README.md": "x\n", "package.json": "{}\n"})
    for login in ("octocat", "hubot"):
        github.add_user(login)
        repo.set_permission(login, "write")
    clone = Repo(tmp_path / "clone")
    clone.commit({".github/AGENTOWNERS": POLICY})
    clone.checkout("main")
    clone.git("remote", "add", "origin", "https://github.com/acme/shop")
    monkeypatch.chdir(clone.path)
    for name in ("GH_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", github.token("user", login="octocat"))
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    return repo


@pytest.fixture
def ask(capsys: Any) -> Runner:
    """Replays what GitHub has, without a patience that tests would wait for."""

    def runner(*arguments: str) -> Ran:
        capsys.readouterr()
        code = guarded(lambda: backtest.main(["--github", *arguments], PATIENCE))
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return runner


def merged(repo: Repository, name: str, path: str, *, author: str = COPILOT, approved: bool = False, late: bool = False) -> Pull:
    """A pull request of one file that was merged."""
    repo.branch(name, repo.tip("main"))
    repo.commit(name, {path: f"{name}\n"}, message=name, author=author)
    pull = repo.open_pull(name, base="main", author=author, title=f"Do {name}", body="")
    if approved:
        repo.review(pull, "hubot", "APPROVED")
    repo.merge(pull, by="octocat", method="squash")
    if late:
        repo.review(pull, "hubot", "APPROVED")
    return pull


def document(ask: Runner, *arguments: str) -> dict[str, Any]:
    ran = ask("--format", "json", *arguments)
    assert ran.code == 0, ran.err
    VALIDATOR.validate(ran.json)
    return ran.json


def test_who_approved_before_the_merge_counts(acme: Repository, ask: Runner) -> None:
    merged(acme, "docs", "docs/x.md")
    merged(acme, "asked", "package.json", approved=True)
    merged(acme, "unasked", "package.json")
    merged(acme, "late", "package.json", late=True)
    merged(acme, "keys", "security/key.py", approved=True)
    merged(acme, "person", "package.json", author="hubot")
    found = document(ask)
    fates = {each["title"]: each["fate"] for each in found["changes"]}
    assert fates == {"Do asked": "approved", "Do unasked": "waited", "Do late": "waited", "Do keys": "blocked"}
    assert (found["evidence"], found["asked"], found["total"]["allowed"]) == ("github", 6, 2)
    assert {each["id"] for each in found["changes"]} == {"#2", "#3", "#4", "#5"}
    said = ask().out
    assert "6 merged pull requests of refs/heads/main" in said
    assert "approved" in said
    assert "git does not tell" not in said


def test_as_many_as_are_asked_for(acme: Repository, ask: Runner) -> None:
    for number in range(4):
        merged(acme, f"change{number}", "docs/x.md")
    acme.open_pull("change0", base="main", author="hubot", title="open", body="")
    assert document(ask, "--last", "2")["asked"] == 2
    assert document(ask, "--since", "2199-01-01")["asked"] == 0
    assert document(ask, "--ref", "other")["asked"] == 0


def test_the_number_of_requests_is_kept_and_what_is_left_is_said(acme: Repository, ask: Runner, github: GitHubServer) -> None:
    for number in range(4):
        merged(acme, f"change{number}", "docs/x.md")
    github.requests.clear()
    found = document(ask, "--requests", "9")
    assert len(github.requests) <= 9 + 8, "a pull request that was begun is finished"
    assert 0 < found["total"]["allowed"] < 4
    (remark,) = found["remarks"]
    assert remark.startswith("ended early: after ")
    assert remark.endswith(" pull requests were not looked at")


def test_what_github_does_not_tell(acme: Repository, ask: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    merged(acme, "docs", "docs/x.md")
    monkeypatch.setenv("GITHUB_TOKEN", "none")
    ran = ask()
    assert (ran.code, ran.out) == (1, "")
    assert "help: GitHub does not accept the token" in ran.err
    monkeypatch.delenv("GITHUB_TOKEN")
    assert "no token for GitHub" in ask().err


def test_its_options_are_its_own(acme: Repository, run: Runner, ask: Runner) -> None:
    assert run("backtest", "--requests", "3").code == 2
    assert ask("--requests", "0").code == 2
