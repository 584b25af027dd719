"""A backtest as JSON, schema version 1: ``schemas/backtest-1.schema.json`` describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypedDict

from msgspec import to_builtins

from agentowners import __version__
from agentowners.backtest.model import JudgedChange, ReplayedChange
from agentowners.backtest.sums import FateCounts
from agentowners.documents import Count, says
from agentowners.report.backtest.report import BacktestReport, day, remarks
from agentowners.report.diff.document import ComparedPolicyJson
from agentowners.report.diff.json import policy_entry
from agentowners.report.shared.json_text import encode, json_lines
from agentowners.report.verdict.document import DecisionWord


class FatesJson(TypedDict):
    """Changes by fate."""

    blocked: Count
    waited: Annotated[Count, says("Approvals were asked for, and are not known to be given.")]
    approved: Annotated[Count, says("Approvals were asked for, and given before the merge; known by GitHub's evidence only.")]
    allowed: Count
    looser: Annotated[Count, says("Milder than under the policy that is compared with.")]
    stricter: Annotated[Count, says("Stricter than under it.")]


class FateRowJson(FatesJson):
    """Changes by fate, of one month, contributor, rule or folder."""

    name: str


class RestrictionJson(TypedDict):
    """Files that rules restrict for one contributor."""

    decision: DecisionWord
    principal: str
    rules: Annotated[list[str], says("Ids of the rules that carry the decision.")]
    folders: list[str]
    files: Count
    example: Annotated[str, says("Path of one of the files.")]


class JudgedJson(TypedDict):
    """Fate of a change under a policy."""

    fate: Literal["allowed", "approved", "waited", "blocked"]
    approvals: Annotated[Count, says("As many as are asked for.")]
    observed: Annotated[bool, says("True where layers that only observe decide so.")]
    principals: Annotated[list[str], says("Everybody who is judged; people by their group.")]
    restrictions: list[RestrictionJson]


class ReplayedJson(JudgedJson):
    """A merged change and its fate."""

    id: Annotated[str, says("The commit's id, or `#7` for a pull request.")]
    title: str
    merged: Annotated[str, says("Day in UTC: `2026-01-31`.")]
    before: Annotated[JudgedJson | None, says("The same under the policy that is compared with.")]


class NotJudgedChangeJson(TypedDict):
    """A change that could not be judged."""

    id: str
    why: str


class NotJudgedJson(TypedDict):
    """Changes that were left out."""

    cut: Annotated[Count, says("Those of which the clone lacks commits.")]
    failed: list[NotJudgedChangeJson]


class BacktestJson(TypedDict):
    """Printed by `agentowners backtest --format json`."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    engine: Annotated[str, says("Version of the tool.")]
    repository: str | None
    ref: Annotated[str, says("Full name of the branch whose changes were replayed.")]
    evidence: Annotated[Literal["git", "github"], says("By whose word changes were judged.")]
    policy: ComparedPolicyJson
    compared_with: Annotated[ComparedPolicyJson | None, says("The older policy; null where there is none.")]
    asked: Annotated[Count, says("Changes that were to be judged.")]
    interrupted: Annotated[bool, says("True where somebody ended it before all were judged.")]
    first: Annotated[str | None, says("Day on which the oldest change that was judged was merged.")]
    last: Annotated[str | None, says("Day on which the newest one was merged.")]
    shallow_since: Annotated[str | None, says("Day on which the history of a shallow clone begins; null for a whole one.")]
    not_judged: NotJudgedJson
    remarks: Annotated[list[str], says("Reasons why the picture is not whole, for people.")]
    total: FatesJson
    months: Annotated[list[FateRowJson], says("By month of the merge.")]
    principals: Annotated[list[FateRowJson], says("By contributor.")]
    rules: Annotated[list[FateRowJson], says("By the rules that restrict something.")]
    folders: Annotated[list[FateRowJson], says("By folder in which something is restricted.")]
    changes: Annotated[list[ReplayedJson], says("Those that something restricts, under either policy, the newest first.")]
    unlisted: Annotated[Count, says("Further changes of that kind.")]


def backtest_json(report: BacktestReport) -> Iterator[str]:
    """The document in pieces of ASCII text; ends in a newline."""
    sums = report.sums
    document: BacktestJson = {
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
        "changes": [],
        "unlisted": sums.unlisted,
    }
    return json_lines(document, {"changes": (encode(_change(each)) for each in sums.listed)})


def _rows(rows: Mapping[str, FateCounts]) -> list[FateRowJson]:
    return [{"name": name, **_counts(counts)} for name, counts in rows.items()]


def _counts(counts: FateCounts) -> FatesJson:
    fates: FatesJson = to_builtins(counts)
    return fates


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
        "restrictions": to_builtins(judged.restrictions),
    }
