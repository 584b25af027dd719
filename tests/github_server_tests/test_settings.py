"""Rulesets, branch protection and settings on the loopback server."""

from __future__ import annotations

import pytest

from tests.github_server.model import MergeRefused, Pull
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer
from tests.github_server_tests.conftest import Client

CHECKS = {
    "type": "required_status_checks",
    "parameters": {
        "strict_required_status_checks_policy": False,
        "required_status_checks": [{"context": "AGENTOWNERS", "integration_id": 15368}],
    },
}
RULESET = {
    "name": "R",
    "target": "branch",
    "enforcement": "active",
    "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
    "rules": [CHECKS],
}


@pytest.fixture
def admin(client: Client, github: GitHubServer, repo: Repository) -> Client:
    repo.set_permission("octocat", "admin")
    return client.use(github.token("user", login="octocat"))


def test_a_ruleset_holds_until_its_check_passes(admin: Client, repo: Repository, pull: Pull, github: GitHubServer) -> None:
    made = admin("POST", "rulesets", RULESET)
    assert made.status_code == 201
    assert made.json()["bypass_actors"] == []
    with pytest.raises(MergeRefused):
        repo.merge(pull)
    repo.add_check_run("AGENTOWNERS", pull.head_sha, app=github.add_app("other"))
    with pytest.raises(MergeRefused):
        repo.merge(pull)
    number = made.json()["id"]
    off = {"ref_name": {"include": ["~ALL"], "exclude": ["refs/heads/main"]}}
    assert admin("PUT", f"rulesets/{number}", {"conditions": off}).status_code == 200
    assert admin.get("rules/branches/main") == []
    assert [rule["ruleset_id"] for rule in admin.get("rules/branches/any")] == [number]
    repo.merge(pull)


@pytest.mark.parametrize(
    ("pattern", "covered", "others"),
    [
        ("refs/heads/release/*", ["release/1"], ["release", "release/1/2"]),
        ("refs/heads/release/**/*", ["release/1", "release/1/2"], ["main"]),
        ("refs/heads/v?", ["v1"], ["v10"]),
        ("~DEFAULT_BRANCH", ["main"], ["v1"]),
        ("~ALL", ["main", "a/b"], []),
    ],
)
def test_what_a_ruleset_covers(repo: Repository, pattern: str, covered: list[str], others: list[str]) -> None:
    repo.add_ruleset("R", [{"type": "deletion"}], include=[pattern])
    assert all(repo.rules(name) for name in covered)
    assert not any(repo.rules(name) for name in others)


def test_who_may_change_rulesets_and_who_is_told_what(admin: Client, github: GitHubServer, repo: Repository) -> None:
    number = admin("POST", "rulesets", RULESET).json()["id"]
    assert admin("POST", "rulesets", RULESET).status_code == 422, "the name is taken"
    assert (
        admin("POST", "rulesets", RULESET | {"name": "S", "conditions": {"ref_name": {"include": ["main"]}}}).status_code == 422
    )
    admin.use(github.token("app", permissions={"administration": "read"}))
    assert "bypass_actors" not in admin.get(f"rulesets/{number}")
    assert admin("POST", "rulesets", RULESET).status_code == 403
    repo.set_permission("hubot", "write")
    admin.use(github.token("user", login="hubot"))
    assert admin("PUT", f"rulesets/{number}", {"enforcement": "disabled"}).status_code == 404
    assert [it["name"] for it in admin.get("rulesets")] == ["R"]


def test_protection_is_replaced_whole_and_its_checks_alone(admin: Client, repo: Repository, github: GitHubServer) -> None:
    assert admin("GET", "branches/main/protection").status_code == 404
    body = {
        "required_status_checks": None,
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 2},
        "restrictions": None,
        "lock_branch": True,
    }
    assert admin("PUT", "branches/main/protection", body).status_code == 200
    checks = "branches/main/protection/required_status_checks"
    assert admin("PATCH", checks, {"strict": True}).status_code == 404, "they are not required"
    repo.add_check_run("ci", repo.tip("main"), app=github.add_app("ci-app", id=77))
    wanted = {"strict": True, "contexts": [], "checks": [{"context": "ci"}, {"context": "x", "app_id": -1}]}
    assert admin("PUT", "branches/main/protection", body | {"required_status_checks": wanted}).status_code == 200
    assert admin.get(checks)["checks"] == [{"context": "ci", "app_id": 77}, {"context": "x", "app_id": None}]
    assert admin("PATCH", checks, {"checks": [{"context": "y", "app_id": 5}]}).status_code == 200
    shown = admin.get("branches/main/protection")
    assert (shown["required_status_checks"]["strict"], shown["lock_branch"]["enabled"]) == (True, True)
    assert shown["required_status_checks"]["checks"] == [{"context": "y", "app_id": 5}]
    assert "restrictions" not in shown


def test_a_free_plan_and_an_old_server(admin: Client, repo: Repository) -> None:
    repo.settings.free_plan = True
    for path in ("rulesets", "rules/branches/main", "branches/main/protection"):
        answer = admin("GET", path)
        assert (answer.status_code, "Upgrade to GitHub Pro" in answer.text) == (403, True)
    repo.settings.free_plan, repo.settings.no_rulesets = False, True
    assert admin("GET", "rulesets").status_code == 404
    assert admin("POST", "rulesets", RULESET).status_code == 404


def test_settings_need_permissions_that_the_token_of_a_workflow_never_has(client: Client) -> None:
    for path in ("actions/permissions", "actions/permissions/workflow", "keys", "branches/main/protection"):
        assert client("GET", path).status_code == 403
    assert client("GET", "environments/none").status_code == 404
    assert client("GET", "/orgs/acme/installations").status_code == 403
