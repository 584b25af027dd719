"""Those whom unmet obligations name are asked on GitHub for their review: once, and only who could approve."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.action.world import FILES, PERMISSIONS, World
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer

ASK = "POST /pulls/1/requested_reviewers"


def world(server: GitHubServer, directory: Path, approvers: str, *, count: int = 1, files: dict[str, str] | None = None) -> World:
    """A world whose `src/` asks for approvals of those who are named, with reviews asked for."""
    policy = f"src/** @anyone require_approval({count}) {approvers}\nsecurity/** @agents block\n".encode()
    made = World.make(server, directory, policy=policy, files=files or FILES)
    made.inputs["request-reviews"] = "true"
    return made


def asked(pull: Pull) -> list[str]:
    """Logins and slugs, in order."""
    return [who.login for who in pull.reviewers] + [team.slug for team in pull.teams]


def asks(world: World) -> int:
    """Number of requests of the last run that ask somebody."""
    return sum(line.endswith("/requested_reviewers") and line.startswith("POST") for line in world.requests)


def test_named_people_are_asked_once_also_where_somebody_took_it_back(github: GitHubServer, tmp_path: Path) -> None:
    it = world(github, tmp_path, "@octocat @Hubot", count=2)
    pull = it.pull({"src/app.py": "x = 2\n"})
    it.judge(pull)
    assert asked(pull) == ["octocat", "hubot"]
    assert asks(it) == 1
    it.repo.withdraw_request(pull, "hubot", by="octocat")
    it.judge(pull)
    assert asked(pull) == ["octocat"]
    assert asks(it) == 0


def test_an_account_that_is_called_like_a_group_is_known_and_asked(github: GitHubServer, tmp_path: Path) -> None:
    it = world(github, tmp_path, "@login:agents @octocat")
    github.add_user("agents")
    it.repo.set_permission("agents", "write")
    pull = it.pull({"src/app.py": "x = 2\n"})
    it.judge(pull)
    assert asked(pull) == ["agents", "octocat"]
    assert "nobody has the login" not in str(it.check(pull.head_sha).summary)


def test_nobody_is_asked_by_default(github: GitHubServer, tmp_path: Path) -> None:
    it = world(github, tmp_path, "@octocat")
    it.inputs["request-reviews"] = ""
    pull = it.pull({"src/app.py": "x = 2\n"})
    it.judge(pull)
    assert asked(pull) == []
    assert not any("requested_reviewers" in line or line.startswith("GET /users/") for line in it.requests)


def test_only_those_are_asked_whose_approval_would_count(github: GitHubServer, tmp_path: Path) -> None:
    it = world(github, tmp_path, "@octocat @hubot @reader @nobody-there @asker @done", count=2)
    for login in ("reader", "asker", "done"):
        github.add_user(login)
        it.repo.set_permission(login, "read" if login == "reader" else "write")
    it.repo.branch("copilot/fix", it.repo.tip("main"))
    it.repo.commit("copilot/fix", {"src/app.py": "x = 3\n"}, message="by hand", author="hubot")
    pull = it.pull({"src/app.py": "x = 2\n"})
    it.repo.assign(pull, "Copilot", by="asker")
    it.repo.review(pull, "done", "APPROVED")
    it.judge(pull)
    assert asked(pull) == ["octocat"]


def test_the_author_is_not_asked(github: GitHubServer, tmp_path: Path) -> None:
    it = world(github, tmp_path, "@octocat @hubot")
    pull = it.pull({"src/app.py": "x = 2\n"}, author="octocat", branch="mine")
    it.judge(pull)
    assert asked(pull) == ["hubot"]


@pytest.mark.parametrize("why", ["draft", "blocked", "conflict", "evaluate", "observed"])
def test_nobody_is_asked_for_what_does_not_wait_for_an_approval_alone(github: GitHubServer, tmp_path: Path, why: str) -> None:
    it = world(github, tmp_path, "@octocat")
    files = {"src/app.py": "x = 2\n"} | ({"security/keys.py": "KEY = 2\n"} if why == "blocked" else {})
    pull = it.pull(files, draft=why == "draft")
    if why == "conflict":
        it.repo.commit("main", {"src/app.py": "x = 9\n"}, message="meanwhile")
    if why == "evaluate":
        it.inputs["enforcement"] = "evaluate"
    if why == "observed":
        it.repo.commit("main", {".github/AGENTOWNERS": "mode observe-only\nsrc/** @anyone require_approval @octocat\n"})
    it.judge(pull)
    assert asked(pull) == []
    assert asks(it) == 0


def test_more_than_ten_are_not_asked(github: GitHubServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    people = [f"person-{number}" for number in range(11)]
    it = world(github, tmp_path, " ".join(f"@{login}" for login in people))
    for login in people:
        github.add_user(login)
        it.repo.set_permission(login, "write")
    pull = it.pull({"src/app.py": "x = 2\n"})
    it.judge(pull)
    assert asked(pull) == []
    assert "nobody is asked to review #1: the policy names 11, and at most 10 are asked" in capfd.readouterr().out
    it.repo.request_review(pull, "person-0", by="octocat")
    it.judge(pull)
    assert len(asked(pull)) == 11


def test_so_many_names_that_nobody_is_looked_up(github: GitHubServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    it = world(github, tmp_path, " ".join(f"@person-{number}" for number in range(30)))
    pull = it.pull({"src/app.py": "x = 2\n"})
    it.judge(pull)
    assert asked(pull) == []
    assert not any(line.startswith("GET /users/") for line in it.requests)
    assert "nobody is asked to review #1: the policy names 30," in capfd.readouterr().out


def test_that_it_cannot_be_known_who_was_asked_holds_up_no_verdict(
    github: GitHubServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    it = world(github, tmp_path, "@octocat")
    pull = it.pull({"src/app.py": "x = 2\n"})
    github.faults.add("500", method="GET", path=r"/users/octocat$", times=20)
    assert it.judge(pull) == 0
    assert it.check(pull.head_sha).title == "Waiting for approval (0 of 1)"
    assert asked(pull) == []
    assert "not everybody can be asked to review #1: GitHub answered 500 to `GET /users/octocat`" in capfd.readouterr().out


def test_a_team_that_github_refuses_is_left_out_and_logged(
    github: GitHubServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    it = world(github, tmp_path, "@octocat @acme/sre @elsewhere/sre")
    github.add_team("acme/sre", ["hubot"])
    it.repo.add_team("sre", "write")
    pull = it.pull({"src/app.py": "x = 2\n"})
    it.judge(pull)
    assert asked(pull) == ["octocat"]
    told = [line for line in capfd.readouterr().out.splitlines() if "cannot be asked" in line]
    assert len(told) == 1
    assert "`@acme/sre` cannot be asked to review #1: GitHub answered 422" in told[0]
    assert told[0].endswith("a team takes the token of an App")
    assert "cannot be asked" not in f"{it.summary}{it.check(pull.head_sha)}"


def test_an_app_asks_teams_too(github: GitHubServer, tmp_path: Path) -> None:
    it = world(github, tmp_path, "@octocat @acme/sre")
    github.add_team("acme/sre", ["hubot"])
    it.repo.add_team("sre", "write")
    it.token = github.token("app", permissions=PERMISSIONS | {"members": "read"}, repository=it.repo)
    pull = it.pull({"src/app.py": "x = 2\n"})
    it.judge(pull)
    assert asked(pull) == ["octocat", "sre"]
    it.judge(pull)
    assert asks(it) == 0


def test_a_token_that_may_not_ask_is_said_once(github: GitHubServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    it = world(github, tmp_path, "@octocat @hubot")
    it.token = github.token("actions", permissions=PERMISSIONS | {"pull-requests": "read"}, repository=it.repo)
    pull = it.pull({"src/app.py": "x = 2\n"})
    it.judge(pull)
    assert it.check(pull.head_sha).conclusion == "action_required"
    told = [line for line in capfd.readouterr().out.splitlines() if "cannot be asked" in line]
    assert len(told) == 1
    assert "`@octocat` and `@hubot` cannot be asked to review #1: GitHub answered 403" in told[0]
    assert "`pull-requests: write`" in told[0]
