"""Approvals by a comment on the pull request, where the policy lets them count."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from agentowners.change.model import Account, Change, Evidence, Review, ReviewState, Signal, Strength, Via
from agentowners.engine.facts import Known, Need, PermissionOf, Reply, Unavailable
from agentowners.engine.settings import effective_settings
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.policy.model import ByComment, EffectiveApprovals, Permission, Policy
from tests.engine.build import ALICE, BOB, HEAD, OLD, change, policy, review
from tests.engine.test_scopes import Commits, by_claude, opened, wrote

RULE = "src/ @agents require_approval\n"


def said(who: Account, state: ReviewState = ReviewState.APPROVED, *, commit: str = HEAD, outdated: str | None = None) -> Review:
    return Review(9, who, state, commit, f"/agentowners approve {commit}", outdated, Via.COMMENT, "https://example.com/c")


def of_alice(*reviews: Review, more: tuple[Evidence, ...] = ()) -> Change:
    """Alice's change, of which Claude made a commit; she pushed it all."""
    pushed = Evidence(Signal.PUSHER, Strength.VERIFIED, ALICE)
    subject = change("src/a", evidence=[opened(ALICE), pushed, wrote("c1", ALICE), by_claude("c2"), *more], author=ALICE)
    return replace(subject, reviews=reviews, commits=("c2", "c1"))


def judge(by_comment: str, *reviews: Review, rule: str = RULE, more: tuple[Evidence, ...] = ()) -> Verdict:
    settings = f"approvals by_comment={by_comment}\n" if by_comment else ""
    return inquire(policy(rule + settings), of_alice(*reviews, more=more), Commits({"c1": {"src/a"}, "c2": {"src/a"}}))


@pytest.mark.parametrize(("by_comment", "counts"), [("", False), ("never", False), ("others", True), ("author", True)])
def test_somebody_elses_comment_counts_where_the_policy_says_so(by_comment: str, counts: bool) -> None:
    result = judge(by_comment, said(BOB))
    assert result.approvals.met is counts
    assert [(one.login, one.via, one.url) for one in result.approvals.counted] == (
        [("bob", Via.COMMENT, "https://example.com/c")] if counts else []
    )


def test_a_comment_that_does_not_count_says_which_setting_would_let_it() -> None:
    (one,) = judge("never", said(BOB)).approvals.ignored
    assert (one.reviewer, one.why) == ("bob", "approved in a comment")
    assert "by_comment=others" in (one.help or "")


def test_where_comments_do_not_count_none_takes_a_review_back() -> None:
    assert judge("never", review(BOB), said(BOB, ReviewState.DISMISSED)).approvals.met
    assert not judge("others", review(BOB), said(BOB, ReviewState.DISMISSED)).approvals.met


def test_comments_and_reviews_make_one_order_in_time() -> None:
    assert judge("others", review(BOB, ReviewState.CHANGES_REQUESTED), said(BOB)).approvals.met
    assert not judge("others", said(BOB), review(BOB, ReviewState.CHANGES_REQUESTED)).approvals.met


@pytest.mark.parametrize(("by_comment", "counts"), [("never", False), ("others", False), ("author", True)])
def test_who_opened_the_change_may_approve_what_an_agent_made_of_it(by_comment: str, counts: bool) -> None:
    assert judge(by_comment, said(ALICE)).approvals.met is counts


def test_who_opened_the_change_may_not_approve_it_by_a_review() -> None:
    assert not judge("author", review(ALICE)).approvals.met


def test_the_authors_comment_never_counts_for_what_is_asked_of_a_person() -> None:
    for rule in (
        "src/ @anyone require_approval\n",
        "src/ @alice require_approval\n" + RULE,
        "default @humans require_approval\n",
    ):
        result = judge("author", said(ALICE), rule=rule)
        assert not result.approvals.met
        assert judge("author", said(BOB), rule=rule).approvals.met


def test_the_authors_comment_does_not_count_for_what_is_asked_of_another_person() -> None:
    rule = "src/ @bob @agents require_approval\n"
    pushed = Evidence(Signal.PUSHER, Strength.VERIFIED, BOB)
    assert not judge("author", said(ALICE), rule=rule, more=(pushed,)).approvals.met
    # whose commit does not touch it
    elsewhere = replace(pushed, commits=("c3",))
    subject = of_alice(said(ALICE), more=(elsewhere,))
    commits = Commits({"c1": {"src/a"}, "c2": {"src/a"}, "c3": {"docs/b"}})
    assert inquire(policy(rule + "approvals by_comment=author\n"), subject, commits).approvals.met


def test_the_author_needs_the_permission_that_approvals_need() -> None:
    def answer(need: Need) -> Reply:
        return Known(Permission.READ) if isinstance(need, PermissionOf) else Unavailable("not known here")

    text = RULE + "approvals by_comment=author requester_counts=true\n"
    assert not inquire(policy(text), of_alice(said(ALICE)), answer).approvals.met


def test_a_comment_counts_for_the_commit_it_names_and_the_base_it_was_given_to() -> None:
    assert not judge("others", said(BOB, commit=OLD)).approvals.met
    assert not judge("others", said(BOB, outdated="gave it before the base branch was changed")).approvals.met
    kept = RULE + "approvals by_comment=others dismiss_stale=false\n"
    answers = Commits({"c1": {"src/a"}, "c2": {"src/a"}})
    assert inquire(policy(kept), of_alice(said(BOB, commit=OLD)), answers).approvals.met
    outdated = of_alice(said(BOB, outdated="gave it before the base branch was changed"))
    assert not inquire(policy(kept), outdated, answers).approvals.met


def layers(*texts: str, organisation: str | None = None) -> Policy:
    own = policy(*texts).layers if texts else ()
    theirs = policy(organisation).layers if organisation is not None else ()
    return Policy((*(replace(layer, organisation=True) for layer in theirs if layer.source is not None), *own))


def test_of_one_sources_files_the_strictest_that_says_it_holds() -> None:
    found = effective_settings(layers("approvals by_comment=author\n", "approvals by_comment=others\n", ""))
    assert found == EffectiveApprovals(by_comment=ByComment.OTHERS)
    assert effective_settings(layers("approvals contributors_count=true\n", "")).contributors_count


def test_no_repository_file_loosens_what_the_organisation_asks() -> None:
    loose = "approvals by_comment=author contributors_count=true dismiss_stale=false minimum_permission=read\n"
    for organisation in ("", "a @agents block\n"):
        assert effective_settings(layers(loose, organisation=organisation)) == EffectiveApprovals()
    both = effective_settings(layers(loose, organisation="approvals by_comment=others dismiss_stale=false\n"))
    assert both == EffectiveApprovals(dismiss_stale=False, by_comment=ByComment.OTHERS)
    assert effective_settings(layers(organisation=loose)).by_comment is ByComment.AUTHOR
