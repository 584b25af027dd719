from __future__ import annotations

from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client


def test_accounts_have_ids_and_types(client: Client, github: GitHubServer) -> None:
    for login in ("dependabot[bot]", "octocat", "new-bot[bot]"):
        github.add_user(login)
    bot = client.get("/users/dependabot%5Bbot%5D")
    assert (bot["id"], bot["type"]) == (49699333, "Bot")
    assert client.get("/users/OCTOCAT")["id"] == 583231
    assert client.get("/users/new-bot[bot]")["type"] == "Bot"
    assert client.get("/user/583231")["login"] == "octocat"
    assert client.get("/users/acme")["type"] == "Organization"
    assert client("GET", "/users/nobody").status_code == 404
    assert client("GET", "/user/5").status_code == 404
    chosen = github.add_user("octocat", id=7, type="Bot", name="Octo", emails=["o@example.com"])
    assert (chosen.id, chosen.type, github.find_account("O@example.com")) == (7, "Bot", chosen)


def test_permission_comes_from_owner_collaborator_or_team(client: Client, repo: Repository, github: GitHubServer) -> None:
    github.add_team("acme/core", ["ann"])
    github.add_team("acme/sre", ["bob"], parent="core")
    repo.add_team("core", "maintain")
    repo.set_permission("cid", "triage")
    repo.set_permission("bob", "read")
    for login in ("dan", "cid", "bob", "ann"):
        github.account(login)
    found = {login: client.get(f"collaborators/{login}/permission") for login in ("ann", "bob", "cid", "dan")}
    assert {login: (it["permission"], it["role_name"]) for login, it in found.items()} == {
        "ann": ("write", "maintain"),
        "bob": ("write", "maintain"),
        "cid": ("read", "triage"),
        "dan": ("read", "read"),
    }
    assert found["ann"]["user"]["permissions"]["push"] is True
    assert client("GET", "collaborators/nobody/permission").status_code == 404
    assert {it["login"] for it in client.get("collaborators")} == {"ann", "bob", "cid"}
    assert {it["login"] for it in client.get("collaborators", permission="push")} == {"ann", "bob"}
    assert client("GET", "collaborators/ann").status_code == 204
    assert client("GET", "collaborators/dan").status_code == 404


def test_a_stranger_has_no_permission_on_a_private_repository(client: Client, github: GitHubServer) -> None:
    github.add_repository("ann/private", owner_type="User", private=True, files={"a": "1"})
    github.add_user("dan")
    assert client.get("/repos/ann/private/collaborators/dan/permission")["permission"] == "none"
    assert client.get("/repos/ann/private/collaborators/ann/permission")["permission"] == "admin"


def test_teams_hold_their_children_s_members(client: Client, repo: Repository, github: GitHubServer) -> None:
    github.add_team("acme/core", ["ann"], maintainers=["max"])
    github.add_team("acme/sre", ["bob"], parent="core")
    repo.add_team("core", "write")
    client.use(github.token("app", permissions={"members": "read", "administration": "read"}))
    assert {it["login"] for it in client.get("/orgs/acme/teams/core/members")} == {"ann", "bob", "max"}
    assert [it["login"] for it in client.get("/orgs/acme/teams/core/members", role="maintainer")] == ["max"]
    assert [it["slug"] for it in client.get("/orgs/acme/teams/core/teams")] == ["sre"]
    assert {it["slug"] for it in client.get("/orgs/acme/teams")} == {"core", "sre"}
    team = client.get("/orgs/acme/teams/sre")
    assert (team["parent"]["slug"], team["members_count"], team["organization"]["login"]) == ("core", 1, "acme")
    assert client.get("/orgs/acme/teams/core/memberships/bob") == client.get("/orgs/acme/teams/core/memberships/bob")
    assert client.get("/orgs/acme/teams/core/memberships/bob")["state"] == "active"
    assert client("GET", "/orgs/acme/teams/sre/memberships/ann").status_code == 404
    assert client("GET", "/orgs/acme/teams/none").status_code == 404
    assert client("GET", "/orgs/acme/teams/core/repos/acme/shop").status_code == 204
    assert client("GET", "/orgs/acme/teams/sre/repos/acme/shop").status_code == 404
    assert client("GET", "/orgs/acme/members/ann").status_code == 204
    assert client("GET", "/orgs/acme/members/octocat").status_code == 404
    assert [(it["slug"], it["permission"]) for it in client.get("teams")] == [("core", "push")]
    assert client.get("/orgs/acme")["login"] == "acme"


def test_branches_and_what_protects_them(client: Client, repo: Repository, github: GitHubServer) -> None:
    repo.branch("feature/x")
    repo.protect("main", ["AGENTOWNERS"])
    repo.protect("release", [("AGENTOWNERS", 7)], ruleset=True)
    assert [it["name"] for it in client.get("branches")] == ["feature/x", "main"]
    assert [it["name"] for it in client.get("branches", protected="true")] == ["main"]
    assert client.get("branches/feature/x")["protected"] is False
    main = client.get("branches/main")
    assert (main["commit"]["sha"], main["protection"]["required_status_checks"]["contexts"]) == (
        repo.tip("main"),
        ["AGENTOWNERS"],
    )
    assert client("GET", "branches/none").status_code == 404
    assert client.get("rules/branches/main") == []
    (rule,) = client.get("rules/branches/release")
    assert rule["parameters"]["required_status_checks"] == [{"context": "AGENTOWNERS", "integration_id": 7}]
    client.use(github.token("user", login="octocat"))
    assert client.get("/repos/acme/shop")["permissions"]["push"] is False
    repo.set_permission("octocat", "write")
    assert client.get("/repos/acme/shop")["permissions"] == {
        "pull": True,
        "triage": True,
        "push": True,
        "maintain": False,
        "admin": False,
    }
