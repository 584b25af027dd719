"""Permission to speak to the gate in a comment, asked before anything else: a stranger's comment costs one request."""

from __future__ import annotations

from contextlib import suppress

from agentowners.action.events import CommentCommand
from agentowners.action.pull_requests import PullRequests
from agentowners.action.sharing import permission_of
from agentowners.diagnostics import PolicyError
from agentowners.engine.settings import effective_settings
from agentowners.policy.model import Permission


def may_speak(pull_requests: PullRequests, command: CommentCommand) -> bool:
    """True if a comment can have changed a verdict: its author has the permission that an approval takes.

    Where the account is gone, or its permission cannot be told, the pull request is judged: what it said may have counted.

    Raises:
        AgentownersError: the pull request, or the policy of its base, cannot be had.
    """
    permission = None if command.speaker is None else permission_of(pull_requests.facts, command.speaker)
    if permission is None or permission.rank >= Permission.WRITE.rank:
        return True
    if permission is not Permission.NONE:
        pull = pull_requests.session.host.pulls.get(command.number)
        with suppress(PolicyError):  # by which nothing passes, whoever says what
            policy = pull_requests.policies.for_branch(pull.base_ref, pull.default_branch)
            if permission.rank >= effective_settings(policy).minimum_permission.rank:
                return True
    pull_requests.session.notice(f"nothing to judge: whoever wrote the comment on #{command.number} may not approve here")
    return False
