"""Whether a contributor may approve is decided for each obligation, by the paths that bring it in."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agentowners.change.model import Account, AccountType, Change, Evidence, Review, Signal, Status, Strength
from agentowners.engine.facts import Known, Need, PathsOf, PermissionOf, Reply, Requesters, Unavailable
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.policy.model import Permission
from tests.engine.build import ALICE, BOB, CAROL, COPILOT, change, file, policy, review
from tests.engine.test_scopes import Commits, opened, wrote

ONE = "src/ @agents require_approval\n"
BOTH = "src/ @agents require_approval\ninfra/ @agents require_approval(2)\n"
REQUESTER = "src/** @agents require_approval\napprovals requester_counts=true\n"
OCTOCAT = Account("octocat", 583231, AccountType.USER)
CREDIT = "583231+octocat@users.noreply.github.com"


def by_copilot(*more: Evidence, files: Sequence[str] = ("src/a", "docs/b"), reviews: Sequence[Review] = (review(BOB),)) -> Change:
    subject = change(*files, evidence=[opened(COPILOT), *more], author=COPILOT, reviews=reviews)
    return replace(subject, commits=("c2", "c1"))


def ignored(result: Verdict) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.reviewer, one.why, one.rules) for one in result.approvals.ignored]


def test_who_had_no_part_in_what_is_to_be_approved_may_approve_it() -> None:
    result = inquire(policy(ONE), by_copilot(wrote("c1", BOB)), Commits({"c1": {"docs/b"}}))
    assert result.approvals.met
    assert [(one.login, one.via.value) for one in result.approvals.counted] == [("bob", "review")]


def test_who_changed_a_path_of_it_may_not() -> None:
    result = inquire(policy(ONE), by_copilot(wrote("c1", BOB)), Commits({"c1": {"docs/b", "src/a"}}))
    assert not result.approvals.met
    assert ignored(result) == [("bob", "is the author of a commit of it (commit c1, which changes `src/a`)", ())]


def test_a_reviewers_commit_that_cannot_be_looked_into_counts_for_every_path() -> None:
    result = inquire(policy(ONE), by_copilot(wrote("c1", BOB)), Commits({"c1": None}))
    assert not result.approvals.met
    assert ignored(result) == [("bob", "is the author of a commit of it (commit c1)", ())]


def test_an_approval_counts_for_one_obligation_and_not_for_another() -> None:
    subject = by_copilot(wrote("c1", BOB), files=("infra/x", "src/a"), reviews=[review(BOB), review(CAROL, id=2)])
    result = inquire(policy(BOTH), subject, Commits({"c1": {"infra/x"}}))
    assert [obligation.granted_by for obligation in result.approvals.obligations] == [("carol",), ("bob", "carol")]
    assert ignored(result) == [
        ("bob", "is the author of a commit of it (commit c1, which changes `infra/x`)", ("AGENTOWNERS:2",))
    ]
    assert [one.login for one in result.approvals.counted] == ["bob", "carol"]


def test_a_reviewers_commits_are_looked_into_only_where_nothing_else_speaks_against_the_review() -> None:
    for reviews, permission in (([review(BOB, commit="b" * 40)], Permission.WRITE), ([review(BOB)], Permission.READ)):
        commits = Commits({"c1": {"docs/b"}})

        def answer(need: Need, commits: Commits = commits, permission: Permission = permission) -> Reply:
            return Known(permission) if isinstance(need, PermissionOf) else commits(need)

        assert not inquire(policy(ONE), by_copilot(wrote("c1", BOB), reviews=reviews), answer).approvals.met
        assert commits.commits == []


def test_who_pushed_only_other_paths_may_approve() -> None:
    pushed = Evidence(Signal.PUSHER, Strength.VERIFIED, BOB, where="push", commits=("c1",))
    assert inquire(policy(ONE), by_copilot(pushed), Commits({"c1": {"docs/b"}})).approvals.met
    assert not inquire(policy(ONE), by_copilot(replace(pushed, commits=None)), Commits({"c1": {"docs/b"}})).approvals.met


def test_one_side_of_a_rename_is_a_part_in_both() -> None:
    subject = by_copilot(wrote("c1", BOB))
    moved = replace(subject, files=(file("docs/new", Status.RENAMED, "src/old"),))
    assert not inquire(policy(ONE), moved, Commits({"c1": {"docs/new"}})).approvals.met


def test_named_people_who_had_no_part_in_it_are_not_said_to_be_too_few() -> None:
    text = "src/ @agents require_approval @bob\n"
    free = inquire(policy(text), by_copilot(wrote("c1", BOB), reviews=()), Commits({"c1": {"docs/b"}}))
    assert [obligation.note for obligation in free.approvals.obligations] == [None]
    subject = by_copilot(wrote("c1", BOB), reviews=[review(BOB)])
    barred = inquire(policy(text), subject, Commits({"c1": {"src/a"}}))
    assert "too few" in (barred.approvals.obligations[0].note or "")


class Asked(Commits):
    """octocat set the agent to work."""

    requester = OCTOCAT

    def __call__(self, need: Need) -> Reply:
        return Known((self.requester,)) if isinstance(need, Requesters) else super().__call__(need)


def credited(sha: str = "c1") -> Evidence:
    return Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, None, "octocat", CREDIT, where=f"commit {sha}", commits=(sha,))


def test_the_requester_whom_the_agents_own_commits_credit_may_approve_where_requesters_count() -> None:
    subject = by_copilot(wrote("c1", COPILOT), credited(), reviews=[review(OCTOCAT)])
    assert inquire(policy(REQUESTER), subject, Asked({"c1": {"src/a"}})).approvals.met
    assert not inquire(policy(ONE), subject, Asked({"c1": {"src/a"}})).approvals.met


def test_a_credit_without_having_asked_for_the_work_does_not_let_anybody_approve() -> None:
    subject = by_copilot(wrote("c1", COPILOT), credited(), reviews=[review(OCTOCAT)])
    assert not inquire(policy(REQUESTER), subject, Commits({"c1": {"src/a"}})).approvals.met


def test_a_requester_who_authored_or_pushed_may_not_approve() -> None:
    for more in (
        wrote("c2", OCTOCAT),
        Evidence(Signal.PUSHER, Strength.VERIFIED, OCTOCAT, commits=("c2",)),
        Evidence(Signal.COMMITTER, Strength.ASSERTED, OCTOCAT, commits=("c2",)),
    ):
        subject = by_copilot(wrote("c1", COPILOT), credited(), more, reviews=[review(OCTOCAT)])
        assert not inquire(policy(REQUESTER), subject, Asked({"c1": {"src/a"}, "c2": {"src/a"}})).approvals.met


def test_a_requester_who_is_credited_in_a_persons_commit_may_not_approve() -> None:
    subject = by_copilot(wrote("c1", ALICE), credited(), reviews=[review(OCTOCAT)])
    assert not inquire(policy(REQUESTER), subject, Asked({"c1": {"src/a"}})).approvals.met


def test_where_it_cannot_be_known_who_asked_the_credited_may_not_approve() -> None:
    def answer(need: Need) -> Reply:
        if isinstance(need, Requesters):
            return Unavailable("the token may not read the timeline")
        return Known(frozenset({"src/a"})) if isinstance(need, PathsOf) else Known(Permission.WRITE)

    subject = by_copilot(wrote("c1", COPILOT), credited(), reviews=[review(OCTOCAT)])
    assert not inquire(policy(REQUESTER), subject, answer).approvals.met
