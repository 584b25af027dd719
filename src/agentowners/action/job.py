"""The main job: what an event is about becomes published verdicts."""

from __future__ import annotations

from contextlib import suppress
from typing import assert_never

from agentowners.action.events import CommentCommand, MergeGroup, Nothing, PullRequest, Push, Sweep, Target, WorkflowRun
from agentowners.action.merge_group import judge_group
from agentowners.action.pull_requests import PullRequests
from agentowners.action.push import judge_push
from agentowners.action.sweep import all_open, sweep
from agentowners.diagnostics import PolicyError
from agentowners.engine.settings import effective_settings
from agentowners.github.model import PullSummary
from agentowners.policy.model import Permission


def run_job(pull_requests: PullRequests, target: Target) -> None:
    """Judge the target and publish what comes of it.

    Raises:
        AgentownersError: what went wrong before there was a check run to tell it.
    """
    match target:
        case PullRequest():
            pull_requests.run(target)
        case CommentCommand():
            if may_speak(pull_requests, target):
                pull_requests.run(PullRequest(target.number))
        case MergeGroup():
            judge_group(pull_requests, target)
        case Push():
            judge_push(pull_requests, target)
        case Sweep():
            sweep(pull_requests, all_open(pull_requests.publisher.host))
        case WorkflowRun():
            sweep(pull_requests, _of_run(pull_requests, target))
        case Nothing():
            pull_requests.publisher.notice(f"nothing to judge: {target.why}")
        case _:
            assert_never(target)


def _of_run(pull_requests: PullRequests, target: WorkflowRun) -> tuple[PullSummary, ...]:
    pulls = pull_requests.publisher.host.pulls
    summaries: tuple[PullSummary, ...] = ()
    if target.head_repository and target.head_branch:
        owner = target.head_repository.partition("/")[0]
        summaries = tuple(
            pull
            for pull in pulls.open_pulls(head=f"{owner}:{target.head_branch}")
            if (pull.head_repository or "").lower() == target.head_repository.lower()
        )
    return summaries or tuple(pull for pull in pulls.open_pulls() if pull.head == target.head)


def may_speak(pull_requests: PullRequests, command: CommentCommand) -> bool:
    """True if a comment can have changed a verdict: its author has the permission that an approval takes, which is asked before
    anything else, so that a stranger's comment costs one request.

    Where the account is gone, or its permission cannot be told, the pull request is judged: what it said may have counted.

    Raises:
        AgentownersError: the pull request, or the policy of its base, cannot be had.
    """
    permission = pull_requests.facts.permission(command.speaker)
    if permission is None or permission.rank >= Permission.WRITE.rank:
        return True
    if permission is not Permission.NONE:
        pull = pull_requests.publisher.host.pulls.get(command.number)
        with suppress(PolicyError):  # by which nothing passes, whoever says what
            policy = pull_requests.policies.for_branch(pull.base_ref, pull.default_branch)
            if permission.rank >= effective_settings(policy).minimum_permission.rank:
                return True
    pull_requests.publisher.notice(f"nothing to judge: whoever wrote the comment on #{command.number} may not approve here")
    return False
