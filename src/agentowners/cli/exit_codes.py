"""Exit codes, for scripts."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from agentowners.policy.model import Decision


class ExitCode(IntEnum):
    """Exit codes of every command; part of the interface, never renumbered."""

    ALLOWED = 0
    """Judged, and nothing stands in the way (or: the command did what it was asked)."""
    FAILED = 1
    """The tool failed: no verdict was reached."""
    USAGE = 2
    """The command line was not understood."""
    BLOCKED = 3
    """A file is blocked."""
    APPROVAL_REQUIRED = 4
    """Nothing is blocked, and approvals are needed."""
    POLICY_INVALID = 5
    """The policy does not parse."""
    NOT_PROVED = 6
    """A check does not hold: a test case fails, ``lint`` warns, ``fmt --check`` finds another form, a token is refused."""
    CONFLICT = 7
    """Nothing is blocked or waited for, but the change conflicts with the branch it goes to."""
    INTERRUPTED = 130
    """Ended by the keyboard."""


def exit_code_of(decision: Decision) -> ExitCode:
    """The exit code of a decision."""
    from agentowners.policy.model import Decision

    match decision:
        case Decision.ALLOW:
            return ExitCode.ALLOWED
        case Decision.REQUIRE_APPROVAL:
            return ExitCode.APPROVAL_REQUIRED
        case Decision.BLOCK:
            return ExitCode.BLOCKED
        case _:
            assert_never(decision)
