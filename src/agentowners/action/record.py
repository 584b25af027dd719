"""A branch's record of who moved it, as far as it can be read."""

from __future__ import annotations

from typing import Final

from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import Activity

UNTOLD: Final = (Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.INCOMPLETE, Trouble.INVALID)
"""Troubles that mean that GitHub does not tell."""


def read_record(host: GitHubHost, repository: str | None, branch: str) -> tuple[list[Activity], str | None]:
    """The moves of a branch, newest first, and why they are not all, for people; ``repository`` is None for a fork that is gone.

    Raises:
        PlatformError: GitHub does not answer.
    """
    if repository is None:
        return [], "the fork is gone"
    found: list[Activity] = []
    try:
        for move in host.pulls.activity(repository, branch):
            found.append(move)
    except PlatformError as error:
        if error.trouble not in UNTOLD:
            raise
        if error.trouble is Trouble.INCOMPLETE:
            return found, error.message
        return found, f"the token may not read the activity of `{repository}` (`contents: read`)"
    return found, None
