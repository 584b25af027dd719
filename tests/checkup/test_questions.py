"""Every question in each of its states: what is guaranteed, why, and whether something can be done."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from agentowners.checkup.examine import examine
from agentowners.checkup.facts import ACTIONS_APP, RepositoryFacts, RequiredCheck
from agentowners.checkup.findings import Guarantee, Question
from agentowners.engine.facts import Known
from tests.checkup import states_branches, states_gate, states_proof, states_trust
from tests.checkup.repository import (
    GATE,
    HIDDEN,
    OWN_APP,
    RULES,
    answer,
    branch,
    facts,
    requiring,
    without,
    workflows,
)
from tests.checkup.situations import (
    NAMES_ITS_BASE,
    NO,
    STRONG,
    Q,
)


def test_where_everything_is_strong_only_what_nothing_can_close_is_left() -> None:
    checkup = examine(facts())
    weak = {finding.question for finding in checkup.findings if finding.guarantee is not STRONG}
    assert weak == {Q.BORROWED, Q.MERGE_QUEUE}
    assert checkup.next is not None
    assert checkup.next.question is Q.MERGE_QUEUE
    named = branch(rules=requiring(OWN_APP, "AGENTOWNERS (main)", strict=True))
    best = examine(facts(workflows=workflows(NAMES_ITS_BASE), branches=(named,)))
    assert {finding.question for finding in best.findings if finding.guarantee is not STRONG} == {Q.BORROWED, Q.MERGE_QUEUE}
    assert best.next is None


STATES = [*states_branches.STATES, *states_gate.STATES, *states_proof.STATES, *states_trust.STATES]


@pytest.mark.parametrize(("question", "given", "guarantee", "words", "fixable"), STATES)
def test_a_state_has_its_guarantee(
    question: Question, given: RepositoryFacts, guarantee: Guarantee, words: str, fixable: bool
) -> None:
    found = answer(given, question)
    assert words in found.why
    assert found.guarantee is guarantee
    assert (found.fix is not None) is fixable
    assert found.known is not found.why.startswith("cannot be told:")
    assert found.known or guarantee is NO, "what is not known is never strong"


def test_every_question_is_asked_in_each_of_its_guarantees() -> None:
    assert {question for question, *_ in STATES} == set(Question)


READ = (
    *("policy", "workflows", "code_owners", "actions", "workflow_token", "fork_approval", "keys", "people", "apps", "secrets"),
    *("rules", "classic", "rulesets", "environments"),
)


def _without(given: RepositoryFacts, name: str) -> RepositoryFacts:
    changes: Any = {name: HIDDEN}
    if name in ("rules", "classic"):
        return replace(given, branches=tuple(replace(one, **changes) for one in given.branches))
    if name in ("rulesets", "environments"):
        changes = {name: dict.fromkeys(getattr(given, name), HIDDEN)}
    return replace(given, **changes)


@pytest.mark.parametrize("name", READ)
def test_a_fact_that_cannot_be_read_never_makes_anything_stronger(name: str) -> None:
    for given in {id(given): given for _, given, *_ in STATES}.values():
        before = {(one.question, one.branch): one.guarantee.rank for one in examine(given).findings}
        for one in examine(_without(given, name)).findings:
            assert one.guarantee.rank <= before.get((one.question, one.branch), 0), (one, given)


def test_a_check_that_names_its_base_is_looked_for_under_that_name() -> None:
    gate = workflows(GATE + '    with: {check-name: "AGENTOWNERS ({base})"}\n')
    rules = requiring(ACTIONS_APP, "AGENTOWNERS (main)")
    assert answer(facts(workflows=gate, branches=(branch(rules=rules),)), Q.REQUIRED).guarantee is STRONG
    assert answer(facts(workflows=gate, branches=(branch("other", rules=rules),)), Q.REQUIRED).guarantee is NO


def test_each_branch_is_answered_for() -> None:
    found = examine(facts(branches=(branch(), branch("production", rules=Known(()), meant=False)))).findings
    required = {one.branch: one for one in found if one.question is Q.REQUIRED}
    assert (required["main"].guarantee, required["production"].guarantee) == (STRONG, NO)
    assert required["production"].fix == "agentowners doctor --apply --branch production"
    assert [one.branch for one in found if one.question is Q.BYPASS] == ["main"]


def test_worst_comes_first_and_what_is_known_is_mended_before_what_is_not() -> None:
    checkup = examine(facts(keys=HIDDEN, branches=(branch(rules=without("required_status_checks")),)))
    ranks = [finding.guarantee.rank for finding in checkup.sorted]
    assert ranks == sorted(ranks)
    assert checkup.next is not None
    assert checkup.next.question is Q.REQUIRED
    assert RequiredCheck("x", None) not in RULES[0].checks
