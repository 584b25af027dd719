"""Reading what a command is given to judge."""

from __future__ import annotations

import sys

from agentowners.cli.policies import reason
from agentowners.diagnostics import AgentownersError


def read_input(path: str, what: str, most: int = -1) -> bytes:
    """The bytes of a file, or of standard input where its name is ``-``; not more than ``most``, unless that is -1.

    Raises:
        AgentownersError: it cannot be read.
    """
    try:
        if path == "-":
            if sys.stdin is None:
                raise AgentownersError(f"the {what} cannot be read: standard input is closed")
            return sys.stdin.buffer.read(most)
        with open(path, "rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        raise AgentownersError(f"the {what} `{path}` cannot be read: {reason(error)}") from None
