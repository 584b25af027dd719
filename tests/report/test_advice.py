from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from agentowners.engine.verdict import AppliedRule, Approvals, NoVerdict, Outcome, SettledObligation
from agentowners.policy.model import Action, Decision
from agentowners.report.verdict.advice import judged, next_for, next_steps, policy_files, sentence, what_was_done
from agentowners.report.verdict.annotations import annotate
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.groups import groups
from agentowners.report.verdict.markdown import job_summary as markdown
from agentowners.report.verdict.text import text
from tests.report.documents import to_json
from tests.report.verdicts import (
    BLOCK_RULE,
    BLOCKED,
    CLAUDE,
    COPILOT,
    allowed,
    approval,
    approved,
    blocked,
    blocked_and_waiting,
    file,
    no_files,
    no_policy,
    only_observed,
    too_many_files,
    unparsed,
    verdict,
    waiting,
)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (no_files(), "No file was changed."),
        (verdict(file("a")), "The one changed file is allowed."),
        (allowed(), "Both changed files are allowed."),
        (verdict(*(file(str(n)) for n in range(1200))), "All 1,200 changed files are allowed."),
        (blocked(), "`@copilot` may not change 1 of 2 changed files."),
        (verdict(file("security/x", BLOCKED)), "`@copilot` may not change the one changed file."),
        (blocked_and_waiting(), "`@copilot` may not change 2 of 6 changed files; 2 more need approval."),
        (waiting(), "2 of 3 changed files need approval: 1 of 2 given so far."),
        (approved(), "1 of 2 changed files needed approval, and everybody who was asked has approved."),
        (no_policy(), "There is no policy here yet; what is protected by default is not touched."),
        (unparsed(), "The policy has 2 errors. Nothing was judged, so nothing passes."),
        (
            only_observed(),
            "`@copilot` may not change 1 of 2 changed files. The policy only observes here: nothing is enforced.",
        ),
    ],
)
def test_what_happened(outcome: Outcome, said: str) -> None:
    assert sentence(outcome) == said


def test_where_nothing_is_enforced_nothing_is_to_be_done_yet() -> None:
    for document in (markdown(blocked(), Enforcement.EVALUATE), markdown(only_observed())):
        assert "- **Agent**: nothing for now; once it is enforced, take this change out: [`security/x.py`]" in document
        assert "- **Author**: nothing for now; once it is enforced, to let `@copilot` make it, first change rule" in document
    assert "next" not in markdown(approved(), Enforcement.EVALUATE)


def test_several_principals_are_named() -> None:
    other = replace(BLOCKED, principal=CLAUDE)
    assert sentence(verdict(file("a", BLOCKED), file("b", other))).startswith("`@copilot` and `@claude` may not change both")


def test_evaluate_is_said() -> None:
    assert sentence(blocked(), Enforcement.EVALUATE).endswith("Enforcement is set to evaluate: nothing is enforced.")


@pytest.mark.parametrize(
    ("rule", "step"),
    [
        (BLOCK_RULE, "first change rule `.github/AGENTOWNERS:2` on `main`"),
        (replace(BLOCK_RULE, id="keys"), "first change rule `keys` in `.github/AGENTOWNERS` on `main`"),
        (replace(BLOCK_RULE, is_default=True), "first change the default `.github/AGENTOWNERS:2` on `main`"),
        (replace(BLOCK_RULE, id="org", source="org/AGENTOWNERS"), "first change rule `org` in `org/AGENTOWNERS`"),
    ],
)
def test_a_block_is_lifted_where_its_rule_stands(rule: AppliedRule, step: str) -> None:
    outcome = verdict(file("security/x", replace(BLOCKED, rules=(rule,))))
    assert f"take this change out; to let `@copilot` make it, {step}" == next_for(groups(outcome)[0], outcome)
    (author,) = [line for line in markdown(outcome).splitlines() if line.startswith("- **Author**")]
    assert re.sub(r"\]\([^)]*\)", "", author).replace("[", "") == f"- **Author**: to let `@copilot` make it, {step}."


def test_a_block_that_no_rule_explains_can_only_be_taken_out() -> None:
    outcome = verdict(file("a", replace(BLOCKED, rules=(), principal=None)))
    assert next_for(groups(outcome)[0], outcome) == "take this change out"
    assert "- **Author**: take this change out: [`a`]" in markdown(outcome)
    assert sentence(outcome) == "The contributor may not change the one changed file."


