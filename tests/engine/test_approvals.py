"""Section 7: which reviews count, and why each other one does not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Evidence, Review, ReviewState, Signal, Strength
from agentowners.engine.decide import decide
from agentowners.engine.facts import NO_FACTS, Facts, Known, MembersOf, PermissionOf, Requesters, Unavailable
from agentowners.engine.settle import MissingFactError, evaluate, settle
from agentowners.engine.verdict import Verdict
from agentowners.policy.model import Permission
from tests.engine.build import ALICE, BOB, CAROL, COPILOT, HEAD, OLD, UNKNOWN_BOT, by, change, facts, policy, review, verdict

ONE = "src/** @agents require_approval\n"
TWO = "src/** @agents require_approval(2)\n"


def counted(text: str, reviews: list[Review], known: Facts | None = None, **kwargs: Any) -> tuple[int, int, dict[str, str]]:
    result = verdict(text, change("src/x.py", reviews=reviews, **kwargs), known)
    return result.approvals.required, result.approvals.granted, {i.reviewer: i.why for i in result.approvals.ignored}


def test_an_approval_of_the_head_by_a_person_who_may_write_counts() -> None:
    assert counted(ONE, [review(ALICE)]) == (1, 1, {})


def test_two_people_are_needed_for_two_and_one_person_twice_is_one() -> None:
    assert counted(TWO, [review(ALICE), review(ALICE, id=2)])[:2] == (2, 1)
    assert counted(TWO, [review(ALICE), review(BOB, id=2)])[:2] == (2, 2)


def test_threat_08_approve_then_request_changes() -> None:
    later = [review(ALICE), review(ALICE, ReviewState.CHANGES_REQUESTED, id=2)]
    assert counted(ONE, later) == (1, 0, {"alice": "requested changes"})


def test_threat_08_dismissed_reviews_stay_dead() -> None:
    reviews = [review(ALICE), review(ALICE, ReviewState.DISMISSED, id=2)]
    assert counted(ONE, reviews) == (1, 0, {"alice": "had the approval dismissed"})


def test_a_comment_after_an_approval_leaves_it_standing() -> None:
    assert counted(ONE, [review(ALICE), review(ALICE, ReviewState.COMMENTED, id=2)])[:2] == (1, 1)


def test_threat_11_a_comment_is_no_approval() -> None:
    assert counted(ONE, [review(ALICE, ReviewState.COMMENTED), review(BOB, ReviewState.PENDING, id=2)]) == (1, 0, {})


def test_threat_09_approve_then_push() -> None:
    assert counted(ONE, [review(ALICE, commit=OLD)]) == (1, 0, {"alice": "gave it to an older commit"})
    assert counted(ONE, [review(ALICE, commit=None)])[1] == 0


def test_an_approval_is_the_heads_where_only_the_base_was_merged_since() -> None:
    subject = replace(change("src/x.py", reviews=[review(ALICE, commit=OLD)]), unchanged_since=(OLD,))
    assert verdict(ONE, subject).approvals.granted == 1
    retargeted = replace(review(ALICE, commit=OLD), outdated="gave it before the base branch was changed")
    assert verdict(ONE, replace(subject, reviews=(retargeted,))).approvals.granted == 0
    assert verdict(ONE, replace(subject, reviews=(review(ALICE, commit="c" * 40),))).approvals.granted == 0
    assert verdict(ONE, replace(subject, reviews=(review(ALICE, commit=None),))).approvals.granted == 0


def test_old_approvals_count_where_dismiss_stale_is_off() -> None:
    assert counted(ONE + "approvals dismiss_stale=false\n", [review(ALICE, commit=OLD)])[:2] == (1, 1)


@pytest.mark.parametrize(
    ("reviewer", "why"),
    [
        (UNKNOWN_BOT, "is a bot"),
        (Account("acme", 5, AccountType.OTHER), "is not a user"),
        (Account("someone", 5, AccountType.UNKNOWN), "is not a user"),
    ],
)
def test_threat_10_approval_by_a_bot(reviewer: Account, why: str) -> None:
    assert counted(ONE, [review(reviewer)]) == (1, 0, {reviewer.login: why})


def test_threat_10_approval_by_an_agent_that_is_a_user() -> None:
    machine = Account("acme-robot", 6001, AccountType.USER)
    _, granted, why = counted(ONE + "agent house-bot login=acme-robot\n", [review(machine)])
    assert granted == 0
    assert why["acme-robot"].startswith("is an agent, @house-bot")


def test_threat_10_approval_by_the_author() -> None:
    kwargs: dict[str, Any] = {"author": ALICE, "evidence": [*by(ALICE), *by(COPILOT)[:1]]}
    assert counted(ONE, [review(ALICE)], **kwargs)[1:] == (0, {"alice": "opened the change"})
    # Letting contributors count does not let authors approve their own change.
    assert counted(ONE + "approvals contributors_count=true\n", [review(ALICE)], **kwargs)[1] == 0


@pytest.mark.parametrize(
    ("signal", "why"),
    [
        (Signal.COMMIT_AUTHOR, "is the author of a commit of it (commit 1a2b3c4)"),
        (Signal.COMMITTER, "is the committer of a commit of it (commit 1a2b3c4)"),
        (Signal.CO_AUTHOR, "is a co-author of a commit of it (commit 1a2b3c4)"),
        (Signal.PUSHER, "pushed to its branch (commit 1a2b3c4)"),
        (Signal.SIGNATURE, "signed a commit of it (commit 1a2b3c4)"),
    ],
)
def test_threat_10_approval_by_a_contributor(signal: Signal, why: str) -> None:
    evidence = [*by(COPILOT), Evidence(signal, Strength.ASSERTED, ALICE, where="commit 1a2b3c4")]
    assert counted(ONE, [review(ALICE)], evidence=evidence) == (1, 0, {"alice": why})
    assert counted(ONE + "approvals contributors_count=true\n", [review(ALICE)], evidence=evidence)[1] == 1


@pytest.mark.parametrize("email", ["1001+alice@users.noreply.github.com", "ALICE@users.noreply.github.com", "Alice@Acme.example"])
def test_threat_10_a_co_author_is_known_by_an_address_that_the_platform_links(email: str) -> None:
    evidence = [*by(COPILOT), Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, email=email, where="commit 1a2b3c4")]
    assert counted(ONE, [review(ALICE)], evidence=evidence, emails={"alice@acme.example": ALICE})[1] == 0


def test_threat_10_approval_by_whoever_set_the_agent_to_work() -> None:
    assert counted(ONE, [review(ALICE)], facts(requesters=[ALICE])) == (1, 0, {"alice": "set the agent to work"})
    assert counted(ONE + "approvals requester_counts=true\n", [review(ALICE)], facts(requesters=[ALICE]))[1] == 1


def test_who_asked_must_be_known_before_an_approval_counts() -> None:
    _, granted, why = counted(ONE, [review(ALICE)], facts(requesters=Unavailable("the timeline cannot be read")))
    assert granted == 0
    assert "the timeline cannot be read" in why["alice"]


def test_who_asked_does_not_matter_where_no_agent_is_at_work() -> None:
    text = "src/** @humans require_approval\n"
    subject = change("src/x.py", evidence=by(CAROL), author=CAROL, reviews=[review(ALICE)])
    assert decide(policy(text), subject).needs == {PermissionOf(ALICE)}


@pytest.mark.parametrize("permission", [Permission.NONE, Permission.READ, Permission.TRIAGE])
def test_threat_10_approval_without_write_permission(permission: Permission) -> None:
    required, granted, why = counted(ONE, [review(ALICE)], facts(alice=permission))
    assert (required, granted) == (1, 0)
    assert why["alice"] == f"has {permission.value} permission, and write is needed"


def test_minimum_permission_is_the_policys() -> None:
    text = ONE + "approvals minimum_permission=maintain\n"
    assert counted(text, [review(ALICE)])[1] == 0
    assert counted(text, [review(ALICE)], facts(alice=Permission.MAINTAIN))[1] == 1
    assert counted(ONE + "approvals minimum_permission=read\n", [review(ALICE)], facts(alice=Permission.READ))[1] == 1


def test_a_permission_that_cannot_be_read_holds_the_approval_back() -> None:
    known = {**facts(), PermissionOf(ALICE): Unavailable("not allowed")}
    assert counted(ONE, [review(ALICE)], known)[1:] == (0, {"alice": "has a permission that cannot be read: not allowed"})


def test_approvers_named_by_the_rule() -> None:
    text = "src/** @agents require_approval @Alice\n"
    assert counted(text, [review(BOB)]) == (1, 0, {"bob": "is not one of @Alice"})
    assert counted(text, [review(ALICE)])[:2] == (1, 1)


def test_approvers_that_are_a_team() -> None:
    text = "src/** @agents require_approval @acme/sre\n"
    assert counted(text, [review(ALICE)], facts(teams={"acme/sre": [ALICE]}))[:2] == (1, 1)
    assert counted(text, [review(ALICE)], facts(teams={"acme/sre": [BOB]}))[:2] == (1, 0)


def test_a_team_that_cannot_be_read_is_an_obligation_that_is_not_met() -> None:
    known = facts(teams={"acme/sre": Unavailable("the token lacks `members: read`")})
    result = verdict("src/** @agents require_approval @acme/sre\n", change("src/x.py", reviews=[review(ALICE)]), known)
    (obligation,) = result.approvals.obligations
    assert not obligation.met
    assert obligation.note == "cannot read team `@acme/sre`: the token lacks `members: read`"


def test_a_team_of_another_owner_is_never_met_and_never_asked_for() -> None:
    subject = change("src/x.py", reviews=[review(ALICE)])
    ruling = decide(policy("src/** @agents require_approval @elsewhere/sre\n"), subject)
    assert not any(isinstance(need, MembersOf) for need in ruling.needs)
    result = settle(ruling, facts())
    note = "`@elsewhere/sre` is not a team of this repository's owner, so nobody can approve for it; name one of `@acme/...`"
    assert result.approvals.obligations[0].note == note
    assert not result.approvals.met
    before_any_review = settle(decide(policy("src/** @agents require_approval @elsewhere/sre\n"), change("src/x.py")), facts())
    assert before_any_review.approvals.obligations[0].note == note


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ("require_approval(2) @bob", "2 approvals are asked for, 1 person is named"),
        ("require_approval @alice", "1 approval is asked for, 1 person is named, `@alice` opened the change"),
        (
            "require_approval(2) @Alice @bob",
            "2 approvals are asked for, 2 people are named, `@Alice` opened the change",
        ),
        (
            "require_approval @carol",
            "1 approval is asked for, 1 person is named, `@carol` is the author of a commit of it (commit 1a2b3c4)",
        ),
    ],
)
def test_that_nobody_can_give_what_is_asked_is_said_before_anybody_tries(asked: str, note: str) -> None:
    subject = change("src/x.py", author=ALICE, evidence=by(ALICE, CAROL, COPILOT))
    (obligation,) = verdict(f"src/** @agents {asked}\n", subject).approvals.obligations
    assert obligation.note == f"the named people are too few: {note}; name more of them in the rule"


@pytest.mark.parametrize(
    "asked",
    [
        "require_approval",
        "require_approval(3)",
        "require_approval @bob",
        "require_approval(2) @acme/sre",
        "require_approval @alice @bob",
    ],
)
def test_what_somebody_can_give_has_no_note(asked: str) -> None:
    subject = change("src/x.py", author=ALICE, evidence=by(ALICE, CAROL, COPILOT))
    (obligation,) = verdict(f"src/** @agents {asked}\n", subject).approvals.obligations
    assert obligation.note is None


def test_contributors_that_count_are_named_enough() -> None:
    subject = change("src/x.py", author=ALICE, evidence=by(ALICE, CAROL, COPILOT))
    text = "approvals contributors_count=true\nsrc/** @agents require_approval @carol\n"
    assert verdict(text, subject).approvals.obligations[0].note is None


def test_a_message_that_says_who_did_not_count_names_the_setting_or_the_way_out() -> None:
    dave, erin, frank, grace = (
        Account(name, 2000 + at, AccountType.USER) for at, name in enumerate(["dave", "erin", "frank", "grace"])
    )
    reviews = [
        review(ALICE),
        review(BOB, commit=OLD, id=2),
        review(CAROL, ReviewState.CHANGES_REQUESTED, id=3),
        review(None, id=4),
        review(UNKNOWN_BOT, id=5),
        review(dave, id=6),
        review(erin, id=7),
        review(frank, ReviewState.DISMISSED, id=8),
        review(grace, id=9),
    ]
    known = {
        **facts(requesters=[dave]),
        PermissionOf(erin): Unavailable("the token may not read permissions"),
        PermissionOf(grace): Known(Permission.READ),
    }
    result = verdict("src/** @agents require_approval @henry\n", change("src/x.py", reviews=reviews), known)
    assert len(result.approvals.ignored) == len(reviews)
    assert [review.reviewer for review in result.approvals.ignored if not review.help] == []


def test_reviewers_are_compared_by_id_where_there_is_one() -> None:
    renamed = replace(ALICE, login="alice-at-work")
    impostor = Account("alice", 99, AccountType.USER)
    known = {**facts(), PermissionOf(impostor): Known(Permission.WRITE), PermissionOf(renamed): Known(Permission.WRITE)}
    assert counted(TWO, [review(ALICE), review(renamed, id=2)], known)[1] == 1
    evidence = [*by(COPILOT), Evidence(Signal.COMMIT_AUTHOR, Strength.ASSERTED, ALICE)]
    assert counted(ONE, [review(impostor)], known, evidence=evidence)[1] == 1
    assert counted(ONE, [review(renamed)], known, evidence=evidence)[1] == 0


def test_a_reviewer_whose_account_is_gone_does_not_count() -> None:
    assert counted(ONE, [review(None)]) == (1, 0, {"ghost": "no longer has an account"})


@pytest.mark.parametrize(
    ("text", "required"),
    [
        ("src/** @agents require_approval(2)\n*.py @agents require_approval\n", 2),
        ("src/** @agents require_approval(2) @alice\n*.py @agents require_approval(1) @bob\n", 3),
        ("src/** @agents require_approval(1) @alice\n*.py @agents require_approval(3)\n", 3),
        ("src/** @agents require_approval(1) @alice @bob\n*.py @agents require_approval(2) @BOB @alice\n", 2),
        ("src/** @agents require_approval(2) @alice\n*.py @agents require_approval(2) @bob\n* @agents require_approval(3)\n", 4),
    ],
)
def test_approvals_required_over_all_obligations(text: str, required: int) -> None:
    result = verdict(text, change("src/x.py"))
    assert result.approvals.required == required
    assert result.approvals.granted == 0


def test_granted_equals_required_exactly_when_every_obligation_is_met() -> None:
    text = "src/** @agents require_approval @alice\n*.py @agents require_approval(2)\n"
    nearly = verdict(text, change("src/x.py", reviews=[review(BOB), review(CAROL, id=2)]))
    assert (nearly.approvals.required, nearly.approvals.granted, nearly.approvals.met) == (2, 1, False)
    done = verdict(text, change("src/x.py", reviews=[review(ALICE), review(CAROL, id=2)]))
    assert (done.approvals.required, done.approvals.granted, done.approvals.met) == (2, 2, True)


def test_obligations_of_all_layers_accumulate() -> None:
    layers = policy("src/** @agents require_approval @alice\n", "src/** @agents require_approval @bob\n")
    result = evaluate(layers, change("src/x.py", reviews=[review(ALICE)]), facts())
    assert (result.approvals.required, result.approvals.granted) == (2, 1)
    assert [o.rules for o in result.approvals.obligations] == [("AGENTOWNERS:1",), ("layer1:1",)]


def test_of_settings_in_several_layers_the_strictest_of_each_applies() -> None:
    loose = "approvals dismiss_stale=false minimum_permission=read requester_counts=true contributors_count=true\n"
    strict = "approvals dismiss_stale=true minimum_permission=admin requester_counts=false contributors_count=false\n"
    both = policy(ONE + loose, strict)
    assert evaluate(both, change("src/x.py", reviews=[review(ALICE, commit=OLD)]), facts()).approvals.granted == 0
    assert evaluate(both, change("src/x.py", reviews=[review(ALICE)]), facts()).approvals.granted == 0
    known = facts(alice=Permission.ADMIN, requesters=[ALICE])
    assert evaluate(both, change("src/x.py", reviews=[review(ALICE)]), known).approvals.granted == 0
    known = facts(alice=Permission.ADMIN)
    assert evaluate(both, change("src/x.py", reviews=[review(ALICE)]), known).approvals.granted == 1


def test_a_layer_that_does_not_mention_a_setting_has_no_say_in_it() -> None:
    says, silent = ONE + "approvals dismiss_stale=false requester_counts=true\n", "approvals minimum_permission=admin\n"
    known = facts(alice=Permission.ADMIN, bob=Permission.WRITE, requesters=[ALICE])
    for texts in ((says, silent, ""), ("", silent, says)):
        for reviewer, granted in ((ALICE, 1), (BOB, 0)):
            subject = change("src/x.py", reviews=[review(reviewer, commit=OLD)])
            assert evaluate(policy(*texts), subject, known).approvals.granted == granted


def test_nothing_is_asked_of_the_platform_that_cannot_matter() -> None:
    assert decide(policy("src/** @agents block\n"), change("src/x.py", reviews=[review(ALICE)])).needs == frozenset()
    stale = change("src/x.py", reviews=[review(ALICE, commit=OLD)])
    assert decide(policy(ONE), stale).needs == frozenset()
    fresh = change("src/x.py", reviews=[review(ALICE)])
    assert decide(policy(ONE), fresh).needs == {PermissionOf(ALICE), Requesters()}


def test_a_fact_that_is_missing_is_an_error_and_never_a_no() -> None:
    ruling = decide(policy(ONE), change("src/x.py", reviews=[review(ALICE)]))
    with pytest.raises(MissingFactError, match="no answer to"):
        settle(ruling, NO_FACTS)


def test_a_review_that_carries_an_agents_signature_does_not_count() -> None:
    body = "LGTM\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)"
    _, granted, why = counted(ONE, [review(ALICE, body=body)])
    assert granted == 0
    assert why["alice"].startswith("is an agent, @claude")


def test_the_verdict_names_who_approved() -> None:
    result: Verdict = verdict(TWO, change("src/x.py", reviews=[review(ALICE), review(BOB, id=2)]))
    assert result.approvals.obligations[0].granted_by == ("alice", "bob")
    assert result.head == HEAD
    assert result.principals[0].account == COPILOT


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (UNKNOWN_BOT, "is a bot"),
        (CAROL, "is the author of a commit of it (commit 1a2b3c4)"),
        (ALICE, "gave it to an older commit"),
    ],
)
def test_what_cannot_be_mended_is_said_before_what_can(who: Account, why: str) -> None:
    old = [review(who, commit=OLD)]
    assert counted(ONE, old, evidence=by(COPILOT, CAROL)) == (1, 0, {who.login: why})
