"""How the facts about a repository are read, from a server that answers as GitHub does, and from one that does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from agentowners.checkup.facts import (
    PROTECTED_ONLY,
    Actions,
    BranchRule,
    Bypass,
    Classic,
    Environment,
    RepositoryFacts,
    RequiredCheck,
    WorkflowToken,
)
from agentowners.checkup.gate import Require
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Known, Unavailable
from agentowners.github import examination
from agentowners.github.client import Api
from agentowners.github.errors import PlatformError
from agentowners.github.examination import Examination
from agentowners.github.protection import Protection
from agentowners.github.reading import MalformedError
from agentowners.github.settings import Settings
from agentowners.policy.model import Permission
from tests.cli.doctor.shop import administrator, shop, strengthen
from tests.github.stub import PATIENCE, Stub
from tests.github_server.gitstore import Symlink
from tests.github_server.repository import Repository
from tests.github_server.server import GitHubServer


@pytest.fixture
def acme(github: GitHubServer) -> Repository:
    return shop(github)


@pytest.fixture
def api(github: GitHubServer, acme: Repository) -> Iterator[Api]:
    made = Api(administrator(github), github.url, "acme/shop", PATIENCE)
    yield made
    made.close()


def _facts(api: Api, *named: str) -> RepositoryFacts:
    return Examination(api).facts(named)


def _with(github: GitHubServer, **permissions: str) -> Api:
    return Api(github.token("app", permissions=permissions), github.url, "acme/shop", PATIENCE)


def test_the_branches_that_matter(api: Api, acme: Repository) -> None:
    named = ("heads/release/", "heads/hotfix-?", "heads/none", "tags/")
    policy = "".join(f"refs/{name} @agents block\n" for name in named)
    acme.commit("main", {".github/AGENTOWNERS": policy}, message="policy")
    for name in ("release/1", "release/2", "hotfix-1", "hotfix-10", "feature", "gh-pages"):
        acme.branch(name)
    acme.protect("gh-pages", [])
    found = _facts(api).branches
    assert [(one.name, one.meant) for one in found] == [
        ("main", True),
        ("release/1", True),
        ("release/2", True),
        ("hotfix-1", True),
        ("gh-pages", False),
    ]
    assert [one.name for one in _facts(api, "feature").branches] == ["feature"]
    with pytest.raises(AgentownersError, match="there is no branch `nope`"):
        _facts(api, "main", "nope")


def test_more_branches_than_can_be_looked_at_are_counted(api: Api, acme: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "MAX_BRANCHES", 2)
    for name in ("a", "b", "c"):
        acme.branch(name)
        acme.protect(name, [])
    found = _facts(api)
    assert ([one.name for one in found.branches], found.left_out) == (["main", "production"], 3)


def test_rules_of_the_repository_and_of_the_organization(api: Api, acme: Repository) -> None:
    acme.protect("main", [("AGENTOWNERS", 15368), "ci"], ruleset=True)
    rule = {"type": "workflows", "parameters": {"workflows": [{"path": ".github/workflows/x.yml", "repository_id": 1}]}}
    acme.add_ruleset("all", [rule], include=["~ALL"], source_type="Organization", source="acme")
    acme.add_ruleset("off", [{"type": "deletion"}], enforcement="evaluate")
    facts = _facts(api)
    first, second = sorted(acme.rulesets)[:2]
    assert facts.branches[0].rules == Known(
        (
            BranchRule(
                kind="required_status_checks",
                ruleset=first,
                checks=(RequiredCheck("AGENTOWNERS", 15368), RequiredCheck("ci", None)),
            ),
            BranchRule(kind="workflows", ruleset=second, workflows=(".github/workflows/x.yml",)),
        )
    )
    own, inherited = facts.rulesets[first], facts.rulesets[second]
    assert isinstance(own, Known)
    assert own.value.bypass == Known(())
    assert isinstance(inherited, Known)
    assert (inherited.value.source, inherited.value.name) == ("acme", "all")
    assert isinstance(inherited.value.bypass, Unavailable)
    assert inherited.value.bypass.permission == "organization administration: write"


def test_who_may_bypass_is_told_to_administrators_only(github: GitHubServer, acme: Repository, api: Api) -> None:
    acme.add_ruleset("r", [{"type": "deletion"}], bypass=[{"actor_id": None, "actor_type": "DeployKey"}])
    (number,) = acme.rulesets
    told = Protection(api).ruleset(number)
    assert isinstance(told, Known)
    assert told.value.bypass == Known((Bypass("DeployKey", None),))
    untold = Protection(_with(github, administration="read")).ruleset(number)
    assert isinstance(untold, Known)
    assert isinstance(untold.value.bypass, Unavailable)
    assert untold.value.bypass.permission == "administration: write"


def test_classic_protection(github: GitHubServer, acme: Repository, api: Api) -> None:
    acme.protect("main", [("AGENTOWNERS", 15368), "ci"])
    main = acme.protection["main"]
    main.reviews = {"require_code_owner_reviews": True, "bypass_pull_request_allowances": {"users": ["hubot"]}}
    main.flags = {"allow_force_pushes": True}
    checks = (RequiredCheck("AGENTOWNERS", 15368), RequiredCheck("ci", None))
    found, production = _facts(api).branches
    assert found.classic == Known(
        Classic(checks=checks, for_admins=True, pull_requests=True, code_owners=True, direct=("hubot",), force_pushes=True)
    )
    assert (production.classic, production.seen) == (Known(None), ())
    less = _facts(_with(github, contents="read")).branches[0]
    assert less.classic == Unavailable("GitHub does not tell this token", "administration: read")
    assert (less.seen, less.seen_for_admins) == (checks, True), "what anybody sees who reads the branch"


def test_settings(api: Api, acme: Repository, github: GitHubServer) -> None:
    facts = _facts(api)
    assert (facts.actions, facts.workflow_token) == (Known(Actions(True, "all")), Known(WorkflowToken(False, False)))
    assert (facts.fork_approval, facts.keys, facts.forks) == (Known("first-time contributors"), Known(()), True)
    acme.settings.allowed_actions, acme.settings.selected_actions = "selected", ["agentowners/*"]
    acme.settings.default_workflow_permissions, acme.settings.workflows_may_approve = "write", True
    acme.add_deploy_key("reads")
    acme.add_deploy_key("writes", read_only=False)
    acme.set_permission("hubot", "maintain")
    github.install(github.add_app("claude"), "acme", {"contents": "write", "workflows": "write"})
    facts = _facts(api)
    assert facts.actions == Known(Actions(True, "selected", ("agentowners/*",)))
    assert (facts.workflow_token, facts.keys) == (Known(WorkflowToken(True, True)), Known(("writes",)))
    assert isinstance(facts.people, Known)
    assert {one.account.login: one.permission for one in facts.people.value} == {
        "octocat": Permission.ADMIN,
        "hubot": Permission.MAINTAIN,
    }
    assert isinstance(facts.apps, Known)
    assert [(app.slug, app.permissions["workflows"]) for app in facts.apps.value] == [("claude", "write")]
    acme.settings.actions_enabled = False
    assert _facts(api).actions == Known(Actions(False, ""))


def test_an_app_of_ones_own_has_its_environment_looked_at(api: Api, acme: Repository, github: GitHubServer) -> None:
    assert not _facts(api).environments
    strengthen(github, acme)
    acme.settings.secrets, acme.settings.organization_secrets = ["ONE"], ["TWO"]
    facts = _facts(api)
    key: Known[tuple[str, ...]] = Known(("AGENTOWNERS_APP_KEY",))
    assert facts.environments == {"agentowners": Known(Environment(("main",), key))}
    assert facts.secrets == Known(("ONE", "TWO"))
    for branches, expected in (("protected", (PROTECTED_ONLY,)), (None, None)):
        acme.add_environment("agentowners", branches, ["AGENTOWNERS_APP_KEY"])
        assert _facts(api).environments == {"agentowners": Known(Environment(expected, key))}
    del acme.settings.environments["agentowners"]
    assert _facts(api).environments == {"agentowners": Known(None)}
    acme.add_environment("agentowners", ["main"])
    hidden = _facts(_with(github, contents="read", actions="read"))
    environment = hidden.environments["agentowners"]
    assert isinstance(environment, Known)
    assert environment.value is not None
    assert environment.value.secrets == Unavailable("GitHub does not tell this token", "environments: read")
    assert hidden.secrets == Unavailable("GitHub does not tell this token", "secrets: read")


def test_the_policy_of_the_default_branch(api: Api, acme: Repository) -> None:
    policy = _facts(api).policy
    assert isinstance(policy, Known)
    assert policy.value is not None
    acme.commit("main", {".github/AGENTOWNERS": "nonsense\n"}, message="break it")
    broken = _facts(api).policy
    assert isinstance(broken, Unavailable)
    assert (broken.permission, "does not parse" in broken.why) == (None, True)
    acme.commit("main", {".github/AGENTOWNERS": None}, message="drop it")
    assert _facts(api).policy == Known(None)
    gate = acme.store.read_commit(acme.tip("main"))
    assert gate is not None
    text = (
        "on: pull_request_target\njobs: {a: {steps: [{uses: agentowners/agentowners-action@v1, with: {policy-file: ./p/AO}}]}}\n"
    )
    acme.commit("main", {".github/workflows/agentowners.yml": text, "p/AO": "/x @agents block\n"}, message="name it")
    named = _facts(api).policy
    assert isinstance(named, Known)
    assert named.value is not None
    assert named.value.layers[0].name == "p/AO"


def test_what_stands_there_and_is_no_file_is_a_finding_and_not_a_failure(api: Api, acme: Repository) -> None:
    links = {".github/AGENTOWNERS": Symlink("../README.md"), ".github/CODEOWNERS": Symlink("../README.md")}
    acme.commit("main", links, message="link")
    facts = _facts(api)
    for fact in (facts.policy, facts.code_owners):
        assert isinstance(fact, Unavailable)
        assert (fact.permission, "is a symbolic link" in fact.why) == (None, True)


def test_a_repository_without_commits(github: GitHubServer) -> None:
    github.add_repository("acme/empty")
    api = Api(github.token("user", login="octocat"), github.url, "acme/empty", PATIENCE)
    facts = _facts(api)
    assert isinstance(facts.workflows, Unavailable)
    assert facts.branches == ()


def test_what_a_token_may_not_read_names_its_permission(github: GitHubServer, acme: Repository) -> None:
    facts = _facts(_with(github, contents="read"))
    asked = {name: getattr(facts, name) for name in ("actions", "workflow_token", "fork_approval", "keys")}
    assert {name: fact.permission for name, fact in asked.items()} == dict.fromkeys(asked, "administration: read")
    assert isinstance(facts.apps, Unavailable)
    assert facts.apps.permission == "organization administration: read"


def test_a_persons_repository(github: GitHubServer) -> None:
    repo = github.add_repository("ann/notes", owner_type="User", private=True, files={"README.md": "x"})
    api = Api(administrator(github, "ann"), github.url, "ann/notes", PATIENCE)
    facts = _facts(api)
    assert (facts.organization, facts.workflows, facts.policy, facts.unprotectable) == (False, Known(()), Known(None), False)
    assert isinstance(facts.apps, Unavailable)
    assert facts.apps.permission is None
    repo.settings.free_plan = True
    facts = _facts(api)
    assert (facts.unprotectable, facts.branches[0].rules, facts.branches[0].classic) == (True, Known(()), Known(None))


def test_a_server_without_rulesets(api: Api, acme: Repository) -> None:
    acme.settings.no_rulesets = True
    assert _facts(api).branches[0].rules == Known(())
    with pytest.raises(AgentownersError, match="has no rulesets"):
        Protection(api).changes([REQUIRED], "main")


REQUIRED = Require("AGENTOWNERS", "AGENTOWNERS", ("main",), 15368)
BRANCH = {"name": "main", "commit": {}, "protected": False}


@pytest.mark.parametrize(
    ("path", "answer", "read"),
    [
        ("/actions/permissions", {}, lambda api: Settings(api).actions()),
        ("/actions/permissions", {"enabled": "yes"}, lambda api: Settings(api).actions()),
        ("/actions/permissions/workflow", {"default_workflow_permissions": 1}, lambda api: Settings(api).workflow_token()),
        ("/keys", [{"title": "x"}], lambda api: Settings(api).keys()),
        ("/collaborators", [{"login": "x", "id": 1}], lambda api: Settings(api).people()),
        ("/rulesets/1", {"name": "x"}, lambda api: Protection(api).ruleset(1)),
        ("/rules/branches/main", [{"type": "deletion"}], lambda api: Protection(api).branch("main", is_target=True)),
        ("/rules/branches/main", {}, lambda api: Protection(api).branch("main", is_target=True)),
        ("/branches/main/protection", [], lambda api: Protection(api).branch("main", is_target=True)),
        ("/rulesets", [{"id": "1"}], lambda api: Protection(api).changes([REQUIRED], "main")),
    ],
)
def test_an_answer_that_makes_no_sense_is_an_error(stubbed: tuple[Stub, Api], path: str, answer: Any, read: Any) -> None:
    stub, api = stubbed
    stub.answer("/branches/main", BRANCH)
    stub.answer("/branches/main/protection", {"message": "Branch not protected"}, 404)
    stub.answer("/rules/branches/main", [])
    stub.answer(path, answer)
    with pytest.raises(MalformedError):
        read(api)


def test_a_server_that_fails_is_an_error_and_not_a_missing_permission(stubbed: tuple[Stub, Api]) -> None:
    stub, api = stubbed
    stub.answer("/keys", {"message": "boo"}, 500)
    with pytest.raises(PlatformError):
        Settings(api).keys()


def test_a_404_that_does_not_say_so_is_no_unprotected_branch(stubbed: tuple[Stub, Api]) -> None:
    stub, api = stubbed
    stub.answer("/branches/main", BRANCH)
    stub.answer("/rules/branches/main", [])
    stub.answer("/branches/main/protection", {"message": "Not Found"}, 404)
    branch = Protection(api).branch("main", is_target=True)
    assert branch is not None
    assert branch.classic == Unavailable("GitHub does not tell this token", "administration: read")


def test_checks_of_an_older_server_are_contexts(stubbed: tuple[Stub, Api]) -> None:
    stub, api = stubbed
    stub.answer("/branches/main", BRANCH)
    stub.answer("/rules/branches/main", [])
    stub.answer("/branches/main/protection", {"required_status_checks": {"contexts": ["ci"]}})
    branch = Protection(api).branch("main", is_target=True)
    assert branch is not None
    assert branch.classic == Known(Classic(checks=(RequiredCheck("ci", None),)))
