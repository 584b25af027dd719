"""A backtest with what it was made from, and words for what it sums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from msgspec import Struct

from agentowners.backtest.model import Fate, JudgedChange, ReplayedChange, day_of
from agentowners.backtest.sums import Backtest, FateCounts
from agentowners.diagnostics import Source
from agentowners.report.shared.cut import count, first


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

    @property
    def is_compared(self) -> bool:
        """True where another policy was replayed too."""
        return self.other_name is not None

    @property
    def fates(self) -> list[str]:
        """Names of the counts of changes that rules restrict."""
        return ["blocked", "waited", *(["approved"] if self.by_github else [])]

    @property
    def compared(self) -> list[str]:
        """Names of the counts that a comparison adds."""
        return ["looser", "stricter"] if self.is_compared else []

    @property
    def listed(self) -> list[ReplayedChange]:
        """Changes that something restricts; of a comparison those that differ."""
        return [each for each in self.sums.listed if not self.is_compared or (each.before and each.now.rank != each.before.rank)]


def worst_first(rows: Mapping[str, FateCounts]) -> list[tuple[str, FateCounts]]:
    """Those first that hold up most."""
    return sorted(rows.items(), key=lambda row: (-row[1].blocked, -row[1].held, -row[1].changes, row[0]))


def day(seconds: int | None) -> str:
    """``2026-03-14``, in UTC."""
    return (None if seconds is None else day_of(seconds)) or "an unknown day"


def fate_words(judged: JudgedChange) -> str:
    """``blocked``, ``2 approvals needed``."""
    match judged.fate:
        case Fate.ALLOWED:
            return "allowed"
        case Fate.APPROVED:
            return f"{count(judged.approvals, 'approval')} needed, and given"
        case Fate.WAITED:
            return f"{count(judged.approvals, 'approval')} needed"
        case Fate.BLOCKED:
            return "blocked"
        case _:
            assert_never(judged.fate)


def short_id(id: str) -> str:
    """The beginning of a commit's id; a pull request's number as it is."""
    return id if id.startswith("#") else id[:7]


def headline(report: BacktestReport) -> str:
    """Scope of what was replayed: changes, branch, days, and by whose word."""
    sums = report.sums
    what = "merged pull request" if report.by_github else "merged change"
    how = "" if report.by_github else ", judged by git alone"
    when = f", {day(sums.first)} to {day(sums.last)}" if sums.total.changes else ""
    return f"{count(sums.total.changes, what)} of {report.ref}{when}{how}"


def remarks(report: BacktestReport) -> list[str]:
    """Reasons why the picture is not whole, a line each."""
    sums = report.sums
    lines = []
    judged = sums.total.changes + sums.cut + len(sums.failed)
    if report.interrupted:
        lines.append(f"interrupted: {judged:,} of {count(report.asked, 'change')} were looked at, the newest first")
    if sums.ended is not None:
        lines.append(f"ended early: {sums.ended}")
    if report.shallow_since is not None:
        lines.append(
            f"this clone is shallow: its history begins on {day(report.shallow_since)}; `git fetch --unshallow` gets the rest"
        )
    if sums.cut:
        lines.append(f"not judged since the clone lacks some of their commits: {count(sums.cut, 'change')}")
    lines += first(sums.failed, 5, lambda failed: f"not judged: {short_id(failed[0])}: {failed[1]}", "not judged: {} more")
    if not report.by_github and sums.total.waited:
        lines.append("git does not tell who approved: whatever needs approvals counts as waiting; `--github` asks who gave them")
    return lines
