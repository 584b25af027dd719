"""``agentowners lint --online`` against a server on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.run import Runner
from tests.git.repo import Repo
from tests.github_server.server import GitHubServer

POLICY = "x/  @octocat @copilto  block\ny/  @agents  require_approval  @nobody @acme/sre @acme/none\n"


@pytest.fixture
def asking(github: GitHubServer, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> GitHubServer:
    """A clone of acme/shop with a policy that names accounts and teams, and a server that knows some of them."""
    github.add_repository("acme/shop", files={"a": "1\n"})
    github.add_user("octocat")
    github.add_team("acme/sre", ["octocat"])
    Path(".github").mkdir(exist_ok=True)
    Path(".github/AGENTOWNERS").write_text(POLICY)
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    repo.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    return github


def found(run: Runner, *arguments: str) -> dict[str, list[str]]:
    document = run("lint", "--online", "--format", "json", *arguments).json
    said: dict[str, list[str]] = {"remarks": document["remarks"]}
    for finding in document["findings"]:
        said.setdefault(finding["id"], []).append(finding["message"])
    return said


@pytest.mark.parametrize("variable", ["GITHUB_TOKEN", "GH_TOKEN"])
def test_names_that_are_not_there(asking: GitHubServer, run: Runner, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, asking.token("app", permissions={"members": "read"}))
    assert found(run) == {
        "remarks": [],
        "unknown-user": ["there is no account `@copilto`", "there is no account `@nobody`"],
        "unknown-agent": ["`@copilto` is no known agent"],
        "unknown-team": ["there is no team `@acme/none`"],
    }
    asking.add_user("copilto")
    assert "unknown-agent" not in found(run)


def test_blanks_around_a_token_are_none_of_it(asking: GitHubServer, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", " \n")
    monkeypatch.setenv("GH_TOKEN", asking.token("app", permissions={"members": "read"}) + "\n")
    assert "unknown-user" in found(run)


def test_what_the_token_may_not_see_is_said(asking: GitHubServer, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", asking.token("actions"))
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/shop")
    done = run("lint", "--online")
    assert (
        "note: 2 teams of `acme` could not be looked up: the token needs the organization permission `members: read`" in done.out
    )
    assert "unknown-team" not in done.out
    assert done.code == 6


def test_without_a_token(asking: GitHubServer, run: Runner) -> None:
    done = run("lint", "--online")
    assert (done.code, done.out) == (1, "")
    assert done.err == ("agentowners: `--online` needs a token, and there is none\nhelp: put one into GITHUB_TOKEN or GH_TOKEN\n")


def test_a_token_that_is_not_accepted(asking: GitHubServer, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_wrong")
    done = run("lint", "--online")
    assert (done.code, done.out) == (1, "")
    assert "GitHub does not accept the token in GITHUB_TOKEN or GH_TOKEN" in done.err
    assert "ghs_wrong" not in done.err


def test_without_a_network(asking: GitHubServer, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_x")
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    done = run("lint", "--online")
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("help: run it again later, or without `--online`\n")


def test_a_repository_that_is_not_known(asking: GitHubServer, repo: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", asking.token())
    repo.git("remote", "remove", "origin")
    done = run("lint", "--online")
    assert (done.code, done.err.splitlines()[0]) == (1, "agentowners: `--online` does not know which repository this is")


def test_a_token_goes_to_no_server_but_its_own(
    asking: GitHubServer, repo: Repo, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", asking.token())
    monkeypatch.delenv("GITHUB_API_URL")
    repo.git("remote", "set-url", "origin", "https://github.acme.example/acme/shop.git")
    done = run("lint", "--online")
    assert (done.code, done.err.splitlines()[0]) == (1, "agentowners: the API of `github.acme.example` is not known")
    monkeypatch.setenv("GITHUB_API_URL", "not a url")
    assert run("lint", "--online").err.startswith("agentowners: GITHUB_API_URL is `not a url`, which is no URL\n")
    assert asking.requests == []


def test_nothing_is_asked_of_a_policy_that_names_nobody(
    asking: GitHubServer, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", asking.token())
    Path(".github/AGENTOWNERS").write_text("x/  @agents @copilot  block\n")
    assert found(run) == {"remarks": []}
    assert asking.requests == []
