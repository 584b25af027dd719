"""What changes between the reading of the facts and the publishing of a pass: the run that published it takes it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.action.interleaving import Crossing
from tests.action.world import PERMISSIONS, World
from tests.github_server.faults import Action
from tests.github_server.model import Pull

APPROVED = {"src/app.py": "x = 2\n"}
ALLOWED = {"docs/index.md": "new\n"}
BLOCKED = {"security/keys.py": "KEY = 2\n"}


def judged_while(world: World, pull: Pull, happens: Callable[[], object], *, at: str) -> int:
    """Run the action; something happens right before it makes a certain request for the first time. Its exit code."""
    crossing = Crossing(world.server)
    payload = world.server.payload("pull_request_target", "synchronize", pull=pull)
    run = crossing.run(world.environ("pull_request_target", payload), "the run")
    world.server.requests.clear()
    crossing.while_stopped_at(run, lambda: any(at == request for request in world.requests))
    with world.server.lock:
        happens()
    return run.finish()


def test_threat_08_an_approval_that_is_dismissed_after_it_was_read(world: World) -> None:
    pull = world.pull(APPROVED)
    review = world.repo.review(pull, "octocat", "APPROVED")
    world.judge(pull)
    code = judged_while(world, pull, lambda: world.repo.dismiss(review), at=f"GET /pulls/{pull.number}/reviews")
    assert code == 0
    assert world.check(pull.head_sha).title == "Waiting for approval (0 of 1)"
    assert {run.conclusion for run in world.checks(pull.head_sha)} == {"action_required"}


def test_threat_25_a_retarget_right_after_the_pass_was_published(world: World) -> None:
    world.repo.commit("weak", {".github/AGENTOWNERS": "docs/** @agents allow\n"}, message="weak")
    pull = world.pull(BLOCKED, base="weak")
    at = f"GET /commits/{pull.head_sha}/check-runs"
    assert judged_while(world, pull, lambda: world.repo.retarget(pull, "main"), at=at) == 1
    assert {run.conclusion for run in world.checks(pull.head_sha)} == {"failure"}


def test_threat_22_an_approval_that_is_dismissed_while_its_merge_group_is_judged(world: World) -> None:
    pull = world.pull(APPROVED)
    review = world.repo.review(pull, "octocat", "APPROVED")
    group = world.server.queue(world.repo, [pull])
    crossing = Crossing(world.server)
    payload = world.server.payload("merge_group", "checks_requested", group=group)
    run = crossing.run(world.environ("merge_group", payload), "the run")
    world.server.requests.clear()
    crossing.while_stopped_at(run, lambda: f"GET /pulls/{pull.number}/reviews" in world.requests)
    with world.server.lock:
        world.repo.dismiss(review)
    run.finish()
    assert world.check(group.head_sha).title == "Waiting for approval (0 of 1)"
    assert {run.conclusion for run in world.checks(group.head_sha)} == {"action_required"}


def test_an_agents_sign_that_is_put_on_meanwhile(world: World) -> None:
    world.repo.commit("main", {".github/AGENTOWNERS": "security/** @codex block\n"})
    pull = world.pull(BLOCKED, author="hubot", branch="fix")

    def sign() -> None:
        message = "more\n\nCo-authored-by: Codex <noreply@openai.com>"
        world.repo.commit("fix", {"security/keys.py": "KEY = 3\n"}, author="hubot", message=message)

    assert judged_while(world, pull, sign, at="GET /pulls") == 1
    assert world.check(pull.head_sha).title == "Blocked: 1 file"


def test_labels_of_our_own_are_no_change(world: World) -> None:
    """They go on between the reading and the second look."""
    pull = world.pull(APPROVED)
    world.repo.review(pull, "octocat", "APPROVED")
    world.judge(pull)
    assert pull.labels == ["agentowners/approvals-required-1"]
    assert world.requests.count(f"GET /pulls/{pull.number}/files") == 1


def test_what_keeps_changing_is_no_pass(world: World) -> None:
    pull = world.pull(ALLOWED)
    crossing = Crossing(world.server)
    payload = world.server.payload("pull_request_target", "synchronize", pull=pull)
    run = crossing.run(world.environ("pull_request_target", payload), "the run")
    world.server.requests.clear()
    seen = 0
    while not run.done:
        run.step()
        if len(world.requests) > seen and world.requests[-1].endswith("/check-runs") and world.requests[-1].startswith("GET"):
            with world.server.lock:
                pull.body = f"changed {len(world.requests)}"
        seen = len(world.requests)
    assert world.check(pull.head_sha).title == "Moving target"
    assert world.check(pull.head_sha).conclusion == "failure"


@pytest.mark.parametrize("fault", ["500", "403", "truncated"])
def test_a_pass_that_cannot_be_looked_at_again_does_not_stand(world: World, fault: Action) -> None:
    pull = world.pull(ALLOWED)
    world.server.faults.add(fault, method="GET", path=r"/pulls/[0-9]+$", times=1000, after=1)
    assert world.judge(pull) == 1
    assert world.check(pull.head_sha).conclusion == "failure"


def test_threat_33_a_policy_that_is_tightened_while_a_sweep_goes_on(world: World) -> None:
    """The sweep read the old policy for an earlier pull request, and comes to this one when the new policy has judged it."""
    first, last = (world.pull({f"docs/{n}.md": "new\n"}, branch=f"copilot/{n}") for n in range(2))
    token = world.server.token("actions", permissions=PERMISSIONS, repository=world.repo)
    crossing = Crossing(world.server)
    sweeping = crossing.run(world.environ("schedule", world.server.payload("schedule", None), INPUT_TOKEN=token), "the sweep")
    world.server.requests.clear()
    crossing.while_stopped_at(sweeping, lambda: f"GET /pulls/{first.number}/files" in world.requests)
    world.repo.commit("main", {".github/AGENTOWNERS": b"docs/** @agents block\n"}, message="tighten")
    assert world.judge(last) == 1
    sweeping.finish()
    assert {run.conclusion for run in world.checks(last.head_sha)} == {"failure"}
