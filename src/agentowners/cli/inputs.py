"""Reading what a command is given to judge."""

from __future__ import annotations

import sys

from agentowners.diagnostics import AgentownersError
from agentowners.text.wording import reason


def read_input(path: str, what: str, most: int = -1) -> bytes:
    """The bytes of a file, or of standard input where its name is ``-``; not more than ``most``, unless that is -1."""
    if path != "-":
        return read_file(path, what, most)
    if sys.stdin is None:
        raise AgentownersError(f"the {what} cannot be read: standard input is closed")
    try:
        return sys.stdin.buffer.read(most)
    except (OSError, ValueError) as error:
        raise _failed(path, what, error) from None


def read_file(path: str, what: str, most: int = -1) -> bytes:
    """The bytes of a file, whatever its name."""
    try:
        with open(path, "rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        raise _failed(path, what, error) from None


def text_of(path: str) -> str | None:
    """The text of a file, its first MiB; None where it cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(1 << 20)
    except (OSError, ValueError):
        return None


def _failed(path: str, what: str, error: OSError | ValueError) -> AgentownersError:
    return AgentownersError(f"the {what} `{path}` cannot be read: {reason(error)}")
