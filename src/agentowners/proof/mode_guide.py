"""Modes in words and as rules, and how much of each holds where it is enforced: the one source of every text about it."""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

from agentowners.policy.builtin import protected_patterns
from agentowners.policy.model import Action, Mode, ModeLine, Rule
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


class Enforcer(Enum):
    """Place at which a mode may be enforced."""

    OWN_APP = "gate, with an App of its own"
    ACTIONS_TOKEN = "gate, with the Actions token"  # noqa: S105 (a name, not a secret)
    FORK = "gate, in a fork's own run"
    HOOK = "hook in the agent's client"
    GATEWAY = "gateway between client and tools"


class Hold(Enum):
    """Strength with which it holds."""

    STRONG = "strong"
    BEST_EFFORT = "best effort"
    UNAVAILABLE = "unavailable"
    NOT_BUILT = "not built"


class HoldEntry(Struct, frozen=True):
    """A cell of the matrix."""

    hold: Hold
    why: str


MATRIX: Final = {
    Enforcer.OWN_APP: {
        Action.FILE_WRITE: HoldEntry(Hold.STRONG, "where the check is required of that App, nothing lands without its word"),
        Action.FILE_READ: HoldEntry(Hold.UNAVAILABLE, "a pull request reads nothing"),
        Action.SHELL_EXECUTE: HoldEntry(Hold.UNAVAILABLE, "a pull request runs nothing"),
    },
    Enforcer.ACTIONS_TOKEN: {
        Action.FILE_WRITE: HoldEntry(Hold.BEST_EFFORT, "any workflow that may write checks can speak under the same name"),
        Action.FILE_READ: HoldEntry(Hold.UNAVAILABLE, "a pull request reads nothing"),
        Action.SHELL_EXECUTE: HoldEntry(Hold.UNAVAILABLE, "a pull request runs nothing"),
    },
    Enforcer.FORK: {
        Action.FILE_WRITE: HoldEntry(Hold.BEST_EFFORT, "its token writes no check: the job itself has to be required"),
        Action.FILE_READ: HoldEntry(Hold.UNAVAILABLE, "a pull request reads nothing"),
        Action.SHELL_EXECUTE: HoldEntry(Hold.UNAVAILABLE, "a pull request runs nothing"),
    },
    Enforcer.HOOK: {
        Action.FILE_WRITE: HoldEntry(Hold.BEST_EFFORT, "a guard rail: who can start the client otherwise gets around it"),
        Action.FILE_READ: HoldEntry(Hold.UNAVAILABLE, "a mode says nothing about reading: a rule can"),
        Action.SHELL_EXECUTE: HoldEntry(Hold.BEST_EFFORT, "judged as what it writes, as far as that can be told"),
    },
    Enforcer.GATEWAY: {
        action: HoldEntry(Hold.NOT_BUILT, "there is no gateway yet")
        for action in (Action.FILE_WRITE, Action.FILE_READ, Action.SHELL_EXECUTE)
    },
}
"""Strength of a mode at each place, for each action at a boundary."""


def rules_of(mode: Mode, who: PrincipalPattern | None = None) -> tuple[Rule, ...]:
    """The rules that a mode compiles to without any patterns, for a principal (every agent, unless said)."""
    line = ModeLine(mode, (who or PrincipalPattern("agents"),), id="mode:1")
    return compile_mode(line, protected_patterns(()))


def holds(mode: Mode) -> dict[Enforcer, dict[Action, HoldEntry]]:
    """The matrix of a mode: of one that enforces nothing, nothing holds anywhere."""
    if mode is not Mode.OBSERVE_ONLY:
        return MATRIX
    entry = HoldEntry(Hold.UNAVAILABLE, "it enforces nothing, on purpose")
    return {place: dict.fromkeys(cells, entry) for place, cells in MATRIX.items()}
