"""A policy to compare with, named by a file on disk or by a revision."""

from __future__ import annotations

import os

from agentowners.cli.policies import from_disk, on_revision
from agentowners.cli.shell import UsageError
from agentowners.diagnostics import Source
from agentowners.git.objects import Objects
from agentowners.git.revisions import resolve
from agentowners.git.run import Git, GitError

COMPARE_HELP = "policy to compare with: a file, or a revision whose policy it is"


def other_policy(git: Git, name: str) -> tuple[Source, ...]:
    """The policy files that a name stands for.

    Raises:
        UsageError: there is neither such a file nor such a revision, or both.
        AgentownersError: it cannot be read.
    """
    is_file = os.path.isfile(name)
    try:
        with Objects.of(git) as objects:
            revision = resolve(objects, name)
            if not is_file:
                return on_revision(objects, revision)
    except GitError as error:
        if not is_file:
            raise UsageError(f"`--compare {name}`: {error.message}", help="name a policy file, or a revision") from None
        return from_disk([name])
    raise UsageError(
        f"`--compare {name}` may be a file or a revision", help=f"write `./{name}` for the file, or the revision's id"
    )
