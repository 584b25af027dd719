"""Types of what ``map --format json`` prints."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from agentowners.documents import Count, Number, says
from agentowners.report.diff.document import ComparedPolicyJson
from agentowners.report.verdict.document import DecisionWord, RuleJson


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
    """Printed by `agentowners map --format json`. Fields are only ever added, so a reader ignores the ones it does
    not know."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    engine: Annotated[str, says("Version of the tool.")]
    action: Annotated[str, says("Done to every file: `file_modify`.")]
    policy: ComparedPolicyJson
    compared_with: Annotated[ComparedPolicyJson | None, says("The older policy; null where there is none.")]
    shades: Annotated[list[ShadeJson], says("Decisions with the rules behind them.")]
    standpoints: list[StandpointJson]
    folders: Annotated[list[FolderJson], says("Folders as deep as `--depth` says, the root first.")]
    files: list[MappedFileJson]
