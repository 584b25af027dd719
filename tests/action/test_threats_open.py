"""Ways around a gate that the gate alone cannot close: each is shown to be open, and what is said to close it is shown to.

The security model's statements, as tests. What a runner does is done here by hand: which workflow file an event takes, and
whether it starts a run at all.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.action.test_app import Own
from tests.action.world import World
from tests.github_server.merging import missing_checks, trial_merge
from tests.github_server.model import MergeRefused, Pull

BLOCKED = {"security/keys.py": "KEY = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}
WAITING = {"infra/main.tf": "b\n"}
GATE = ".github/workflows/gate.yml"


def workflow(**inputs: str) -> str:
    """A gate's workflow file with these inputs."""
    step = {"uses": "agentowners/agentowners-action@v1.0.0", "with": inputs}
    return yaml.safe_dump({"jobs": {"gate": {"runs-on": "ubuntu-latest", "steps": [step]}}})


def inputs_at(world: World, commit: str) -> dict[str, Any]:
    """The inputs that the gate's workflow file gives in a commit."""
    entry = world.repo.store.lookup(commit, GATE.encode())
    assert entry is not None
    given: dict[str, Any] = yaml.safe_load(world.repo.store.read(entry.sha)[1])["jobs"]["gate"]["steps"][0]["with"]
    return given


def as_the_runner(world: World, event: str, pull: Pull) -> int:
    """Run the gate with the inputs of the workflow file that GitHub takes for an event.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
    """
    merged = trial_merge(pull)
    commit = world.repo.tip(world.repo.default_branch) if event == "pull_request_target" else merged
    assert commit is not None
    world.inputs = inputs_at(world, commit)
    return world.run(event, "synchronize", pull=pull)


@pytest.mark.parametrize("app", [None, "github-actions"])
def test_threat_06_a_check_of_that_name_by_any_workflow_lets_a_pull_request_pass(world: World, app: str | None) -> None:
    """Also where GitHub Actions is the required source: every workflow speaks as that App."""
    world.repo.protect("main", [("AGENTOWNERS", world.server.actions.id if app else None)])
    pull = world.pull(BLOCKED)
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")
    world.repo.add_check_run("AGENTOWNERS", pull.head_sha)
    assert world.repo.merge(pull, "octocat")


def test_threat_06_the_gate_takes_no_other_runs_word(world: World) -> None:
    world.repo.protect("main", ["AGENTOWNERS"])
    pull = world.pull(BLOCKED)
    world.repo.add_check_run("AGENTOWNERS", pull.head_sha)
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).conclusion == "failure"
    world.repo.add_check_run("AGENTOWNERS", pull.head_sha)
    assert world.judge(pull) == 1
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")


def test_threat_06_an_app_of_ones_own_as_the_required_source_closes_it(world: World) -> None:
    own = Own(world)
    world.repo.protect("main", [("AGENTOWNERS", own.app.id)])
    pull = world.pull(BLOCKED)
    world.repo.add_check_run("AGENTOWNERS", pull.head_sha)
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")
    assert world.judge(pull) == 1
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")


def test_threat_25_an_old_pass_stands_until_the_run_begins(world: World) -> None:
    """A dismissal, a retarget and a second pull request alike: GitHub merges on what was said last."""
    world.repo.protect("main", ["AGENTOWNERS"])
    pull = world.pull(WAITING)
    review = world.repo.review(pull, "octocat", "APPROVED")
    world.repo.review(pull, "hubot", "APPROVED")
    assert world.judge(pull) == 0
    world.repo.dismiss(review, by="hubot")
    assert missing_checks(world.repo, "main", pull.head_sha) == []
    world.judge(pull)
    assert missing_checks(world.repo, "main", pull.head_sha) == ["AGENTOWNERS"]


def test_threat_25_and_34_a_merge_queue_judges_last(world: World) -> None:
    """Whether the run for the dismissal comes late or was cancelled before it began: the group is judged by itself."""
    world.repo.protect("main", ["AGENTOWNERS"])
    pull = world.pull(WAITING)
    review = world.repo.review(pull, "octocat", "APPROVED")
    world.repo.review(pull, "hubot", "APPROVED")
    assert world.judge(pull) == 0
    world.repo.dismiss(review, by="hubot")
    group = world.server.queue(world.repo, [pull])
    with pytest.raises(MergeRefused):
        world.server.land(group)
    assert world.run("merge_group", "checks_requested", group=group) == 0
    assert world.check(group.head_sha).title == "Waiting for approval (1 of 2)"
    with pytest.raises(MergeRefused):
        world.server.land(group)


