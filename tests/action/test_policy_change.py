"""The section of the check run about a change of the policy: it says what the change lets agents do, and changes no verdict."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from agentowners import __version__
from agentowners.action.policy_change import setup_changes
from agentowners.change.model import Account, Review, ReviewState
from agentowners.diagnostics import AgentownersError, Source
from agentowners.proof.signals import ACTIONS_APP, Advice, AdviceTerms, advice
from agentowners.report.diff.json import policy_digest
from tests.action.world import PERMISSIONS, World
from tests.github_server import Symlink
from tests.github_server.server import GitHubServer

POLICY = ".github/AGENTOWNERS"
WORKER = "agentowners.action.policy_worker"
BASE = (
    b"default @agents require_approval\n**/secrets/** @agents block\nassert **/secrets/** @agents block\nmode read-only @ci-bot\n"
)
LOOSER = BASE + b"/tests/ @agents allow\n"
FILES = {"tests/run.py": "x\n", "tests/secrets/k": "k\n", "src/m.py": "m\n"}


def make(github: GitHubServer, tmp_path: Path, policy: bytes = BASE) -> World:
    return World.make(github, tmp_path, policy=policy, files=FILES)


def conclusion(world: World, head: str) -> Any:
    return world.check(head).conclusion


def summary(world: World, head: str) -> str:
    return world.check(head).summary or ""


def test_the_section_stands_behind_the_verdict(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({POLICY: LOOSER})
    assert world.judge(pull) == 0
    said = summary(world, pull.head_sha)
    assert "### Policy change: `.github/AGENTOWNERS`" in said
    assert "| Prover | 1 thing became looser, 0 stricter (0 not decided) |" in said
    assert "| Mode compatibility | read-only for `@ci-bot`: compatible |" in said
    assert "| `/tests/` | 1 approval | allowed | `@agents` | `tests/run.py` | 1 |" in said
    assert "Eligible for auto-approval: no" in said
    assert conclusion(world, pull.head_sha) == "action_required"


def test_a_change_of_other_files_has_no_section(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({"src/m.py": "n\n"})
    world.judge(pull)
    assert "Policy change" not in summary(world, pull.head_sha)


def test_the_policys_lines_are_annotated(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({POLICY: LOOSER})
    world.judge(pull)
    found = [one for one in world.check(pull.head_sha).annotations if one["title"] == "Policy: looser"]
    assert [(one["path"], one["start_line"]) for one in found] == [(POLICY, 5)]


def test_a_broken_promise_is_shown_and_blocks_nothing(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({POLICY: BASE.replace(b"block\nassert", b"require_approval\nassert")})
    world.judge(pull)
    said = summary(world, pull.head_sha)
    assert "- promise failed: `assert **/secrets/** @agents block`, for example `" in said
    assert "blocked | 1 approval" in said
    assert conclusion(world, pull.head_sha) == "action_required"


def test_a_head_that_does_not_parse_is_said(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({POLICY: b"a @agents blok\n"})
    world.judge(pull)
    assert "| Prover | failed: does not parse, 1 errors |" in summary(world, pull.head_sha)
    assert conclusion(world, pull.head_sha) == "action_required"


def test_deleting_the_policy_falls_back_or_gives_up_everything(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({POLICY: None})
    world.judge(pull)
    assert "blocked | allowed" in summary(world, pull.head_sha)


def test_the_gates_own_workflow_is_not_known(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({".github/workflows/gate.yml": "on: push\n"})
    ref = "acme/shop/.github/workflows/gate.yml@refs/heads/main"
    payload = world.server.payload("pull_request_target", "synchronize", pull=pull)
    policy_change_run(world, payload, GITHUB_WORKFLOW_REF=ref)
    said = summary(world, pull.head_sha)
    assert "| Prover | unknown (facts: the gate's own set-up changes) |" in said


CALLER = """\
on: pull_request_target
jobs:
  gate:
    uses: ./.github/workflows/called.yml
"""
CALLED = """\
on: workflow_call
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: ./tools/gate
      - run: sh scripts/before.sh
