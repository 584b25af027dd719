"""A branch's record of who moved it, as far as it can be read."""

from __future__ import annotations

from typing import Final

from agentowners.action.host import Host
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.model import Activity, MergedPull, Pull

UNTOLD: Final = (Trouble.FORBIDDEN, Trouble.NOT_FOUND, Trouble.INCOMPLETE, Trouble.INVALID)
"""Troubles that mean that GitHub does not tell."""


def read_record(host: Host, pull: Pull | MergedPull) -> tuple[list[Activity], str | None]:
    """The moves of the head branch, newest first, and why they are not all, for people.

    Raises:
        PlatformError: GitHub does not answer.
    """
    found: list[Activity] = []
    try:
        for move in host.pulls.activity(pull):
            found.append(move)
    except PlatformError as error:
        if error.trouble not in UNTOLD:
            raise
        return found, _why(pull, error)
    return found, None


def _why(pull: Pull | MergedPull, error: PlatformError) -> str:
    if pull.head_repository is None:
        return "the fork is gone"
    if error.trouble is Trouble.INCOMPLETE:
        return error.message
    return f"the token may not read the activity of `{pull.head_repository}` (`contents: read`)"
