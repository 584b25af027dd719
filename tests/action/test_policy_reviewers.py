"""The reviewers of a change of the policy: each refusal, as GitHub records it, and what no word of theirs ever does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentowners import __version__
from agentowners.change.model import Account, Review, ReviewState
from agentowners.diagnostics import Source
from agentowners.proof.signals import ACTIONS_APP, Advice, AdviceTerms, advice
from agentowners.report.diff.json import policy_digest
from tests.action.world import World
from tests.github_server.model import Pull
from tests.github_server.server import GitHubServer

POLICY = ".github/AGENTOWNERS"
REVIEWER = "policy-reviewer"
FILES = {"tests/run.py": "x\n"}
HEAD = "1" * 40
LINE = "agentowners sha256:a sha256:b"


class Case:
    """A pull request that changes a policy which names a reviewer, and the line that binds a review to the two policies."""

    def __init__(self, github: GitHubServer, directory: Path) -> None:
        account = github.add_user(REVIEWER)
        base = f"default @agents require_approval\napprovals reviewer={account.id}\n".encode()
        self.world = World.make(github, directory, policy=base, files=FILES)
        self.pull: Pull = self.world.pull({POLICY: base + b"/tests/ @agents allow\n"})
        head = base + b"/tests/ @agents allow\n"
        old, new = (policy_digest([Source(POLICY, data)], __version__) for data in (base, head))
        self.line = f"agentowners {old} {new}"

    def review(self, login: str = REVIEWER, state: str = "APPROVED", **more: Any) -> None:
        self.world.repo.review(self.pull, login, state, **({"body": f"{self.line}\nfine"} | more))

    def row(self) -> str:
        """The row of the reviewer, after judging."""
        self.world.judge(self.pull)
        lines = (self.world.check(self.pull.head_sha).summary or "").splitlines()
        return next(line for line in lines if line.startswith("| Reviewer |"))


@pytest.fixture
def case(github: GitHubServer, tmp_path: Path) -> Case:
    return Case(github, tmp_path)


def _requested(case: Case) -> None:
    case.world.repo.assign(case.pull, "Copilot", by=REVIEWER)
    case.review()


def _committed(case: Case) -> None:
    case.world.repo.commit("copilot/fix", {"a.txt": "1"}, author=REVIEWER)
    case.review()


def _credited(case: Case) -> None:
    trailer = f"more\n\nCo-authored-by: R <{case.world.server.accounts[REVIEWER].id}+{REVIEWER}@users.noreply.github.com>"
    case.world.repo.commit("copilot/fix", {"a.txt": "1"}, author="Copilot", message=trailer)
    case.review()


def _older(case: Case) -> None:
    case.review()
    case.world.repo.commit("copilot/fix", {"a.txt": "1"}, author="Copilot")


def _other_base(case: Case) -> None:
    case.world.repo.branch("other", case.world.repo.tip("main"))
    case.world.repo.retarget(case.pull, "other")
    case.review()
    case.world.server.wait(5)
    case.world.repo.retarget(case.pull, "main")


def _dismissed(case: Case) -> None:
    review = case.world.repo.review(case.pull, REVIEWER, "APPROVED", body=case.line)
    case.world.repo.dismiss(review, by="octocat")


def _other_digests(case: Case) -> None:
    case.review(body=case.line.replace("sha256:", "sha256:0"))


def _somebody_else(case: Case) -> None:
    case.review("hubot")


REFUSALS: dict[Callable[[Case], None], str] = {
    _requested: "it set the agent to work",
    _committed: "it took part in the change",
    _credited: "it took part in the change",
    _older: "it was given to an older commit",
    _other_base: "it was given when the change went to another base",
    _dismissed: "it was dismissed",
    _other_digests: "it does not begin with the line that names these two policies",
    _somebody_else: "it has not reviewed the change",
}


@pytest.mark.parametrize("event", REFUSALS, ids=lambda event: event.__name__)
def test_a_word_that_does_not_count_leaves_it_to_a_person(case: Case, event: Callable[[Case], None]) -> None:
    event(case)
    row = case.row()
    assert "| Reviewer | recommends needs human: " in row
    assert REFUSALS[event] in row


def test_a_word_that_counts_is_shown_as_advice(case: Case) -> None:
    case.review(state="CHANGES_REQUESTED")
    assert f"recommends deny: `@{REVIEWER}`, on `{case.pull.head_sha[:7]}` (advice, not an approval): `fine`" in case.row()


def test_a_persons_approval_that_counts_is_a_word_too(case: Case) -> None:
    case.review("octocat", body="")
    case.world.judge(case.pull)
    said = case.world.check(case.pull.head_sha).summary or ""
    assert f"| Reviewer | recommends approve: `@octocat`, on `{case.pull.head_sha[:7]}` (an approval that counts) |" in said
    assert "no reviewer whom the policy names recommends it" in said


def review(id: int = 7, state: ReviewState = ReviewState.APPROVED) -> Review:
    return Review(1, Account("policy-reviewer[bot]", id), state, HEAD, f"{LINE}\nfine")


@pytest.mark.parametrize(
    ("id", "terms", "why"),
    [
        (7, AdviceTerms(HEAD, LINE, (), (Account("policy-reviewer[bot]", 7),)), "it set the agent to work"),
        (7, AdviceTerms(HEAD, LINE, (), None), "it cannot be told whether it set the agent to work"),
        (ACTIONS_APP, AdviceTerms(HEAD, LINE, ()), "any workflow can speak by this account"),
    ],
)
def test_doubt_about_a_reviewer_is_strict(id: int, terms: AdviceTerms, why: str) -> None:
    (found,) = advice([id], [review(id)], terms)
    assert (found.advice, found.why) == (Advice.NEEDS_HUMAN, why)


@given(st.sampled_from(list(ReviewState)), st.text(max_size=20), st.sampled_from([HEAD, "2" * 40, None]))
@settings(max_examples=40, deadline=None)
def test_only_an_approval_of_this_head_and_these_policies_recommends_it(
    state: ReviewState, body: str, commit: str | None
) -> None:
    one = Review(1, Account("r", 7), state, commit, body)
    (found,) = advice([7], [one], AdviceTerms(HEAD, LINE, ()))
    assert found.advice is not Advice.APPROVE or (state, commit) == (ReviewState.APPROVED, HEAD)
    assert found.advice is Advice.NEEDS_HUMAN or body.replace("\r\n", "\n").partition("\n")[0].strip() == LINE


@pytest.mark.parametrize("policy", [b"** @agents block\n", b"default @agents require_approval\n", b"docs/ @agents allow\n"])
def test_no_signal_changes_a_conclusion(
    github: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: bytes
) -> None:
    account = github.add_user(REVIEWER)
    base = policy + f"unprotect /{POLICY} @agents\napprovals reviewer={account.id}\n".encode()
    world = World.make(github, tmp_path, policy=base, files=FILES)
    pull = world.pull({POLICY: base + b"/tests/ @agents allow\n"})
    found = set()
    for prover in ("passed", "failed", "unknown"):
        answer = {"section": f"### Policy change\n\n| Prover | {prover} |\n", "annotations": [[[POLICY, 1, 1], "Policy", prover]]}
        monkeypatch.setattr("agentowners.action.policy_change.ask_child", lambda asked, said=answer: said)
        for state in ("APPROVED", "CHANGES_REQUESTED", "COMMENTED"):
            world.repo.review(pull, REVIEWER, state, body="yes")  # who may not write: no approval of section 7
            code = world.judge(pull)
            check = world.check(pull.head_sha)
            found.add((code, check.conclusion, check.title))
            assert f"| Prover | {prover} |" in (check.summary or "")
    assert len(found) == 1
