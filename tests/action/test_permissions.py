"""Least privilege: which request takes which scope, what is lost without it, and that nothing else is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.action.world import World
from tests.docs.pages import codes, page
from tests.github_server import openapi
from tests.github_server.gitstore import Symlink
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer
from tests.github_server.web import HANDLERS

HEADER = ("scope", "requests", "without it")
SCOPES = {
    row[0].strip("`"): row for table in page("docs/action-reference.md").tables if table.header == HEADER for row in table.rows
}
ALL = {"contents": "read", "pull_requests": "write", "checks": "write", "issues": "write", "members": "read"}
POLICY = """\
security/**   @agents     block
infra/**      @agents     require_approval  @acme/sre
src/**        @agents     require_approval  @octocat
docs/         @acme/sre   allow
"""
LEVELS = ("none", "read", "write")


def listed(scope: str) -> set[str]:
    """The requests of a scope, with the names of what varies left out."""
    return {plain(code) for code in codes(SCOPES[scope][1])}


def plain(request: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", request)


def made(server: GitHubServer) -> set[tuple[str, str]]:
    """The operations of the requests so far: as the documentation spells them, and GitHub's name."""
    described = {"graphql": "/graphql"} | {
        operation["operationId"]: path for path, item in openapi.description()["paths"].items() for operation in item.values()
    }
    asked = {(request.method, request.operation) for request in server.requests if request.operation}
    return {(plain(f"{method} {described[name].removeprefix('/repos/{owner}/{repo}')}"), name) for method, name in asked}


def world_of(github: GitHubServer, directory: Path, permissions: dict[str, str]) -> World:
    world = World.make(github, directory, policy=POLICY.encode())
    github.add_team("acme/sre", members=("octocat",))
    app = github.add_app("acme-gate")
    world.token = github.token("app", permissions=permissions, app=app, repository=world.repo)
    world.inputs |= {"comment": "true", "request-reviews": "true"}
    return world


def runs(world: World) -> Iterator[Pull]:
    """Everything that a run can be about; the world's requests are those of the last run each time."""
    repo = world.repo
    pull = world.pull({"infra/main.tf": "b\n", "link": Symlink("infra")})
    repo.assign(pull, "Copilot", by="hubot")
    repo.review(pull, "octocat", "APPROVED")
    world.judge(pull)
    yield pull
    repo.commit("copilot/fix", {"infra/main.tf": "a\n", "link": None, "docs/index.md": "new\n"}, author="Copilot")
    world.judge(pull)
    yield pull
    mine = world.pull({"docs/more.md": "x\n"}, branch="mine", author="octocat")
    repo.commit("mine", {"src/app.py": "y\n"}, message="more\n\nCo-authored-by: Claude <noreply@anthropic.com>", author="hubot")
    world.judge(mine)
    yield mine
    group = world.server.queue(repo, [pull])
    world.run("merge_group", "checks_requested", group=group)
    yield pull
    before = repo.tip("main")
    repo.merge(pull)
    after = repo.commit("main", {".github/AGENTOWNERS": f"{POLICY}# more\n"}, author="hubot")
    world.run("push", None, repo=repo, ref="refs/heads/main", before=before, after=after, pusher="hubot", sender="hubot")
    yield pull
    missing = world.pull({"src/app.py": "z\n"}, branch="copilot/label")
    # a server that does not create labels by itself
    world.server.faults.add("404", method="POST", path=r"/issues/[0-9]+/labels$")
    world.judge(missing)
    yield missing
    world.server.limits.files, world.server.limits.commits = 2, 2
    large = world.pull({f"docs/{n}.md": "x\n" for n in range(4)}, branch="copilot/large")
    for n in range(3):
        repo.commit("copilot/large", {f"docs/{n}.md": "y\n"}, author="Copilot")
    world.judge(large)
    yield large


@pytest.fixture
def requests(github: GitHubServer, tmp_path: Path) -> set[tuple[str, str]]:
    """Every request that was made, by a token that may do all that is documented."""
    world = world_of(github, tmp_path, ALL)
    found: set[tuple[str, str]] = set()
    for _ in runs(world):
        refused = [f"{r.method} {r.path}" for r in world.server.requests if r.status in (401, 403)]
        assert refused == [], "what is documented is not enough"
        found |= made(world.server)
    return found


def test_every_request_is_documented_under_the_scope_that_it_takes(requests: set[tuple[str, str]]) -> None:
    documented = {request: scope for scope in SCOPES for request in listed(scope)}
    assert {request for request, _ in requests} <= set(documented), "list it in docs/action-reference.md, under its scope"
    for request, operation in requests:
        if operation == "graphql":
            continue  # its fields take what the same facts take elsewhere; those that are refused are done without
        alternatives = HANDLERS[operation][1] or "checks:write"
        name, _, level = documented[request].partition(": ")
        ways = [tuple(way.split(":")) for way in alternatives.split("|")]
        held = [LEVELS.index(level) >= LEVELS.index(needed) for scope, needed in ways if scope == name.replace("-", "_")]
        assert any(held), f"{request} takes {alternatives}, and is listed under {documented[request]}"


def test_every_documented_request_is_made(requests: set[tuple[str, str]]) -> None:
    assert {request for scope in SCOPES for request in listed(scope)} == {request for request, _ in requests}


def lacking(scope: str) -> dict[str, str]:
    """All permissions but one."""
    name, _, level = scope.replace("-", "_").partition(": ")
    left = {key: held for key, held in ALL.items() if key != name}
    return left | ({name: "read"} if level == "write" and name == "pull_requests" else {})


@pytest.mark.parametrize("scope", ["contents: read", "pull-requests: read"])
def test_without_it_there_is_no_verdict(github: GitHubServer, tmp_path: Path, scope: str) -> None:
    permissions = lacking(scope)
    if scope == "pull-requests: read":
        del permissions["issues"]
    world = world_of(github, tmp_path, permissions)
    pull = world.pull({"docs/index.md": "new\n"})
    assert world.judge(pull) == 1
    run = world.check(pull.head_sha)
    said = f"`{run.title}`"
    assert (run.conclusion, said) == ("failure", "`A permission is missing`")
    assert SCOPES[scope][2] == f"no verdict: the check fails, {said}"


@pytest.mark.parametrize("scope", ["pull-requests: write", "issues: write"])
def test_without_it_the_verdict_stands_with_a_note(
    github: GitHubServer, tmp_path: Path, capfd: pytest.CaptureFixture[str], scope: str
) -> None:
    permissions = lacking(scope)
    if scope == "pull-requests: write":
        permissions["issues"] = "read"
    world = world_of(github, tmp_path, permissions)
    pull = world.pull({"src/app.py": "x\n"})
    world.repo.review(pull, "octocat", "APPROVED")
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert (run.conclusion, run.title) == ("success", "Approved (1 of 1)")
    told = capfd.readouterr().out
    assert "::notice title=AGENTOWNERS::the label" in told
    assert "label" not in (run.summary or "")
    assert (pull.comments == []) is (scope == "pull-requests: write")
    assert SCOPES[scope][2].startswith("a line in the job's log;")
    assert SCOPES[scope][2].endswith("the verdict stands")


def test_without_checks_the_verdict_is_the_jobs_own_result(github: GitHubServer, tmp_path: Path) -> None:
    world = world_of(github, tmp_path, lacking("checks: write"))
    pull = world.pull({"security/keys.py": "x\n"})
    assert world.judge(pull) == 1
    assert world.checks(pull.head_sha) == []
    assert world.judge(world.pull({"docs/index.md": "x\n"}, branch="copilot/docs")) == 0
    assert "the job's own result" in SCOPES["checks: write"][2]


def test_without_members_what_is_asked_of_a_team_is_not_met(github: GitHubServer, tmp_path: Path) -> None:
    world = world_of(github, tmp_path, lacking("members: read"))
    pull = world.pull({"infra/main.tf": "b\n"})
    world.repo.review(pull, "octocat", "APPROVED")
    world.judge(pull)
    run = world.check(pull.head_sha)
    assert run.conclusion in ("action_required", "failure")
    assert "members: read" in f"{run.summary}{run.text}"
