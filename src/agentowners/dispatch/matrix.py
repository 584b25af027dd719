"""Strength of a policy at each place that enforces it, for each kind of access: the one source of every text about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.dispatch.clients import CLIENTS, AccessKind, guarantees
from agentowners.dispatch.model import Client
from agentowners.policy.model import Action, Mode
from agentowners.proof.mode_guide import Hold, HoldEntry

ACTIONS: Final = {
    AccessKind.WRITE: Action.FILE_WRITE,
    AccessKind.READ: Action.FILE_READ,
    AccessKind.COMMAND: Action.SHELL_EXECUTE,
}
"""Actions of rules by the kind of access they are for; the other kinds have none."""


class Enforcer(Enum):
    """Place at which a policy may be enforced."""

    OWN_APP = "gate, with an App of its own"
    ACTIONS_TOKEN = "gate, with the Actions token"  # noqa: S105 (a name, not a secret)
    FORK = "gate, in a fork's own run"
    HOOK = "hook"
    GATEWAY = "gateway between client and tools"


class MatrixRow(Struct, frozen=True):
    """One place, with what holds there."""

    enforcer: Enforcer
    cells: Mapping[AccessKind, HoldEntry]
    client: Client | None = None
    """The client whose hook it is."""

    @property
    def where(self) -> str:
        """The place, for people."""
        return self.enforcer.value if self.client is None else f"{self.enforcer.value} in {CLIENTS[self.client].name}"


_PULL_REQUEST: Final = {
    AccessKind.READ: HoldEntry(Hold.UNAVAILABLE, "a pull request reads nothing"),
    AccessKind.COMMAND: HoldEntry(Hold.UNAVAILABLE, "a pull request runs nothing"),
    AccessKind.SERVER: HoldEntry(Hold.UNAVAILABLE, "a pull request calls nothing"),
    AccessKind.NETWORK: HoldEntry(Hold.UNAVAILABLE, "only the files that open access are seen"),
}
_WRITES: Final = {
    Enforcer.OWN_APP: HoldEntry(Hold.STRONG, "where the check is required of that App, nothing lands without its word"),
    Enforcer.ACTIONS_TOKEN: HoldEntry(Hold.BEST_EFFORT, "any workflow that may write checks can speak under the same name"),
    Enforcer.FORK: HoldEntry(Hold.BEST_EFFORT, "its token writes no check: the job itself has to be required"),
}
_ELSEWHERE: Final = HoldEntry(Hold.UNAVAILABLE, "it sees the calls of its server, and none of the client's own tools")
_GATEWAY: Final = {
    **dict.fromkeys((AccessKind.WRITE, AccessKind.READ, AccessKind.COMMAND), _ELSEWHERE),
    AccessKind.SERVER: HoldEntry(
        Hold.BEST_EFFORT, "what is asked of an honest server; another one is a program with your rights"
    ),
    AccessKind.NETWORK: HoldEntry(Hold.UNAVAILABLE, "no rule speaks of it; a sandbox does"),
}
_NOT_BUILT: Final = HoldEntry(Hold.NOT_BUILT, "there is no such command yet")
_NOTHING: Final = HoldEntry(Hold.UNAVAILABLE, "it enforces nothing, on purpose")


def matrix(commands: Collection[str], mode: Mode | None = None) -> tuple[MatrixRow, ...]:
    """The whole matrix.

    Args:
        commands: names of the commands there are; what takes one that there is not is not built.
        mode: of what; of a mode that enforces nothing, nothing holds anywhere. None for any rule.
    """
    gateway = _GATEWAY if "mcp-gateway" in commands else dict.fromkeys(_GATEWAY, _NOT_BUILT)
    rows = (
        *(MatrixRow(place, {AccessKind.WRITE: entry, **_PULL_REQUEST}) for place, entry in _WRITES.items()),
        *(MatrixRow(Enforcer.HOOK, guarantees(client), client) for client in CLIENTS),
        MatrixRow(Enforcer.GATEWAY, gateway),
    )
    if mode is not Mode.OBSERVE_ONLY:
        return rows
    return tuple(replace(row, cells=dict.fromkeys(row.cells, _NOTHING)) for row in rows)
