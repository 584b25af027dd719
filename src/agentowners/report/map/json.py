"""A map as JSON, schema version 1: ``schemas/map-1.schema.json`` describes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypedDict

from msgspec import to_builtins

from agentowners import __version__
from agentowners.documents import Count, Number, says
from agentowners.map.folders import Counting, folders_of
from agentowners.map.model import Shade
from agentowners.report.diff.document import ComparedPolicyJson
from agentowners.report.diff.json import policy_entry
from agentowners.report.map.report import MapReport
from agentowners.report.shared.json_text import encode, json_lines
from agentowners.report.verdict.document import DecisionWord, RuleJson
from agentowners.report.verdict.json import rule_entry


class AskedJson(TypedDict):
    """Approvals asked for."""

    count: Number
    approvers: Annotated[list[str], says("Empty means anyone who may approve.")]


class ShadeJson(TypedDict):
    """A decision with the rules behind it."""

    decision: DecisionWord
    observed: Annotated[bool, says("True where layers that only observe decide so, and nothing is enforced.")]
    obligations: list[AskedJson]
    rules: list[RuleJson]


class CountsJson(TypedDict):
    """Files by decision, and those that differ from the policy compared with by direction."""

    block: Count
    require_approval: Count
    allow: Count
    looser: Count
    stricter: Count
    incomparable: Count


class StandpointJson(TypedDict):
    """Somebody at a ref, and what they may change."""

    principal: Annotated[str, says("Who acts, with an at-sign.")]
    ref: Annotated[str, says("Full name of the ref that the change goes to.")]
    counts: CountsJson
    shades: Annotated[list[Count], says("For each class of files, the place of its shade.")]
    shades_before: Annotated[list[Count] | None, says("The same by the policy that is compared with.")]


class FolderJson(TypedDict):
    """A folder with its counts."""

    path: Annotated[str, says("With a slash at its end; the root is a slash.")]
    counts: Annotated[list[CountsJson], says("In the order of `standpoints`.")]


MappedFileJson = TypedDict(
    "MappedFileJson",
    {
        "path": Annotated[str, says("Bytes that are not UTF-8 are lone surrogates.")],
        "class": Annotated[Count, says("Place in each standpoint's `shades`: files of a class are decided alike.")],
    },
)
MappedFileJson.__doc__ = "A file and its class."


class MapJson(TypedDict):
    """Printed by `agentowners map --format json`."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    engine: Annotated[str, says("Version of the tool.")]
    action: Annotated[str, says("Done to every file: `file_modify`.")]
    policy: ComparedPolicyJson
    compared_with: Annotated[ComparedPolicyJson | None, says("The older policy; null where there is none.")]
    shades: Annotated[list[ShadeJson], says("Decisions with the rules behind them.")]
    standpoints: list[StandpointJson]
    folders: Annotated[list[FolderJson], says("Folders as deep as `--depth` says, the root first.")]
    files: list[MappedFileJson]


def map_json(report: MapReport) -> Iterator[str]:
    """The document in pieces of ASCII text, so that a large demand is never held as text; ends in a newline."""
    chart = report.chart
    root = folders_of(chart)
    counts = [Counting(chart, place) for place in range(len(chart.standpoints))]
    document: MapJson = {
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
                "counts": to_builtins(counts[place].of(root.classes)),
                "shades": list(chart.now[place]),
                "shades_before": None if chart.before is None else list(chart.before[place]),
            }
            for place, each in enumerate(chart.standpoints)
        ],
        "folders": [],
        "files": [],
    }
    folders = (
        {"path": folder.path or "/", "counts": [to_builtins(each.of(folder.classes)) for each in counts]}
        for _, folder in root.walk(report.depth)
    )
    files = ({"path": path, "class": number} for path, number in zip(chart.paths, chart.classes, strict=True))
    return json_lines(document, {"folders": map(encode, folders), "files": map(encode, files)})


def _shade(shade: Shade) -> ShadeJson:
    return {
        "decision": shade.decision.value,
        "observed": shade.observed,
        "obligations": [
            {"count": demand.count, "approvers": demand.names}
            for demand in sorted(shade.demands, key=lambda demand: (-demand.count, sorted(demand.approvers)))
            if not demand.blocks
        ],
        "rules": [rule_entry(rule) for rule in shade.rules],
    }
