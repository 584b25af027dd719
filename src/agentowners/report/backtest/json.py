"""A backtest as JSON, schema version 1: ``schemas/backtest-1.schema.json`` describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from agentowners import __version__
from agentowners.backtest.model import JudgedChange, ReplayedChange
from agentowners.backtest.sums import FateCounts
from agentowners.report.backtest.report import BacktestReport
from agentowners.report.backtest.words import day, remarks
from agentowners.report.diff.json import policy_entry
from agentowners.report.shared.json_text import encode, json_lines

if TYPE_CHECKING:
    from agentowners.report.backtest.document import FateRowJson, FatesJson, JudgedJson, ReplayedJson


def backtest_json(report: BacktestReport) -> Iterator[str]:
    """The document in pieces of ASCII text; ends in a newline."""
    sums = report.sums
    head = {
        "schema": 1,
        "engine": __version__,
        "repository": report.repository,
        "ref": report.ref,
        "evidence": "github" if report.by_github else "git",
        "policy": policy_entry(report.sources, __version__),
        "compared_with": None if report.other is None else policy_entry(report.other, __version__),
        "asked": report.asked,
        "interrupted": report.interrupted,
        "first": None if sums.first is None else day(sums.first),
        "last": None if sums.last is None else day(sums.last),
        "shallow_since": None if report.shallow_since is None else day(report.shallow_since),
        "not_judged": {"cut": sums.cut, "failed": [{"id": id, "why": why} for id, why in sums.failed]},
        "remarks": remarks(report),
        "total": _counts(sums.total),
        "months": _rows(dict(sorted(sums.months.items()))),
        "principals": _rows(sums.principals),
        "rules": _rows(sums.rules),
        "folders": _rows(sums.folders),
    }
    entries = (encode(_change(each)) for each in sums.listed)
    return json_lines(head, "changes", entries, {"unlisted": sums.unlisted})


def _rows(rows: Mapping[str, FateCounts]) -> list[FateRowJson]:
    return [{"name": name, **_counts(counts)} for name, counts in rows.items()]


def _counts(counts: FateCounts) -> FatesJson:
    return {
        "blocked": counts.blocked,
        "waited": counts.waited,
        "approved": counts.approved,
        "allowed": counts.allowed,
        "looser": counts.looser,
        "stricter": counts.stricter,
    }


def _change(each: ReplayedChange) -> ReplayedJson:
    return {
        "id": each.id,
        "title": each.title,
        "merged": day(each.merged),
        **_judged(each.now),
        "before": None if each.before is None else _judged(each.before),
    }


def _judged(judged: JudgedChange) -> JudgedJson:
    return {
        "fate": judged.fate.value,
        "approvals": judged.approvals,
        "observed": judged.observed,
        "principals": list(judged.principals),
        "restrictions": [
            {
                "decision": restriction.decision.value,
                "principal": restriction.principal,
                "rules": list(restriction.rules),
                "folders": list(restriction.folders),
                "files": restriction.files,
                "example": restriction.example,
            }
            for restriction in judged.restrictions
        ],
    }
