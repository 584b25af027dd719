"""Types of a proposal as JSON: the answer to it, and the body that is handed in."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from agentowners.diagnostics import Severity
from agentowners.dispatch.document import DenialId
from agentowners.documents import Count, Number, one_of, one_shape, says
from agentowners.proof.difference import Direction
from agentowners.proof.promises import Compatibility, ProofStatus
from agentowners.proposals.model import MAX_OPERATIONS, ProposalState
from agentowners.proposals.reading import MOST_INTENT, MOST_TEXT
from agentowners.report.diff.document import BesidePointsJson, ModeProofJson, PromiseJson, RegionJson

_NOT_BLANK = r"\S"
_Text = Annotated[str, Meta(min_length=1, max_length=MOST_TEXT, pattern=_NOT_BLANK)]
_ProposalId = Annotated[str, Meta(pattern=r"^p-[0-9a-f]{16}$")]
_Operation = Annotated[object, Meta(extra_json_schema={"type": "object"})]
"""An operation as it is printed, which may have more than what may be handed in today."""


class AddRuleJson(TypedDict):
    """Statement to be added."""

    text: _Text
    file: NotRequired[_Text]


class AddExceptionJson(TypedDict):
    """Path to be taken out of a rule."""

    rule: _Text
    pattern: _Text


class RemoveRuleJson(TypedDict):
    """Rule to be taken out."""

    rule: _Text


class OperationJson(TypedDict, total=False):
    """One operation."""

    add_rule: AddRuleJson
    addRule: AddRuleJson
    add_exception: AddExceptionJson
    addException: AddExceptionJson
    remove_rule: RemoveRuleJson
    removeRule: RemoveRuleJson


class PolicyProposalJson(TypedDict):
    """Handed in by an agent: all operations or none. Rules go by the ids that denials show."""

    intent_summary: Annotated[str, Meta(min_length=1, max_length=MOST_INTENT, pattern=_NOT_BLANK)]
    operations: Annotated[
        list[Annotated[OperationJson, Meta(extra_json_schema={"minProperties": 1, "maxProperties": 1})]],
        Meta(min_length=1, max_length=MAX_OPERATIONS),
    ]
    denial: NotRequired[Annotated[DenialId | None, says("Id of the denial that it answers.")]]


class ProposalErrorJson(TypedDict):
    """Mistake for which a proposal cannot be merged."""

    message: str
    help: str | None
    path: str | None
    line: int | None


class InvalidProposalJson(TypedDict):
    """Validation of a proposal that cannot be merged."""

    status: Annotated[str, one_of("invalid")]
    errors: Annotated[list[ProposalErrorJson], Meta(min_length=1)]


class ProposalProverJson(TypedDict):
    """The comparison's own result."""

    status: Annotated[str, one_of(ProofStatus)]
    unknown: list[str]


class ProposalReviewerJson(TypedDict):
    """Advice to whoever decides."""

    recommends: str


class ProposalFindingJson(TypedDict):
    """Mistake that the policy has only with it."""

    id: str
    severity: Annotated[str, one_of(Severity)]
    message: str
    path: str
    line: Number
    help: str | None


class ValidProposalJson(TypedDict):
    """Validation of a proposal that can be merged: the signals, each by itself."""

    status: Annotated[str, one_of("valid")]
    engine: str
    result: Annotated[str, one_of(Direction)]
    prover: ProposalProverJson
    mode_compatibility: Annotated[str, one_of(Compatibility, "no mode declared")]
    modes: list[ModeProofJson]
    reviewer: ProposalReviewerJson
    looser: Annotated[
        list[RegionJson], Meta(max_length=20), says("The worst twenty, each with a witness that the engine confirmed.")
    ]
    looser_count: Count
    everywhere: list[BesidePointsJson]
    promises: Annotated[list[PromiseJson], says("Those that do not hold, or are not known to.")]
    lint: list[ProposalFindingJson]
    policy: list[str]


class ValidationJson(TypedDict):
    """Result of merging and proving a proposal, in either shape."""

    status: Annotated[str, one_of("valid", "invalid")]


class ProvenanceJson(TypedDict):
    """A claim of whoever handed it in; `verified` where a token said so then."""

    principal: str
    strength: str
    client: str | None
    session: str | None
    calls: list[str]
    commit: str | None


class ProposalSummaryJson(TypedDict):
    """A proposal in a list."""

    id: str
    state: str
    at: int
    intent_summary: str
    provenance: ProvenanceJson


class ProposalJson(TypedDict):
    """The answer of `propose` and of `policy.local`, and a proposal as `inbox show` prints it; fields are only ever added.
    The body that is handed in is `$defs/PolicyProposal`."""

    schema: Literal[1]
    id: Annotated[_ProposalId | None, says("null where nothing was handed in.")]
    state: Annotated[str, one_of(ProposalState)]
    validation: Annotated[ValidationJson, one_shape(ValidProposalJson, InvalidProposalJson)]
    guidance: str
    at: NotRequired[Annotated[int, says("Milliseconds since 1970.")]]
    intent_summary: NotRequired[str]
    operations: NotRequired[list[_Operation]]
    denial: NotRequired[str | None]
    provenance: NotRequired[ProvenanceJson]
    base: NotRequired[Annotated[str, says("Digest of the base's policy files that it was made for.")]]
    superseded_by: NotRequired[str | None]
    pull_request: NotRequired[Annotated[str | None, says("Address of the pull request that it became.")]]
    review_token: NotRequired[
        Annotated[str | None, says("Digest of exactly what `inbox show` shows; null where it cannot be approved.")]
    ]
