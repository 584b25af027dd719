"""Types of what ``diff`` and ``prove`` print as JSON."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from agentowners.documents import Count, one_of, says
from agentowners.proof.cast import Trust
from agentowners.proof.difference import BesideKind, Direction, UnknownReason
from agentowners.proof.promises import Compatibility, ProofStatus
from agentowners.proof.signals import Advice
from agentowners.report.verdict.document import DecisionWord, RuleJson, SourceJson


class OpenQuestionJson(TypedDict):
    """Question that was not answered."""

    reason: Annotated[str, one_of(UnknownReason)]
    question: str
    rule: Annotated[str | None, says("Id of the statement that it is about.")]
    steps: Count


class EffortJson(TypedDict):
    """Steps of the search."""

    spent: Count
    limit: Count


class ProverJson(TypedDict):
    """The comparison's own result."""

    status: Annotated[
        str,
        one_of(ProofStatus),
        says(
            "`passed`: nothing is lost anywhere and every promise is proved. `failed`: something is lost, or a promise refuted."
        ),
    ]
    unknown: Annotated[list[OpenQuestionJson], says("What was not found out.")]
    covers: Annotated[list[str], says("What the comparison models.")]
    effort: EffortJson


class ComparedPolicyJson(TypedDict):
    """A policy by its digest and its files."""

    digest: Annotated[str, says("Of names, bytes and the tool's version.")]
    sources: list[SourceJson]


class DemandJson(TypedDict):
    """Approvals, so many of these people; or a block, which nothing meets."""

    count: Annotated[NotRequired[int], Meta(ge=1, le=10)]
    approvers: NotRequired[list[str]]
    decision: NotRequired[Literal["block"]]


class DemandsJson(TypedDict):
    """Decision with everything that it asks for."""

    decision: DecisionWord
    obligations: list[DemandJson]


class CauseJson(TypedDict):
    """Ids of the statements that decide, on each side."""

    old: list[str]
    new: list[str]


class WitnessJson(TypedDict):
    """Point at which it shows."""

    path: str
    kind: Annotated[str, one_of("file", "link")]
    action: str
    principal: str
    strength: Annotated[str, one_of(Trust)]
    ref: str
    exists: Annotated[bool, says("Whether the tree has such a file.")]
    confirmed: Annotated[Literal[True], says("The engine decides it so on both sides; nothing else is shown.")]
    old_rules: list[RuleJson]
    new_rules: list[RuleJson]


class RegionFilesJson(TypedDict):
    """Files that the tree has in a region."""

    count: Annotated[Count, says("Files of the tree in it, and in no region above it.")]
    examples: list[str]


RegionJson = TypedDict(
    "RegionJson",
    {
        "id": str,
        "change": Annotated[str, one_of("looser", "incomparable", "stricter")],
        "from": DemandsJson,
        "to": DemandsJson,
        "lost": Annotated[list[DemandJson], says("What is covered by nothing any more.")],
        "gained": Annotated[list[DemandJson], says("What was covered by nothing before.")],
        "principals": list[str],
        "strength": Annotated[
            str,
            one_of(Trust),
            says(
                "The surest evidence for which it holds; `vouched`: asserted, in the change of a verified person who may write."
            ),
        ],
        "actions": Annotated[list[str], says("`*` is every one.")],
        "refs": Annotated[list[str], says("One of each kind; `*` is every one.")],
        "cause": CauseJson,
        "replaces_default": Annotated[bool, says("Whether a rule that was added takes a default's place, and so loosens.")],
        "witness": WitnessJson,
        "files": RegionFilesJson,
        "where": Annotated[list[str], says("The patterns of the statement by which it differs; `**` is every path.")],
    },
)
RegionJson.__doc__ = "Points that differ in the same way for the same reason."


BesidePointsJson = TypedDict(
    "BesidePointsJson",
    {
        "kind": Annotated[str, one_of(BesideKind)],
        "name": str,
        "from": str,
        "to": str,
        "change": Annotated[str, one_of("looser", "incomparable", "stricter", "unknown")],
        "witness": dict[str, str],
    },
)
BesidePointsJson.__doc__ = "Difference beside the points."


class OverruledJson(TypedDict):
    """Rule that a ceiling overrules, with a point at which it does."""

    rule: str
    witness: WitnessJson


class PromiseJson(TypedDict):
    """An `assert`, held against a policy."""

    id: str
    text: str
    status: Annotated[str, one_of(ProofStatus)]
    reason: str | None
    witness: WitnessJson | None
    unknown: list[OpenQuestionJson]
    overrules: Annotated[
        NotRequired[list[OverruledJson]],
        says("Of a ceiling that is undercut, the policy's rules that it overrules, each with a point."),
    ]


class ModeProofJson(TypedDict):
    """A mode, held against a policy."""

    mode: str
    principals: list[str]
    status: Annotated[str, one_of(Compatibility)]
    witness: WitnessJson | None


class EligibilityJson(TypedDict):
    """Eligibility for approval without a person: printed, never acted on."""

    eligible: bool
    because: Annotated[list[str], says("Why not; empty where it is.")]


class DigestsJson(TypedDict):
    """Digests of the policies that were looked at."""

    old: str
    new: str


class ReviewerAdviceJson(TypedDict):
    """Advice of a reviewer whom the policy names."""

    name: str
    recommends: Annotated[str, one_of(Advice)]
    head_sha: str | None
    digests: DigestsJson
    why: Annotated[str | None, says("Why it is not taken as it was meant.")]
    counts_as_approval: Annotated[bool, says("True of a person's approval that counts for the change; advice never does.")]


class DiffJson(TypedDict):
    """Printed by `agentowners diff --format json`."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    engine: Annotated[str, says("Version of the tool.")]
    result: Annotated[str, one_of(Direction), says("All differences together.")]
    prover: ProverJson
    old: ComparedPolicyJson
    new: ComparedPolicyJson
    regions: Annotated[list[RegionJson], says("Points that differ in the same way for the same reason, the worst first.")]
    everywhere: Annotated[list[BesidePointsJson], says("What differs beside the points.")]
    promises: Annotated[
        list[PromiseJson], says("The old policy's asserts, held against the new one; then those that only the new one has.")
    ]
    modes: Annotated[list[ModeProofJson], says("The old policy's modes, held against the new one.")]
    eligible_for_auto_approval: EligibilityJson
    reviewers: Annotated[
        list[ReviewerAdviceJson], says("What those said whom the old policy names. It is advice, never an approval.")
    ]
    no_effect: Annotated[list[str], says("Ids of statements that only one side has and that change nothing.")]


class ProveJson(TypedDict):
    """Printed by `agentowners prove --format json`."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    engine: Annotated[str, says("Version of the tool.")]
    policy: ComparedPolicyJson
    promises: Annotated[list[PromiseJson], says("Asserts and ceilings.")]
    modes: Annotated[list[ModeProofJson], says("Modes that were to hold.")]
