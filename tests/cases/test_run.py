"""Cases are judged as the changes that they stand for, and held against what they expect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.cases.model import Case, Expectation, Who
from agentowners.cases.run import facts_unknown, judge
from agentowners.change.model import Change, FileChange, Kind, Status, Strength
from agentowners.engine.settle import inquire
from agentowners.policy.model import Decision
from tests.cases.build import outcome, policy, run

POLICY = """\
/security/ .env*  @agents  block  # keys
/infra/  @agents  require_approval(2) @acme/sre
/infra/db/  @agents  require_approval @acme/dba
/docs/  @copilot  allow
refs/heads/release  @agents  require_approval  id=careful
default  @bots  block
"""


@pytest.mark.parametrize(
    "text",
    [
        "paths: [security/x, a/.env]\nexpect: block",
        "paths: [infra/a, infra/db/b]\nexpect: require_approval\napprovals: 3\napprovers: ['@acme/dba', '@acme/SRE']",
        "paths: [infra/a]\nexpect: require_approval\napprovals: 2\napprovers: ['@acme/sre']",
        "paths: [src/a]\nexpect: allow",
        "as: dependabot\npaths: [src/a]\nexpect: block\nrule: default",
        "as: octocat\npaths: [security/x]\nexpect: allow",
        "branch: release\npaths: [src/a]\nexpect: require_approval\nrule: careful",
        "ref: refs/heads/release\npaths: [security/x]\nexpect: block",
        "as: copilot\npaths: [docs/a]\nexpect: allow\nrule: /docs/ @copilot allow",
        "as: copilot\nevidence: asserted\npaths: [docs/a]\nexpect: allow",
        "as: [octocat, dependabot]\npaths: [src/a]\nexpect: block",
        "paths: [AGENTOWNERS]\nexpect: require_approval\nrule: builtin:policy",
        "paths: [{path: b, previous_path: .env, status: renamed}, security]\nexpect: block",
        "paths: [{path: security, kind: symlink}]\nexpect: block",
    ],
)
def test_a_case_passes_where_the_policy_says_what_it_expects(text: str) -> None:
    found = outcome(text, POLICY)
    if "previous_path" in text:
        assert [difference.file.path for difference in found.paths] == ["b", "security"]  # each path has to be as expected
    else:
        assert found.passed


def test_every_path_has_to_be_as_expected() -> None:
    found = outcome("paths: [security/a, src/a, .env]\nexpect: block", POLICY)
    assert [difference.file.path for difference in found.paths] == ["src/a"]


def test_both_sides_of_a_rename_are_judged() -> None:
    found = outcome("paths: [{path: b, previous_path: .env, status: renamed}]\nexpect: block", POLICY)
    assert [difference.file.path for difference in found.paths] == ["b"]


def test_a_rule_has_to_carry_the_decision() -> None:
    found = outcome("branch: release\npaths: [security/a]\nexpect: block\nrule: careful", POLICY)
    ((difference,), unknown) = found.paths, found.unknown
    assert (difference.decision, difference.rules, unknown) == (False, ("careful",), ())


@pytest.mark.parametrize(
    "rule",
    [
        "AGENTOWNERS:1",
        "/security/ .env* @agents block",
        "/security/   .env*\t@agents  block   # another reason",
        ["AGENTOWNERS:1", "/security/ .env* @agents block"],
    ],
)
def test_a_rule_is_named_by_its_id_or_by_its_text(rule: str | list[str]) -> None:
    import json

    assert outcome(f"paths: [security/a]\nexpect: block\nrule: {json.dumps(rule)}", POLICY).passed


def test_a_rule_that_is_gone_is_said_to_be_with_the_nearest_there_is() -> None:
    found = outcome("paths: [security/a]\nexpect: block\nrule: /secure/ .env* @agents block", POLICY)
    assert [(one.name, one.nearest) for one in found.unknown] == [
        ("/secure/ .env* @agents block", "/security/ .env* @agents block")
    ]
    found = outcome("branch: release\npaths: [a]\nexpect: require_approval\nrule: carefull", POLICY)
    assert [one.nearest for one in found.unknown] == ["careful"]
    many = "".join(f"/p{number} @agents block id=n{number}-keys\n" for number in range(200)) + "/x @agents block id=no-keys\n"
    found = outcome("paths: [x]\nexpect: block\nrule: [ino-keys, n199-key]", many)
    assert [one.nearest for one in found.unknown] == ["no-keys", "n199-keys"]
    assert outcome("paths: [a]\nexpect: block\nrule: entirely different", POLICY).unknown[0].nearest is None


def test_the_number_of_approvals_and_who_gives_them_are_held_against_the_whole_case() -> None:
    found = outcome("paths: [infra/a, infra/db/b]\nexpect: require_approval\napprovals: 2\napprovers: ['@acme/sre']", POLICY)
    assert (found.approvals, found.approvers, found.paths, found.passed) == (True, True, (), False)
    assert (found.judged.approvals, found.judged.approvers) == (3, ("@acme/sre", "@acme/dba"))


def test_an_approver_may_be_called_like_a_group() -> None:
    asking = "/a @agents require_approval @login:agents\n"
    assert outcome("paths: [a]\nexpect: require_approval\napprovers: ['@login:agents']", asking).passed


def test_a_layer_that_only_observes_decides_nothing() -> None:
    observing = "mode observe-only @agents\n/a @agents block\n"
    assert outcome("paths: [a]\nexpect: allow", observing).passed
    assert outcome("paths: [a]\nexpect: require_approval\napprovals: 1", observing, "a @agents require_approval\n").passed


def test_another_owner_is_no_team_where_the_repository_is_named() -> None:
    text = "tests:\n  - {as: octocat, paths: [a], expect: block}\n"
    assert [one.passed for one in run(text, "a @acme/sre block\n")] == [True]
    assert [one.passed for one in run(text, "a @acme/sre block\n", repository="other/shop")] == [False]


def test_rules_of_modes_and_defaults_have_texts_too() -> None:
    assert outcome(
        "as: ci[bot]\npaths: [a]\nexpect: block\nrule: '** @ci block actions=file_write'", "mode read-only @ci\n"
    ).passed
    assert outcome("as: dependabot\npaths: [a]\nexpect: block\nrule: default @bots block", POLICY).passed


def test_ids_that_two_files_give_are_told_apart() -> None:
    held = policy("a @agents block id=x\n", "b @agents block id=x\n")
    assert [rule.id for layer in held.layers for rule in layer.rules][:2] == ["x in AGENTOWNERS", "x in layer1"]
    assert outcome("paths: [a]\nexpect: block\nrule: x", "a @agents block id=x\n", "b @agents block id=x\n").passed


PATHS = st.sampled_from(["security/a", "infra/a", "infra/db/b", "docs/a", "src/a", ".env", "security", "AGENTOWNERS"])
FILES = st.builds(
    lambda path, status, old, kind: FileChange(
        path, status, old if status is Status.RENAMED and old != path else None, kind, kind
    ),
    PATHS,
    st.sampled_from(list(Status)),
    PATHS,
    st.sampled_from([Kind.FILE, Kind.SYMLINK, Kind.UNKNOWN]),
)
CASES = st.builds(
    Case,
    st.lists(
        st.builds(Who, st.sampled_from(["agents", "copilot", "dependabot"]), st.sampled_from(Strength)), min_size=1, max_size=2
    ).map(tuple),
    st.lists(FILES, min_size=1, max_size=3, unique_by=lambda file: file.path).map(tuple),
    st.sampled_from(["refs/heads/main", "refs/heads/release"]),
    st.builds(Expectation, st.sampled_from(Decision)),
)
HELD = policy(POLICY, "mode observe-only @copilot\n/src/ @copilot block\n/docs/ @dependabot require_approval(3)\n")


@given(st.lists(CASES, max_size=12))
def test_cases_judged_together_are_judged_as_each_alone(many: list[Case]) -> None:
    together = judge(many, HELD)
    assert [one.case for one in together] == many
    for one in together:
        (alone,) = judge([one.case], HELD)
        assert [(f.path, f.actions, f.judgement.decision, f.judgement.rules, f.judgement.matched) for f in one.files] == [
            (f.path, f.actions, f.judgement.decision, f.judgement.rules, f.judgement.matched) for f in alone.files
        ]
        assert (one.approvals, set(one.approvers)) == (alone.approvals, set(alone.approvers))


@given(CASES)
def test_a_case_is_judged_as_check_judges_the_change(one: Case) -> None:
    change = Change(one.ref, one.files, tuple(who.evidence for who in one.who))
    verdict = inquire(HELD, change, facts_unknown)
    (judged,) = judge([one], HELD)
    assert {file.path: file.judgement.decision for file in judged.files} == {
        file.path: file.judgement.decision for file in verdict.files
    }
    if not verdict.observed_only:
        assert judged.approvals == verdict.approvals.required
