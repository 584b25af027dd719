"""The inbox on a terminal: the same words as without one, in frames and colours."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from agentowners.proposals.model import KeptProposal, ProposalState
from agentowners.report.proposal.text import ReviewSection, row_cells

_STATES = {
    ProposalState.PENDING: "bold yellow",
    ProposalState.APPROVED: "bold green",
    ProposalState.REJECTED: "bold red",
    ProposalState.SUPERSEDED: "dim",
    ProposalState.STALE: "dim",
}
_WORDS = (("looser:", "bold red"), ("stricter:", "bold green"), ("violates", "bold red"), ("+", "green"), ("-", "red"))


def show_list(rows: Sequence[tuple[KeptProposal, ProposalState, str]], rest: Sequence[str]) -> None:
    """Show proposals as a table, and lines below it."""
    table = Table("proposal", "state", "who says it is theirs", "handed in", "because")
    for kept, state, when in rows:
        id, word, who, at, why = row_cells(kept, state, when)
        table.add_row(Text(id), Text(word, _STATES[state]), Text(who), Text(at), Text(why))
    console = Console(highlight=False)
    console.print(table)
    for line in rest:
        console.print(Text(line))


def show_review(shown: Sequence[ReviewSection]) -> None:
    """Show what has to be seen before a decision, a frame for each part."""
    console = Console(highlight=False)
    for section in shown:
        body = Text("\n").join(Text(line, _style(line)) for line in section.lines)
        console.print(Panel(body, title=Text(section.heading), title_align="left"))


def _style(line: str) -> str:
    return next((style for word, style in _WORDS if line.startswith(word)), "")
