"""Numbers on the command line."""

from __future__ import annotations

import re

from agentowners.cli.shell import UsageError


def whole_number(option: str, given: str, *, least: int = 0) -> int:
    """The number that an option was given.

    Raises:
        UsageError: it is none, or less than ``least``, or has more than nine digits.
    """
    if not re.fullmatch(r"[0-9]{1,9}", given, re.ASCII) or int(given) < least:
        raise UsageError(f"`{option}` cannot be `{given}`", help=f"give a number, from {least}")
    return int(given)
