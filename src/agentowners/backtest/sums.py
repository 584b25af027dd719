"""Sums over merged changes: by month, contributor, rule and folder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field

from agentowners.backtest.model import Fate, JudgedChange, Rank, ReplayedChange, month_of
from agentowners.policy.model import Decision

MOST_KEPT: Final = 2_000
"""Changes that are listed one by one; sums are over all."""


class FateCounts(Struct):
    """Changes by their fate, and by how it differs under the policy that is compared."""

    blocked: int = 0
    waited: int = 0
    approved: int = 0
    allowed: int = 0
    looser: int = 0
    stricter: int = 0

    @property
    def changes(self) -> int:
        """All of them."""
        return self.allowed + self.approved + self.waited + self.blocked

    @property
    def held(self) -> int:
        """Those that would not have been merged as they were."""
        return self.waited + self.blocked

    def add(self, fate: Fate, rank: Rank = (0, 0), before: Rank | None = None) -> None:
        """Count a change; the ranks say how it fares now, and under the policy that is compared."""
        setattr(self, fate.value, getattr(self, fate.value) + 1)
        if before is not None:
            self.looser += rank < before
            self.stricter += rank > before


class Backtest(Struct):
    """Everything that a replay finds out, as it goes; memory is bounded by how many rules, folders and agents there are."""

    total: FateCounts = field(default_factory=FateCounts)
    months: dict[str, FateCounts] = {}
    principals: dict[str, FateCounts] = {}
    rules: dict[str, FateCounts] = {}
    """By the ids of rules that restrict something."""
    folders: dict[str, FateCounts] = {}
    """By folder in which something is restricted."""
    listed: list[ReplayedChange] = []
    """Changes that something restricts, or that differ, as they came."""
    unlisted: int = 0
    """Changes of that kind beyond ``MOST_KEPT``."""
    cut: int = 0
    """Changes that were not judged since the clone lacks some of their commits."""
    failed: list[tuple[str, str]] = []
    """Changes that could not be judged: id and reason."""
    ended: str | None = None
    """Reason why it ended before everything was looked at."""
    is_broken: bool = False
    """True where that is a failure, and no limit of ours."""
    first: int | None = None
    """When the oldest was merged, in seconds since 1970."""
    last: int | None = None

    def add(self, replayed: ReplayedChange) -> None:
        """Count a change."""
        now, before = replayed.now, replayed.before
        self.first = replayed.merged if self.first is None else min(self.first, replayed.merged)
        self.last = replayed.merged if self.last is None else max(self.last, replayed.merged)
        for row in (self.total, self.months.setdefault(month_of(replayed.merged), FateCounts())):
            row.add(now.fate, now.rank, None if before is None else before.rank)
        own, own_before = fates_of(now), {} if before is None else fates_of(before)
        for name in now.principals:
            fate = own.get(name, Fate.ALLOWED)
            then = None if before is None else _rank(own_before.get(name, Fate.ALLOWED), before)
            self.principals.setdefault(name, FateCounts()).add(fate, _rank(fate, now), then)
        fates = [(each, _fate(each.decision, now)) for each in now.restrictions]
        by_rule = _strictest((rule, fate) for each, fate in fates for rule in each.rules)
        by_folder = _strictest((folder, fate) for each, fate in fates for folder in each.folders)
        for counts, names in ((self.rules, by_rule), (self.folders, by_folder)):
            for name, fate in names.items():
                counts.setdefault(name, FateCounts()).add(fate)
        if now.restrictions or (before is not None and before.restrictions):
            if len(self.listed) < MOST_KEPT:
                self.listed.append(replayed)
            else:
                self.unlisted += 1


def fates_of(judged: JudgedChange) -> dict[str, Fate]:
    """For each contributor whom something restricts the fate that the change has for that alone."""
    return _strictest((each.principal, _fate(each.decision, judged)) for each in judged.restrictions)


def _strictest(pairs: Iterable[tuple[str, Fate]]) -> dict[str, Fate]:
    fates: dict[str, Fate] = {}
    for name, fate in pairs:
        if name not in fates or fate.strictness > fates[name].strictness:
            fates[name] = fate
    return fates


def _fate(decision: Decision, judged: JudgedChange) -> Fate:
    if decision is Decision.BLOCK:
        return Fate.BLOCKED
    return Fate.APPROVED if judged.approvals_given else Fate.WAITED


def _rank(fate: Fate, judged: JudgedChange) -> Rank:
    return fate.strictness, 0 if fate is Fate.ALLOWED else judged.approvals
