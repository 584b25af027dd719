"""What the engine has to ask: permissions, teams, who set the agent to work, what stands at a path."""

from __future__ import annotations

import pytest

from agentowners.action.requesters import requesters
from agentowners.change.model import Account, AccountType
from agentowners.github.model import Assignment
from agentowners.identity.catalogue import CATALOGUE
from tests.action.world import World
from tests.github_server.gitstore import Symlink
from tests.github_server.model import Permission

TEAM_POLICY = "infra/** @agents require_approval(1) @acme/sre\n"
WAITING = {"infra/main.tf": "b\n"}


def with_team(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": TEAM_POLICY}, message="policy")
    world.server.add_team("acme/sre", members=("octocat",))
    world.server.add_team("acme/oncall", members=("hubot",), parent="sre")


def app_token(world: World) -> None:
    permissions = {"contents": "read", "pull_requests": "write", "checks": "write", "issues": "write", "members": "read"}
    app = world.server.add_app("verdicts", permissions=permissions)
    world.token = world.server.token("app", app=app, permissions=permissions, repository=world.repo)


@pytest.mark.parametrize("who", ["octocat", "hubot"])
def test_a_teams_member_approves_also_through_a_nested_team(world: World, who: str) -> None:
    with_team(world)
    app_token(world)
    pull = world.pull(WAITING)
    world.repo.review(pull, who, "APPROVED")
    assert world.judge(pull) == 0
    assert world.check(pull.head_sha).title == "Approved (1 of 1)"


def test_somebody_else_does_not(world: World) -> None:
    with_team(world)
    app_token(world)
    world.server.add_user("monalisa")
    world.repo.set_permission("monalisa", "admin")
    pull = world.pull(WAITING)
    world.repo.review(pull, "monalisa", "APPROVED")
    world.judge(pull)
    run = world.check(pull.head_sha)
    assert run.title == "Waiting for approval (0 of 1)"


def test_a_team_that_the_token_cannot_read_names_the_missing_permission(world: World) -> None:
    with_team(world)
    pull = world.pull(WAITING)
    world.repo.review(pull, "octocat", "APPROVED")
    assert world.judge(pull) == 0
    run = world.check(pull.head_sha)
    assert run.title == "Waiting for approval (0 of 1)"
    assert "members: read" in (run.summary or "")


@pytest.mark.parametrize(
    ("permission", "minimum", "granted"),
    [
        ("none", "write", 0),
        ("read", "write", 0),
        ("triage", "write", 0),
        ("write", "write", 1),
        ("maintain", "write", 1),
        ("admin", "write", 1),
        ("write", "maintain", 0),
        ("maintain", "maintain", 1),
        ("read", "triage", 0),
        ("triage", "triage", 1),
    ],
)
def test_permissions(world: World, permission: Permission, minimum: str, granted: int) -> None:
    policy = f"infra/** @agents require_approval\napprovals minimum_permission={minimum}\n"
    world.repo.commit("main", {".github/AGENTOWNERS": policy}, message="policy")
    world.server.add_user("monalisa")
    world.repo.set_permission("monalisa", permission)
    pull = world.pull(WAITING)
    world.repo.review(pull, "monalisa", "APPROVED")
    world.judge(pull)
    assert world.outputs()["approvals-granted"] == str(granted)


def test_threat_19_a_login_that_is_somebody_elses_by_now(world: World) -> None:
    pull = world.pull(WAITING)
    world.repo.review(pull, "octocat", "APPROVED")
    review = pull.reviews[0]
    # the account renamed itself, and another took its login
    old = review.user
    assert old is not None
    successor = world.server.add_user("monalisa")
    world.repo.set_permission("monalisa", "admin")
    del world.server.accounts["octocat"]
    world.server.accounts["octocat"] = successor
    world.judge(pull)
    assert world.outputs()["approvals-granted"] == "0"


COPILOT = Account("Copilot", 198982749, AccountType.BOT)
MONA = Account("monalisa", 7, AccountType.USER)
HUBOT = Account("hubot", 8, AccountType.USER)


@pytest.mark.parametrize(
    ("actor", "assignee", "author", "found"),
    [
        (MONA, COPILOT, COPILOT, (MONA,)),
        (COPILOT, MONA, COPILOT, (MONA,)),
        (MONA, HUBOT, COPILOT, ()),
        (MONA, MONA, COPILOT, ()),
        (COPILOT, MONA, HUBOT, ()),
        (COPILOT, COPILOT, COPILOT, ()),
        (HUBOT, COPILOT, HUBOT, (HUBOT,)),
        (HUBOT, MONA, HUBOT, ()),
    ],
)
def test_who_set_an_agent_to_work(actor: Account, assignee: Account, author: Account, found: tuple[Account, ...]) -> None:
    assert requesters([Assignment(actor=actor, assignee=assignee)], author, CATALOGUE) == found


def test_each_requester_is_named_once() -> None:
    twice = [Assignment(actor=MONA, assignee=COPILOT)] * 2
    assert requesters(twice, None, CATALOGUE) == (MONA,)


def test_a_link_that_stood_there_before(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "vault/** @agents block\n", "vault": Symlink("docs")}, message="link")
    pull = world.pull({"vault": "a file now\n"})
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_a_directory_further_down(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "a/b/vault/** @agents block\n", "a/b/x": "x\n"}, message="deep")
    plain, link = (
        world.pull({"a/b/vault": "file\n"}, branch="copilot/a"),
        world.pull({"a/b/vault": Symlink("x")}, branch="copilot/b"),
    )
    assert world.judge(plain) == 0
    assert world.judge(link) == 1


def test_more_paths_than_are_looked_up_are_taken_for_links(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "*/ @agents block\n"}, message="policy")
    pull = world.pull({f"f{n:03}": "x\n" for n in range(205)})
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


@pytest.mark.parametrize(("slug", "title"), [("cursor", "Blocked: 1 file"), ("github-codespaces", "Allowed")])
def test_an_agents_app_that_acts_for_a_person_is_a_contributor(world: World, slug: str, title: str) -> None:
    app = world.server.add_app(slug)
    world.repo.branch("fix")
    world.repo.commit("fix", {"security/keys.py": "KEY = 2\n"}, author="hubot", message="change")
    pull = world.repo.open_pull("fix", base="main", author="hubot", title="Fix", body="", via_app=app)
    assert world.judge(pull) == (0 if title == "Allowed" else 1)
    assert world.check(pull.head_sha).title == title


def test_a_pull_request_whose_commits_its_base_has_already_is_told_so(world: World) -> None:
    pull = world.pull({"docs/index.md": "e\n"})
    world.repo.branch("next", pull.head_sha)
    world.repo.retarget(pull, "next", "hubot")
    assert world.judge(pull) == 1
    check = world.check(pull.head_sha)
    assert check.title == "Facts are incomplete"
    assert "The pull request has no commit that its base branch does not have already." in (check.summary or "")
