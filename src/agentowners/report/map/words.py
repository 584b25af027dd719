"""Words for what a map shows."""

from __future__ import annotations

from typing import Final

from agentowners.map.model import Shade
from agentowners.policy.model import Action
from agentowners.report.diff.words import decision_words

_TO_DO: Final = {
    Action.FILE_READ: "read",
    Action.FILE_WRITE: "write",
    Action.FILE_CREATE: "create",
    Action.FILE_MODIFY: "change",
    Action.FILE_DELETE: "delete",
    Action.FILE_RENAME: "rename",
    Action.SHELL_EXECUTE: "run",
}


def action_words(action: Action) -> str:
    """A verb for an action."""
    return _TO_DO[action]


def shade_words(shade: Shade) -> str:
    """``2 approvals of @acme/sre``; with ``would be`` before it where nothing is enforced."""
    words = decision_words(shade.demands)
    return f"would be {words}, only observed" if shade.observed else words
