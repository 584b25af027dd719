"""A map as JSON, schema version 1: ``schemas/map-1.schema.json`` describes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentowners import __version__
from agentowners.map.counting import Counting, FileCounts
from agentowners.map.folders import folders_of
from agentowners.map.model import Shade
from agentowners.report.diff.json import policy_entry
from agentowners.report.map.report import MapReport
from agentowners.report.shared.json_text import Json, encode, members
from agentowners.report.verdict.json import rule_entry

if TYPE_CHECKING:
    from agentowners.report.map.document import CountsJson, ShadeJson


def map_json(report: MapReport) -> Iterator[str]:
    """The document in pieces of ASCII text, so that a large demand is never held as text; ends in a newline."""
    chart = report.chart
    root = folders_of(chart)
    counts = [Counting(chart, place) for place in range(len(chart.standpoints))]
    head = {
        "schema": 1,
        "engine": __version__,
        "action": chart.action.value,
        "policy": policy_entry(report.sources, __version__),
        "compared_with": None if report.other is None else policy_entry(report.other, __version__),
        "shades": [_shade(shade) for shade in chart.shades],
        "standpoints": [
            {
                "principal": each.principal,
                "ref": each.ref,
                "counts": _counts(counts[place].of(root.classes)),
                "shades": list(chart.now[place]),
                "shades_before": None if chart.before is None else list(chart.before[place]),
            }
            for place, each in enumerate(chart.standpoints)
        ],
    }
    yield f"{{{members(head)},\n "
    folders = (
        {"path": folder.path or "/", "counts": [_counts(each.of(folder.classes)) for each in counts]}
        for _, folder in root.walk(report.depth)
    )
    yield from _list("folders", folders)
    yield ",\n "
    yield from _list("files", ({"path": path, "class": number} for path, number in zip(chart.paths, chart.classes, strict=True)))
    yield "}\n"


def _list(name: str, entries: Iterator[Json]) -> Iterator[str]:
    yield f'"{name}": ['
    separator = ""
    for entry in entries:
        yield f"{separator}\n  {encode(entry)}"
        separator = ","
    yield "\n ]" if separator else "]"


def _shade(shade: Shade) -> ShadeJson:
    return {
        "decision": shade.decision.value,
        "observed": shade.observed,
        "obligations": [
            {"count": demand.count, "approvers": [f"@{who}" for who in sorted(demand.approvers)]}
            for demand in sorted(shade.demands, key=lambda demand: (-demand.count, sorted(demand.approvers)))
            if not demand.blocks
        ],
        "rules": [rule_entry(rule) for rule in shade.rules],
    }


def _counts(row: FileCounts) -> CountsJson:
    return {
        "block": row.blocked,
        "require_approval": row.approval,
        "allow": row.allowed,
        "looser": row.looser,
        "stricter": row.stricter,
        "incomparable": row.other,
    }
