"""What would be changed: what is needed and nothing else, and nothing that holds is loosened."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from agentowners.checkup.facts import ACTIONS_APP, RepositoryFacts
from agentowners.checkup.gate import RULESET, STANDARD_NAME, Require, gates, requirements, source_app
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Known
from agentowners.github.protection import ProtectionChange, ruleset, ruleset_change
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


def _required(given: RepositoryFacts, *, app: int = ACTIONS_APP) -> tuple[Require, ...]:
    assert isinstance(given.workflows, Known)
    return requirements(given, gates(given.workflows.value), app)


def _plan(given: RepositoryFacts, rulesets: Mapping[str, Any] = {}, *, app: int = ACTIONS_APP) -> tuple[ProtectionChange, ...]:
    return tuple(
        ruleset_change(require, given.default_branch, rulesets.get(require.ruleset)) for require in _required(given, app=app)
    )


def _unprotected(*names: str, **changes: Any) -> RepositoryFacts:
    return with_actions(branches=tuple(branch(name, rules=BARE) for name in names or ("main",)), **changes)


def test_the_ruleset_is_the_one_of_the_front_page() -> None:
    (block,) = [block for block in page("docs/set-up.md").blocks if block.title == "ruleset.json"]
    assert json.loads(block.text) == ruleset(RULESET, STANDARD_NAME, ACTIONS_APP)
    (step,) = _plan(_unprotected())
    assert (step.verb, step.path, step.body) == ("POST", "/rulesets", ruleset(RULESET, STANDARD_NAME, ACTIONS_APP))


def test_one_ruleset_covers_every_branch_that_is_meant() -> None:
    merely = branch("gh-pages", rules=BARE, meant=False)
    given = with_actions(branches=(branch(rules=BARE), branch("production", rules=BARE), merely))
    (step,) = _plan(given)
    assert step.body["conditions"]["ref_name"]["include"] == ["~DEFAULT_BRANCH", "refs/heads/production"]


def test_what_is_required_says_check_branches_and_app() -> None:
    (require,) = _required(_unprotected("main", "production"), app=7)
    assert require == Require("AGENTOWNERS", "AGENTOWNERS", ("main", "production"), 7)


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
