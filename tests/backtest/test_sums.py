"""Sums over changes, and fates as the engine decides them."""

from __future__ import annotations

from agentowners.backtest.model import Fate, JudgedChange, PastChange, ReplayedChange, Restriction, month_of
from agentowners.backtest.replay import Replay
from agentowners.backtest.sums import MOST_KEPT, Backtest, FateCounts
from agentowners.change.model import Change, Evidence, Review, ReviewState
from agentowners.cli.offline import answer
from agentowners.engine.facts import Known, Need, PermissionOf, Reply, Requesters
from agentowners.policy.model import Decision, Permission
from tests.engine.build import ALICE, BOB, COPILOT, HEAD, by, declared, file, policy

MARCH = 1_772_323_200  # 2026-03-01
POLICY = """\
/security/ @agents block
/infra/ @agents require_approval
/infra/prod/ @copilot require_approval(2)
"""


def past(*paths: str, evidence: tuple[Evidence, ...] = (declared("copilot"),), merged: int = MARCH) -> PastChange:
    return PastChange("a" * 40, "title", merged, Change("refs/heads/main", tuple(map(file, paths)), evidence), answer)


def fate(*paths: str, who: str = "copilot") -> tuple[Fate, int]:
    now = Replay(policy(POLICY)).judge(past(*paths, evidence=(declared(who),))).now
    return now.fate, now.approvals


def test_fates() -> None:
    assert fate("README.md") == (Fate.ALLOWED, 0)
    assert fate("infra/a") == (Fate.WAITED, 1)
    assert fate("infra/prod/a", "infra/a") == (Fate.WAITED, 2)
    assert fate("infra/a", "security/a")[0] is Fate.BLOCKED
    assert fate("security/a", who="octocat") == (Fate.ALLOWED, 0)


def test_whoever_is_restricted_nowhere_is_remembered_for_the_policy_alone() -> None:
    replay = Replay(policy("/x/ @copilot block\n"), policy("/x/ @octocat block\n"))
    for who, now, before in (("octocat", Fate.ALLOWED, Fate.BLOCKED), ("copilot", Fate.BLOCKED, Fate.ALLOWED)) * 2:
        judged = replay.judge(past("x/a", evidence=(declared(who),)))
        assert judged.before is not None
        assert (judged.now.fate, judged.before.fate) == (now, before)


def test_approvals_that_were_given_are_known_where_somebody_tells() -> None:
    def told(need: Need) -> Reply:
        if isinstance(need, Requesters):
            return Known(())
        return Known(Permission.WRITE) if isinstance(need, PermissionOf) else answer(need)

    review = Review(1, BOB, ReviewState.APPROVED, HEAD)
    change = Change("refs/heads/main", (file("infra/a"),), by(COPILOT, ALICE), author=COPILOT, reviews=(review,), head=HEAD)
    judged = Replay(policy(POLICY)).judge(PastChange("#7", "title", MARCH, change, told)).now
    assert (judged.fate, judged.approvals, judged.approvals_given) == (Fate.APPROVED, 1, True)


def test_restrictions_say_who_by_which_rule_and_where() -> None:
    judged = Replay(policy(POLICY)).judge(past("infra/a/b/c", "infra/a/b/d", "security/k", "README.md", "x/y")).now
    assert judged.restrictions == (
        Restriction(Decision.BLOCK, "@copilot", ("AGENTOWNERS:1",), ("security/",), 1, "security/k"),
        Restriction(Decision.REQUIRE_APPROVAL, "@copilot", ("AGENTOWNERS:2",), ("infra/a/",), 2, "infra/a/b/c"),
    )


def test_layers_that_only_observe_say_what_would_be() -> None:
    judged = Replay(policy(f"{POLICY}mode observe-only @copilot\n")).judge(past("security/k")).now
    assert (judged.fate, judged.observed) == (Fate.BLOCKED, True)
    assert judged.restrictions[0].principal == "@copilot"


def restricted(decision: Decision, principal: str, rule: str, folder: str) -> Restriction:
    return Restriction(decision, principal, (rule,), (folder,), 1, f"{folder}x")


def test_each_change_counts_once_for_everybody_and_everything_that_it_is_about() -> None:
    found = Backtest()
    waits = restricted(Decision.REQUIRE_APPROVAL, "@copilot", "p:2", "infra/")
    blocks = restricted(Decision.BLOCK, "@claude", "p:1", "security/")
    both = JudgedChange(Fate.BLOCKED, 1, False, ("@copilot", "@claude", "@humans"), (blocks, waits, blocks))
    one = JudgedChange(Fate.WAITED, 1, False, ("@copilot",), (waits,))
    fine = JudgedChange(Fate.ALLOWED, 0, False, ("@copilot",))
    for judged, before, merged in ((both, one, MARCH), (one, one, MARCH), (fine, one, MARCH - 1), (fine, fine, MARCH)):
        found.add(ReplayedChange("x", "t", merged, judged, before))
    assert found.total == FateCounts(allowed=2, waited=1, blocked=1, looser=1, stricter=1)
    assert (found.total.changes, found.total.held) == (4, 2)
    assert found.months == {"2026-03": FateCounts(1, 1, 0, 1, 0, 1), "2026-02": FateCounts(allowed=1, looser=1)}
    assert found.principals["@copilot"] == FateCounts(allowed=2, waited=2, looser=1)
    assert found.principals["@claude"] == FateCounts(blocked=1, stricter=1)
    assert found.principals["@humans"] == FateCounts(allowed=1)
    assert found.rules == {"p:1": FateCounts(blocked=1), "p:2": FateCounts(waited=2)}
    assert found.folders == {"security/": FateCounts(blocked=1), "infra/": FateCounts(waited=2)}
    assert len(found.listed) == 3
    assert (found.first, found.last) == (MARCH - 1, MARCH)


def test_what_is_listed_is_bounded_and_what_is_counted_is_not() -> None:
    found = Backtest()
    judged = JudgedChange(Fate.BLOCKED, 0, False, (), (restricted(Decision.BLOCK, "@copilot", "r", "/"),))
    for _ in range(MOST_KEPT + 3):
        found.add(ReplayedChange("x", "t", MARCH, judged))
    assert (len(found.listed), found.unlisted, found.total.blocked) == (MOST_KEPT, 3, MOST_KEPT + 3)


def test_months_of_times_that_no_calendar_has() -> None:
    assert [month_of(seconds) for seconds in (0, MARCH, MARCH - 1, 1 << 62, -(1 << 62))] == [
        "1970-01",
        "2026-03",
        "2026-02",
        "unknown",
        "unknown",
    ]
