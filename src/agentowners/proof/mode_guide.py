"""Modes in words and as rules, and the words for how much of them holds."""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

from agentowners.policy.builtin import protected_patterns
from agentowners.policy.model import Mode, ModeLine, Rule
from agentowners.policy.modes import compile_mode
from agentowners.policy.patterns import PrincipalPattern

WORDS: Final = {
    Mode.READ_ONLY: "change nothing",
    Mode.WORKSPACE_WRITE: "change the workspace; everything else needs approval",
    Mode.REVIEWED_EGRESS: "as workspace-write; whatever opens new external access needs approval",
    Mode.APPROVED_ONLINE: "as reviewed-egress, with exceptions that are approved already",
    Mode.OBSERVE_ONLY: "everything: the layer reports what it would say, and enforces none of it",
}
"""Permissions of whoever it is declared for."""


class Hold(Enum):
    """Strength with which it holds."""

    STRONG = "strong"
    BEST_EFFORT = "best-effort"
    UNAVAILABLE = "unavailable"
    NOT_BUILT = "not built"


class HoldEntry(Struct, frozen=True):
    """A cell of the matrix."""

    hold: Hold
    why: str


def rules_of(mode: Mode) -> tuple[Rule, ...]:
    """The rules that a mode compiles to without any patterns, for every agent."""
    return compile_mode(ModeLine(mode, (PrincipalPattern("agents"),), id="mode:1"), protected_patterns(()))