def test_threat_26_a_head_without_a_run_has_no_pass(world: World) -> None:
    """In the fall-back wiring no run starts; what was said of the commit before is not said of this one."""
    world.repo.protect("main", ["AGENTOWNERS"])
    pull = world.pull(ALLOWED)
    assert world.run("pull_request", "synchronize", pull=pull) == 0
    assert missing_checks(world.repo, "main", pull.head_sha) == []
    world.repo.commit("copilot/fix", BLOCKED, author="Copilot", message="more [skip ci]")
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")


def test_threat_26_where_there_is_a_conflict_nothing_merges(world: World) -> None:
    world.repo.protect("main", ["AGENTOWNERS"])
    pull = world.pull({"docs/index.md": "theirs\n"})
    world.repo.commit("main", {"docs/index.md": "ours\n"}, message="conflict")
    assert trial_merge(pull) is None
    assert world.judge(pull) == 0
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")


@pytest.mark.parametrize("given", [{"enforcement": "evaluate"}, {"policy-file": "mine"}, {"check-name": "other"}])
def test_threat_27_inputs_that_the_branch_changes_are_not_the_gates(world: World, given: dict[str, str]) -> None:
    inputs = {"token": world.token}
    world.repo.commit("main", {GATE: workflow(**inputs)}, message="gate")
    world.repo.protect("main", ["AGENTOWNERS"])
    pull = world.pull(BLOCKED | {GATE: workflow(**inputs, **given), "mine": "** @agents allow\n"})
    assert as_the_runner(world, "pull_request_target", pull) == 1
    with pytest.raises(MergeRefused):
        world.repo.merge(pull, "octocat")


def test_threat_27_in_the_fall_back_wiring_they_are(world: World) -> None:
    inputs = {"token": world.token}
    world.repo.commit("main", {GATE: workflow(**inputs)}, message="gate")
    world.repo.protect("main", ["AGENTOWNERS"])
    pull = world.pull(BLOCKED | {GATE: workflow(**inputs, enforcement="evaluate")})
    assert as_the_runner(world, "pull_request", pull) == 0
    assert world.check(pull.head_sha).conclusion == "neutral"
    assert world.repo.merge(pull, "octocat")


def test_threat_34_an_agent_with_a_persons_token_is_that_person(world: World) -> None:
    world.repo.protect("main", ["AGENTOWNERS"])
    pull = world.pull(BLOCKED, branch="fix", author="hubot")
    assert world.judge(pull) == 0
    assert world.repo.merge(pull, "octocat")


def test_threat_34_a_machine_user_is_an_agent_once_it_is_declared(world: World) -> None:
    world.server.add_user("acme-robot")
    assert world.judge(world.pull(BLOCKED, branch="fix", author="acme-robot")) == 0
    declared = "agent acme-robot login=acme-robot\nsecurity/** @agents block\n"
    world.repo.commit("main", {".github/AGENTOWNERS": declared}, message="declare")
    assert world.judge(world.pull({"security/more.py": "x\n"}, branch="more", author="acme-robot")) == 1


def test_threat_34_a_direct_push_is_told_and_not_stopped(world: World) -> None:
    world.repo.protect("main", ["AGENTOWNERS"])
    before = world.repo.tip("main")
    after = world.repo.commit("main", BLOCKED, author="Copilot", message="direct")
    facts = {"ref": "refs/heads/main", "before": before, "after": after, "pusher": "Copilot", "sender": "Copilot"}
    assert world.run("push", None, repo=world.repo, **facts) == 1
    assert world.check(after, "AGENTOWNERS (push)").conclusion == "failure"
    assert world.repo.tip("main") == after
    # a push to a branch that requires the check would have needed it on the commit, and nothing of ours gives it
    assert missing_checks(world.repo, "main", after) == ["AGENTOWNERS"]
