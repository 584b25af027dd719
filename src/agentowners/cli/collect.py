"""Reads the change that a command line names, from disk and from the local repository."""

from __future__ import annotations

from agentowners.cli.request import Request
from agentowners.cli.shell import UsageError
from agentowners.cli.subject import Subject


def collect(request: Request) -> Subject:
    """Read the change and the policy files that apply to it.

    Raises:
        AgentownersError: it cannot be read, or not whole.
    """
    if request.base is not None:
        from agentowners.cli.ranges import of_range

        return of_range(request, request.base)
    if request.changes is not None:
        from agentowners.cli.lists import of_list

        return of_list(request, request.changes)
    if request.event is not None:
        from agentowners.cli.recorded import of_event

        return of_event(request, request.event)
    raise UsageError("no change was named", help="give one of `--base`, `--changes` and `--event`")
