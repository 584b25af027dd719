"""The matrix of what holds where, in each format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Final, TypedDict

from agentowners.dispatch.clients import CLIENTS, AccessKind
from agentowners.dispatch.matrix import ACTIONS, MatrixRow
from agentowners.documents import one_of, says
from agentowners.proof.mode_guide import Hold
from agentowners.report.shared.tables import table
from agentowners.values import gathered

TITLE: Final = "Where a policy holds"
_WIDTH: Final = max(len(kind.value) for kind in AccessKind)


class EnforcedJson(TypedDict):
    """Hold that a policy has on an access at one place."""

    where: Annotated[str, says("The place, for people.")]
    enforcer: Annotated[str, one_of("own_app", "actions_token", "fork", "hook", "gateway")]
    client: Annotated[str | None, says("The client whose hook it is, else null.")]
    access: Annotated[str, one_of(AccessKind)]
    action: Annotated[str | None, says("The action of rules for it, null where there is none.")]
    holds: Annotated[str, one_of(Hold)]
    why: str


def matrix_text(rows: Sequence[MatrixRow]) -> Iterator[str]:
    """Lines for a terminal: each place, and below it what holds there and why."""
    for row in rows:
        yield ""
        yield f"  {row.where}"
        for kind, entry in row.cells.items():
            yield f"    {kind.value:{_WIDTH}}  {entry.hold.value:11}  {entry.why}"
        if row.client is not None:
            yield f"    never seen by its hooks: {'; '.join(CLIENTS[row.client].unseen)}"


def matrix_lines(rows: Sequence[MatrixRow]) -> Iterator[str]:
    """Lines for a terminal, one for each place, without the reasons."""
    for row in rows:
        holds = gathered((entry.hold.value, kind.value) for kind, entry in row.cells.items())
        words = [f"{hold}: {', '.join(kinds)}" for hold, kinds in holds.items()]
        yield f"  - {row.where}: {'; '.join(words)}"


def matrix_table(rows: Sequence[MatrixRow]) -> str:
    """A table in Markdown, without the reasons."""
    heads = ("where", *(kind.value for kind in AccessKind))
    return table(heads, ((row.where, *(row.cells[kind].hold.value for kind in AccessKind)) for row in rows))


def matrix_json(rows: Sequence[MatrixRow]) -> list[EnforcedJson]:
    """Every cell, with the place, the access and its action."""
    return [
        {
            "where": row.where,
            "enforcer": row.enforcer.name.lower(),
            "client": None if row.client is None else row.client.value,
            "access": kind.value,
            "action": ACTIONS[kind].value if kind in ACTIONS else None,
            "holds": entry.hold.value,
            "why": entry.why,
        }
        for row in rows
        for kind, entry in row.cells.items()
    ]
