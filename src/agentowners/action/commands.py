"""Who may speak to the gate in a comment, asked before anything else is: a stranger's comment costs one request."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from agentowners.action.events import CommentCommand
from agentowners.action.sharing import permission_of
from agentowners.diagnostics import PolicyError
from agentowners.engine.settings import effective_settings
from agentowners.policy.model import Permission

if TYPE_CHECKING:
    from agentowners.action.job import Job


def may_speak(job: Job, command: CommentCommand) -> bool:
    """Whether a comment can have changed a verdict: its author has the permission that an approval takes.

    Where the account is gone, or its permission cannot be told, the pull request is judged: what it said may have counted.

    Raises:
        AgentownersError: the pull request, or the policy of its base, cannot be had.
    """
    permission = None if command.speaker is None else permission_of(job.facts, command.speaker)
    if permission is None or permission.rank >= Permission.WRITE.rank:
        return True
    if permission is not Permission.NONE:
        pull = job.host.pulls.get(command.number)
        with suppress(PolicyError):  # by which nothing passes, whoever says what
            policy = job.policies.for_branch(pull.base_ref, pull.default_branch)
            if permission.rank >= effective_settings(policy).minimum_permission.rank:
                return True
    job.notice(f"nothing to judge: whoever wrote the comment on #{command.number} may not approve here")
    return False
