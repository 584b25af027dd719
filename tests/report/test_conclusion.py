from __future__ import annotations

import pytest
from hypothesis import given
from msgspec.structs import replace

from agentowners.engine.verdict import Approvals, NoVerdict, Outcome, Verdict
from agentowners.policy.model import Decision
from agentowners.report.verdict.conclusion import (
    Concluded,
    Conclusion,
    Enforcement,
    conclude,
    has_no_policy,
    is_advisory,
    strictest,
)
from tests.report.strategies import frugal, outcomes
from tests.report.verdicts import (
    BLOCKED,
    EXAMPLES,
    allowed,
    approval,
    approved,
    blocked,
    file,
    no_policy,
    only_observed,
    too_many_files,
    two_sre,
    unparsed,
    verdict,
    waiting,
)

ACTIVE, EVALUATE = Enforcement.ACTIVE, Enforcement.EVALUATE


@pytest.mark.parametrize(
    ("example", "enforcement", "conclusion", "title"),
    [
        ("allowed", ACTIVE, "success", "Allowed"),
        ("approved", ACTIVE, "success", "Approved (2 of 2)"),
        ("waiting", ACTIVE, "action_required", "Waiting for approval (1 of 2)"),
        ("blocked", ACTIVE, "failure", "Blocked: 1 file"),
        ("everything", ACTIVE, "failure", "Blocked: 2 files"),
        ("only-observed", ACTIVE, "neutral", "Would be: Blocked: 1 file"),
        ("observed-approvals", ACTIVE, "neutral", "Would be: Waiting for approval (0 of 2)"),
        ("no-policy", ACTIVE, "neutral", "No policy"),
        ("no-files", ACTIVE, "success", "Allowed"),
        ("unparsed", ACTIVE, "failure", "Policy does not parse"),
        ("too-many-files", ACTIVE, "failure", "Too many files to list"),
        ("allowed", EVALUATE, "neutral", "Would be: Allowed"),
        ("approved", EVALUATE, "neutral", "Would be: Approved (2 of 2)"),
        ("waiting", EVALUATE, "neutral", "Would be: Waiting for approval (1 of 2)"),
        ("blocked", EVALUATE, "neutral", "Would be: Blocked: 1 file"),
        ("no-policy", EVALUATE, "neutral", "No policy"),
        ("unparsed", EVALUATE, "failure", "Policy does not parse"),
    ],
)
def test_conclusions_and_titles(example: str, enforcement: Enforcement, conclusion: str, title: str) -> None:
    concluded = conclude(EXAMPLES[example](), enforcement)
    assert (concluded.conclusion.value, concluded.title) == (conclusion, title)


def test_three_blocked_files() -> None:
    assert conclude(verdict(*(file(f"security/{n}", BLOCKED) for n in range(3)))).title == "Blocked: 3 files"


def test_approvals_asked_for_by_nobody_in_particular_are_never_met() -> None:
    ghost = verdict(file("infra/main.tf", approval()))
    assert conclude(ghost).conclusion is Conclusion.ACTION_REQUIRED
    assert conclude(ghost).title == "Waiting for approval"


def test_an_obligation_that_is_not_met_does_not_pass_whatever_the_numbers_say() -> None:
    numbers = Approvals(required=2, granted=2, obligations=(two_sre("mona"),))
    assert not conclude(verdict(file("infra/x", approval(0)), approvals=numbers)).conclusion.passes
    fewer = Approvals(required=3, granted=2, obligations=(two_sre("mona", "lisa"),))
    assert not conclude(verdict(file("infra/x", approval(0)), approvals=fewer)).conclusion.passes


def test_built_in_protections_are_held_without_a_policy() -> None:
    protected = replace(waiting(), sources=())
    assert not has_no_policy(protected)
    assert conclude(protected).conclusion is Conclusion.ACTION_REQUIRED


def test_a_title_from_outside_is_made_harmless_and_short() -> None:
    title = conclude(NoVerdict("x\u202e" * 400, "y")).title
    assert len(title) == 255
    assert title.startswith("x\\u202ex")


def test_the_strictest_of_several_outcomes_is_published() -> None:
    assert strictest([allowed(), waiting(), blocked(), approved()]) == blocked()
    assert strictest([allowed(), waiting()]) == waiting()
    assert strictest([no_policy(), allowed()]) == no_policy()
    assert strictest([blocked(), unparsed()], EVALUATE) == unparsed()
    assert strictest([too_many_files(), unparsed()]) == too_many_files()
    with pytest.raises(ValueError, match="empty"):
        strictest([])


@frugal
@given(outcomes)
def test_only_what_is_allowed_approved_or_merely_told_passes(outcome: Outcome) -> None:
    concluded = conclude(outcome)
    assert concluded.title
    assert len(concluded.title) <= 255
    if isinstance(outcome, NoVerdict):
        assert concluded.conclusion is Conclusion.FAILURE
    elif not outcome.observed_only and outcome.decision is not Decision.ALLOW:
        assert concluded.conclusion.passes == (
            outcome.decision is Decision.REQUIRE_APPROVAL
            and bool(outcome.approvals.obligations)
            and all(len(o.granted_by) >= o.count for o in outcome.approvals.obligations)
        )


@frugal
@given(outcomes)
def test_evaluate_never_fails_a_verdict_and_never_hides_that_there_is_none(outcome: Outcome) -> None:
    concluded = conclude(outcome, EVALUATE)
    expected = Conclusion.FAILURE if isinstance(outcome, NoVerdict) else Conclusion.NEUTRAL
    assert concluded.conclusion is expected
    assert is_advisory(outcome, EVALUATE) != isinstance(outcome, NoVerdict)


def test_only_observed_is_told() -> None:
    assert is_advisory(only_observed(), ACTIVE)
    assert not is_advisory(blocked(), ACTIVE)


@pytest.mark.parametrize(
    ("outcome", "conclusion", "title"),
    [
        (allowed(), Conclusion.ACTION_REQUIRED, "Conflicts with main"),
        (approved(), Conclusion.ACTION_REQUIRED, "Conflicts with main"),
        (no_policy(), Conclusion.ACTION_REQUIRED, "Conflicts with main"),
        (waiting(), Conclusion.ACTION_REQUIRED, "Waiting for approval (1 of 2)"),
        (blocked(), Conclusion.FAILURE, "Blocked: 1 file"),
        (only_observed(), Conclusion.NEUTRAL, "Would be: Blocked: 1 file"),
    ],
)
def test_what_conflicts_with_its_base_never_passes(outcome: Verdict, conclusion: Conclusion, title: str) -> None:
    assert conclude(replace(outcome, conflict=True)) == Concluded(conclusion, title)


def test_a_conflict_is_only_told_where_the_verdict_is() -> None:
    conflicting = replace(allowed(), conflict=True)
    assert conclude(conflicting, Enforcement.EVALUATE) == Concluded(Conclusion.NEUTRAL, "Would be: Conflicts with main")


def test_a_branchs_name_in_a_title_is_harmless_and_short() -> None:
    said = conclude(replace(allowed(), conflict=True, ref="refs/heads/a\u202e" + "x" * 400))
    assert said.title.startswith("Conflicts with a\\u202e")
    assert len(said.title) <= 255