"""


@pytest.mark.parametrize(
    ("path", "belongs"),
    [
        (".github/workflows/called.yml", True),
        (".github/actions/x/action.yml", True),
        ("tools/gate/action.yml", True),
        ("scripts/before.sh", True),
        ("scripts/other.sh", False),
        (".github/workflows/other.yml", False),
    ],
)
def test_a_file_that_the_gates_workflow_calls_belongs_to_its_set_up(path: str, *, belongs: bool) -> None:
    texts = {".github/workflows/gate.yml": CALLER, ".github/workflows/called.yml": CALLED}
    found = setup_changes(".github/workflows/gate.yml", [path], lambda name: texts[name].encode() if name in texts else None)
    assert found == ([path] if belongs else [])


def test_workflows_that_call_each_other_end() -> None:
    loop = b"on: workflow_call\njobs: {a: {uses: ./.github/workflows/gate.yml}}\n"
    assert setup_changes(".github/workflows/gate.yml", ["a"], lambda _: loop) == []
    assert setup_changes(None, [".github/workflows/gate.yml"], lambda _: loop) == []


def test_the_bases_workflow_says_what_it_calls(github: GitHubServer, tmp_path: Path) -> None:
    world = World.make(github, tmp_path, policy=BASE, files=FILES | {".github/workflows/gate.yml": CALLED})
    pull = world.pull({"scripts/before.sh": "true\n"})
    payload = world.server.payload("pull_request_target", "synchronize", pull=pull)
    policy_change_run(world, payload, GITHUB_WORKFLOW_REF="acme/shop/.github/workflows/gate.yml@refs/heads/main")
    assert "| Prover | unknown (facts: the gate's own set-up changes) |" in summary(world, pull.head_sha)


def test_a_run_that_may_write_no_check_says_it_in_the_jobs_summary(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    world.token = world.server.token("actions", permissions=PERMISSIONS, repository=world.repo, fork=True)
    pull = world.pull({POLICY: LOOSER})
    assert world.run("pull_request", "synchronize", pull=pull) == 1
    assert "### Policy change: `.github/AGENTOWNERS`" in world.summary
    assert "| Prover | 1 thing became looser, 0 stricter (0 not decided) |" in world.summary
    assert world.checks(pull.head_sha) == []


def test_a_policy_that_is_no_file_at_the_head_is_not_known(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({POLICY: Symlink("../README.md")})
    world.judge(pull)
    assert "| Prover | unknown: " in summary(world, pull.head_sha)
    assert "is a symbolic link, not a file |" in summary(world, pull.head_sha)


def test_what_cannot_be_read_is_not_known(github: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AgentownersError("GitHub says `no` | <b>")

    monkeypatch.setattr("agentowners.action.policy_change.reviewers_of", refused)
    world = make(github, tmp_path)
    pull = world.pull({POLICY: LOOSER})
    assert world.judge(pull) == 0
    assert "| Prover | unknown: GitHub says " in summary(world, pull.head_sha)
    assert "<b>" not in re.sub(r"`[^`]*`", "", summary(world, pull.head_sha))
    assert conclusion(world, pull.head_sha) == "action_required"


def test_without_a_mode_that_is_said(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path, b"docs/ @agents block\n")
    pull = world.pull({POLICY: b"docs/ @agents block\n/tests/ @agents block\n"})
    world.judge(pull)
    said = summary(world, pull.head_sha)
    assert "| Mode compatibility | no mode declared |" in said
    assert "| Prover | 0 things became looser, 1 stricter (0 not decided) |" in said
    assert "<summary>what became stricter (1); edits without effect (0); eligible for auto-approval: " in said


def test_a_promise_that_does_not_hold_is_annotated(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({POLICY: BASE.replace(b"block\nassert", b"require_approval\nassert")})
    world.judge(pull)
    found = {one["title"]: one["start_line"] for one in world.check(pull.head_sha).annotations}
    assert found["Policy: promise failed"] == 3


def policy_change_run(world: World, payload: Any, **more: str) -> int:
    from agentowners.action.run import main
    from tests.action.world import PATIENCE

    return main(world.environ("pull_request_target", payload, **more), patience=PATIENCE)


@pytest.mark.parametrize("child", ["import sys; sys.exit(3)", "print('no json')", "import time; time.sleep(9)"])
def test_a_child_that_fails_changes_no_verdict(
    github: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, child: str
) -> None:
    real = subprocess.run

    def run(arguments: list[str], **options: Any) -> Any:
        if WORKER not in arguments:
            return real(arguments, **options)
        return real([arguments[0], "-c", child], **{**options, "timeout": 0.5})

    monkeypatch.setattr(subprocess, "run", run)
    world = make(github, tmp_path)
    pull = world.pull({POLICY: LOOSER})
    assert world.judge(pull) == 0
    assert "| Prover | unknown: " in summary(world, pull.head_sha)
    assert conclusion(world, pull.head_sha) == "action_required"


def test_what_the_head_says_is_escaped(github: GitHubServer, tmp_path: Path) -> None:
    world = make(github, tmp_path)
    pull = world.pull({POLICY: BASE + b"/x|y\\`<img>@octocat/ @agents allow\n"})
    world.judge(pull)
    section = summary(world, pull.head_sha).partition("### Policy change")[2]
    assert "<img>" not in re.sub(r"`[^`]*`", "", section)
    assert "@octocat" not in re.sub(r"`[^`]*`", "", section)


HEAD = "1" * 40
LINE = "agentowners sha256:a sha256:b"
OTHER_LINE = "it does not begin with the line that names these two policies"
TERMS = AdviceTerms(HEAD, LINE, (Account("author", 5), Account("helper", 6)))


def review(id: int = 7, state: ReviewState = ReviewState.APPROVED, commit: str = HEAD, body: str = f"{LINE}\nfine") -> Review:
    return Review(1, Account("policy-reviewer[bot]", id), state, commit, body)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (review(), Advice.APPROVE),
        (review(state=ReviewState.CHANGES_REQUESTED), Advice.DENY),
        (review(state=ReviewState.COMMENTED), Advice.NEEDS_HUMAN),
        (review(body=f"{LINE}\r\nfine"), Advice.APPROVE),
    ],
)
def test_a_reviewers_word_is_taken_as_it_is_meant(given: Review, wanted: Advice) -> None:
    (found,) = advice([7], [given], TERMS)
    assert (found.name, found.advice, found.why, found.words) == ("@policy-reviewer[bot]", wanted, None, "fine")


@pytest.mark.parametrize(
    ("id", "given", "why"),
    [
        (7, [], "it has not reviewed the change"),
        (7, [review(id=8)], "it has not reviewed the change"),
        (ACTIONS_APP, [review(id=ACTIONS_APP)], "any workflow can speak by this account"),
        (5, [review(id=5)], "it took part in the change"),
        (6, [review(id=6)], "it took part in the change"),
        (7, [review(commit="2" * 40)], "it was given to an older commit"),
        (7, [review(state=ReviewState.DISMISSED)], "it was dismissed"),
        (7, [review(body="fine")], OTHER_LINE),
        (
            7,
            [review(body=f"agentowners sha256:a sha256:c\n{LINE}")],
            OTHER_LINE,
        ),
        (7, [review(), review(body="no")], "it does not begin with the line that names these two policies"),
    ],
)
def test_what_is_no_advice_leaves_it_to_a_person(id: int, given: list[Review], why: str) -> None:
    (found,) = advice([id], given, TERMS)
    assert (found.advice, found.why) == (Advice.NEEDS_HUMAN, why)


def test_a_reviewer_whom_the_base_names_is_shown_and_approves_nothing(github: GitHubServer, tmp_path: Path) -> None:
    reviewer = github.add_user("policy-reviewer")
    base = BASE + f"approvals reviewer={reviewer.id}\n".encode()
    head = base + b"/tests/ @agents allow\n"
    world = make(github, tmp_path, base)
    pull = world.pull({POLICY: head})
    digests = [policy_digest([Source(POLICY, data)], __version__) for data in (base, head)]
    world.repo.review(pull, "policy-reviewer", "APPROVED", body=f"agentowners {digests[0]} {digests[1]}\nfine")
    world.judge(pull)
    said = summary(world, pull.head_sha)
    assert "| Reviewer | recommends approve: `@policy-reviewer`, on `" in said
    assert "(advice, not an approval)" in said
    assert conclusion(world, pull.head_sha) == "action_required"


def test_a_reviewer_whom_only_the_head_names_is_none(github: GitHubServer, tmp_path: Path) -> None:
    reviewer = github.add_user("policy-reviewer")
    world = make(github, tmp_path)
    pull = world.pull({POLICY: BASE + f"approvals reviewer={reviewer.id}\n".encode()})
    world.judge(pull)
    assert "| Reviewer |" not in summary(world, pull.head_sha)