@pytest.mark.parametrize(
    ("obligations", "step"),
    [
        ((SettledObligation(1, (), ()),), "ask for 1 approval from anyone who may approve"),
        ((SettledObligation(3, ("@a/b", "@c"), (), ("m",)),), "ask for 2 more approvals from `@a/b` or `@c`"),
        (
            (SettledObligation(1, ("@a/b",), ()), SettledObligation(1, ("@c",), (), ("c",)), SettledObligation(2, (), ())),
            "ask for 1 approval from `@a/b` and 2 in all from anyone who may approve",
        ),
        (
            (SettledObligation(1, (), ()), SettledObligation(2, (), ()), SettledObligation(1, ("@A/b",), ())),
            "ask for 1 approval from `@A/b` and 2 in all from anyone who may approve",
        ),
        ((), "ask anyone who may approve"),
    ],
)
def test_who_has_to_approve(obligations: tuple[SettledObligation, ...], step: str) -> None:
    judgement = approval(*range(len(obligations)))
    outcome = verdict(file("infra/x", judgement), approvals=Approvals(obligations=obligations))
    (group,) = groups(outcome)
    assert next_for(group, outcome) == step


def test_an_approval_that_is_one_of_several_is_told_as_one_of_them() -> None:
    obligations = (SettledObligation(3, (), (), ("mona",)), SettledObligation(1, ("@alice",), ()), SettledObligation(1, (), ()))
    outcome = verdict(file("infra/x", approval(0, 1, 2)), approvals=Approvals(required=3, granted=1, obligations=obligations))
    (group,) = groups(outcome)
    assert next_for(group, outcome) == "ask for 1 approval from `@alice` and 2 more in all from anyone who may approve"
    assert "1 from @alice, which is also one of the 3 from anyone who may approve: none yet" in text(outcome)


def test_what_is_asked_of_the_same_people_is_said_once_and_counted_as_in_the_title() -> None:
    asked = (SettledObligation(1, (), (), ("mona",)), SettledObligation(2, (), (), ("mona",)))
    approvals = Approvals(required=2, granted=1, obligations=asked)
    outcome = verdict(file("infra/x", approval(0, 1)), approvals=approvals)
    assert [a.title for a in annotate(outcome)] == ["Needs approval (1 of 2), asked for by infra-on-main"]
    assert "\n  2 from anyone who may approve: 1 given, by mona\n\nContributors" in text(outcome)
    assert markdown(outcome).count("from anyone who may approve: ") == 1


def test_why_an_obligation_cannot_be_seen_to_be_met_stands_beside_it() -> None:
    assert "given, by `mona`. Cannot read team `acme/sre`: the token lacks `members: read`." in markdown(blocked_and_waiting())


def test_without_a_verdict_the_help_comes_first() -> None:
    assert next_steps(NoVerdict("t", "m")) == ()
    (only,) = next_steps(too_many_files())
    assert only.startswith("Split the pull request")
    assert next_steps(replace(unparsed(), help="fix it", ref=None)) == (
        "Fix it.",
        "Correct the lines below.",
    )


@pytest.mark.parametrize(
    ("actions", "word"),
    [
        ((Action.FILE_MODIFY,), "modified"),
        ((Action.FILE_RENAME, Action.FILE_DELETE), "renamed away"),
        ((Action.FILE_RENAME, Action.FILE_CREATE), "renamed to this"),
        ((Action.FILE_READ, Action.SHELL_EXECUTE), "read and executed"),
    ],
)
def test_what_was_done(actions: tuple[Action, ...], word: str) -> None:
    assert what_was_done(file("a", BLOCKED, *actions)) == word


def test_what_was_judged_by_what() -> None:
    assert judged(blocked()) == "`acme/shop#7` into `main` at `1a2b3c4d5e6f`"
    local = replace(blocked(), repository=None, pull_request=None, head=None, ref="refs/tags/v1", sources=())
    assert judged(local) == "a change into `refs/tags/v1`"
    assert policy_files(blocked()) == "`.github/AGENTOWNERS` on `main`"
    assert policy_files(local) == "none, only what is protected by default"


def test_files_are_grouped_by_what_is_to_be_said_of_them() -> None:
    found = groups(blocked_and_waiting())
    assert [(g.said.decision, len(g.files), g.met) for g in found] == [
        (Decision.BLOCK, 2, False),
        (Decision.REQUIRE_APPROVAL, 1, False),
        (Decision.REQUIRE_APPROVAL, 1, True),
    ]
    assert found[0].said.principal == COPILOT


def test_a_rule_whose_allow_takes_proof_is_named_with_the_reason() -> None:
    judgement = replace(BLOCKED, withheld=("docs-are-free", "AGENTOWNERS:9"))
    said = "rules `docs-are-free` and `AGENTOWNERS:9` would allow it if it were proved who did it"
    outcome = verdict(file("docs/a.md", judgement))
    assert said[1:] in markdown(outcome)
    assert said.replace("`", "") in text(outcome)
    assert said in annotate(outcome)[0].message
    assert to_json(outcome)["files"][0]["withheld"] == ["docs-are-free", "AGENTOWNERS:9"]
    assert "withheld" not in to_json(verdict(file("docs/a.md", BLOCKED)))["files"][0]
