"""What would be changed: what is needed and nothing else, and nothing that holds is loosened."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agentowners.checkup.facts import ACTIONS_APP, Known, RepositoryFacts
from agentowners.checkup.gate import gates
from agentowners.checkup.ruleset import ruleset
from agentowners.checkup.setup import CurrentSetup, SetupRequest, plan, source_app
from agentowners.diagnostics import AgentownersError
from tests.checkup.repository import (
    GATE,
    OWN_APP,
    OWN_APP_GATE,
    branch,
    classic,
    facts,
    requiring,
    with_actions,
    without,
    workflows,
)
from tests.docs.pages import page

CHECK = {"context": "AGENTOWNERS", "integration_id": ACTIONS_APP}
BARE = without("required_status_checks")


def _plan(
    given: RepositoryFacts, rulesets: Any = (), protection: Any = (), *, app: int = ACTIONS_APP
) -> tuple[SetupRequest, ...]:
    assert isinstance(given.workflows, Known)
    today = CurrentSetup(None if rulesets is None else dict(rulesets), dict(protection))
    return plan(given, gates(given.workflows.value), app, today)


def _unprotected(*names: str, **changes: Any) -> RepositoryFacts:
    return with_actions(branches=tuple(branch(name, rules=BARE) for name in names or ("main",)), **changes)


def test_the_ruleset_is_the_one_of_the_front_page() -> None:
    (block,) = [block for block in page("README.md").blocks if block.title == "ruleset.json"]
    assert json.loads(block.text) == ruleset()
    (step,) = _plan(_unprotected())
    assert (step.verb, step.path, step.body) == ("POST", "/rulesets", ruleset())


def test_one_ruleset_covers_every_branch_that_is_meant() -> None:
    merely = branch("gh-pages", rules=BARE, meant=False)
    given = with_actions(branches=(branch(rules=BARE), branch("production", rules=BARE), merely))
    (step,) = _plan(given)
    assert step.body["conditions"]["ref_name"]["include"] == ["~DEFAULT_BRANCH", "refs/heads/production"]


def test_a_check_that_names_its_base_needs_a_ruleset_for_each() -> None:
    gate = workflows(GATE + '    with: {check-name: "AGENTOWNERS ({base})"}\n')
    steps = _plan(_unprotected("main", "production", workflows=gate))
    assert [(step.body["name"], step.body["conditions"]["ref_name"]["include"]) for step in steps] == [
        ("AGENTOWNERS (main)", ["~DEFAULT_BRANCH"]),
        ("AGENTOWNERS (production)", ["refs/heads/production"]),
    ]


def test_what_is_required_already_is_left_alone() -> None:
    assert _plan(with_actions()) == ()
    assert _plan(with_actions(branches=(branch(rules=BARE, classic=Known(classic(checks=())), seen=()),))) != ()
    (step,) = _plan(with_actions(branches=(branch(rules=requiring(None)),)))
    assert step.verb == "POST", "any App may report it: that is weaker than it can be"


def test_an_older_ruleset_of_the_name_keeps_what_else_it_says() -> None:
    old = {
        "id": 5,
        "name": "AGENTOWNERS",
        "target": "branch",
        "enforcement": "evaluate",
        "bypass_actors": [{"actor_type": "OrganizationAdmin", "actor_id": 1}],
        "conditions": {"ref_name": {"include": ["refs/heads/release/*"], "exclude": ["~DEFAULT_BRANCH", "refs/heads/x"]}},
        "rules": [
            {"type": "deletion"},
            {
                "type": "required_status_checks",
                "parameters": {
                    "strict_required_status_checks_policy": True,
                    "required_status_checks": [{"context": "ci"}, {"context": "AGENTOWNERS"}],
                },
            },
        ],
    }
    (step,) = _plan(_unprotected(), {"AGENTOWNERS": old})
    assert (step.verb, step.path) == ("PUT", "/rulesets/5")
    assert step.body == {
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["refs/heads/release/*", "~DEFAULT_BRANCH"], "exclude": ["refs/heads/x"]}},
        "rules": [
            {"type": "deletion"},
            {
                "type": "required_status_checks",
                "parameters": {
                    "strict_required_status_checks_policy": True,
                    "required_status_checks": [{"context": "ci"}, CHECK],
                },
            },
        ],
    }
    (bare,) = _plan(_unprotected(), {"AGENTOWNERS": {"id": 5, "rules": [{"type": "deletion"}], "conditions": None}})
    assert [rule["type"] for rule in bare.body["rules"]] == ["deletion", "required_status_checks"]


def test_a_ruleset_of_the_name_for_tags_is_not_touched() -> None:
    with pytest.raises(AgentownersError, match="not about branches"):
        _plan(_unprotected(), {"AGENTOWNERS": {"id": 5, "target": "tag"}})


def test_without_rulesets_a_bare_branch_is_protected() -> None:
    (step,) = _plan(_unprotected("a/b"), None, {"a/b": None})
    assert (step.verb, step.path) == ("PUT", "/branches/a%2Fb/protection")
    assert step.body == {
        "required_status_checks": {
            "strict": False,
            "contexts": [],
            "checks": [{"context": "AGENTOWNERS", "app_id": ACTIONS_APP}],
        },
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": None,
    }


def test_where_checks_are_required_one_is_added_and_the_others_keep_their_source() -> None:
    checks = [{"context": "ci", "app_id": None}, {"context": "lint", "app_id": 7}, {"context": "AGENTOWNERS", "app_id": None}]
    old = {"url": "x", "required_status_checks": {"strict": True, "checks": checks}, "something_new": 1}
    (step,) = _plan(_unprotected(), None, {"main": old})
    assert (step.verb, step.path) == ("PATCH", "/branches/main/protection/required_status_checks")
    assert step.body == {
        "strict": True,
        "checks": [
            {"context": "ci", "app_id": -1},
            {"context": "lint", "app_id": 7},
            {"context": "AGENTOWNERS", "app_id": ACTIONS_APP},
        ],
    }


OLD = {
    "url": "x",
    "enforce_admins": {"url": "x", "enabled": True},
    "required_pull_request_reviews": {
        "url": "x",
        "dismiss_stale_reviews": True,
        "require_code_owner_reviews": True,
        "required_approving_review_count": 2,
        "dismissal_restrictions": {"users": [{"login": "ann"}], "teams": [{"slug": "core"}], "apps": []},
    },
    "restrictions": {"users": [], "teams": [{"slug": "core"}], "apps": [{"slug": "renovate"}]},
    "required_linear_history": {"enabled": True},
    "allow_force_pushes": {"enabled": False},
    "required_signatures": {"url": "x", "enabled": True},
}


def test_where_no_checks_are_required_everything_else_is_sent_as_it_was() -> None:
    (step,) = _plan(_unprotected(), None, {"main": OLD})
    assert step.verb == "PUT"
    assert step.body["enforce_admins"] is True
    assert step.body["required_pull_request_reviews"] == {
        "dismiss_stale_reviews": True,
        "require_code_owner_reviews": True,
        "required_approving_review_count": 2,
        "dismissal_restrictions": {"users": ["ann"], "teams": ["core"], "apps": []},
    }
    assert step.body["restrictions"] == {"users": [], "teams": ["core"], "apps": ["renovate"]}
    assert (step.body["required_linear_history"], step.body["allow_force_pushes"]) == (True, False)


def test_what_is_not_known_is_not_overwritten() -> None:
    with pytest.raises(AgentownersError, match="`something_new`, which is not known here"):
        _plan(_unprotected(), None, {"main": OLD | {"something_new": {"enabled": True}}})


def test_without_a_gate_nothing_is_required() -> None:
    with pytest.raises(AgentownersError, match="would stop every merge"):
        _plan(facts(workflows=workflows("on: push\njobs: {a: {}}\n")))


def test_the_app_that_reports_it() -> None:
    def app(text: str, chosen: int | None = None) -> int:
        return source_app(gates(workflows(text).value), chosen)

    assert app(GATE) == ACTIONS_APP
    assert app(GATE, 7) == 7
    assert app(OWN_APP_GATE.replace("token: ${{ steps.app.outputs.token }}", "app-id: 4242")) == OWN_APP
    with pytest.raises(AgentownersError, match="whose number the workflow does not say"):
        app(OWN_APP_GATE)
