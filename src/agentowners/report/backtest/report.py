"""A backtest with what it was made from."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from agentowners.backtest.sums import Backtest
from agentowners.diagnostics import Source


class BacktestReport(Struct, frozen=True):
    """Findings of a replay, the policies that were replayed, and how far it went."""

    sums: Backtest
    sources: tuple[Source, ...]
    ref: str
    """Full name of the branch whose changes were replayed."""
    asked: int
    """Changes that were to be judged."""
    interrupted: bool = False
    shallow_since: int | None = None
    """When the oldest change that a shallow clone has was merged, in seconds since 1970; None for a whole one."""
    by_github: bool = False
    """True where GitHub told who approved; False where git alone was asked."""
    other: tuple[Source, ...] | None = None
    """The files of the policy that it is compared with."""
    other_name: str | None = None
    repository: str | None = None
    texts: Mapping[str, str] = {}
    """Text of each rule that restricted something, by its id."""
