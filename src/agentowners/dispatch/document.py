"""Types of a denial as JSON, in hooks and in verdicts."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta

from agentowners.documents import AtName, one_of, says

DenialId = Annotated[str, Meta(pattern=r"^d-[0-9a-f]{16}$")]


class DeniedObligationJson(TypedDict):
    """Approvals asked for."""

    count: int
    approvers: list[str]


class DeniedDecisionJson(TypedDict):
    """Decision about an access."""

    decision: Annotated[str, one_of("require_approval", "block")]
    obligations: list[DeniedObligationJson]


class DeniedRuleJson(TypedDict):
    """Rule or default that carries it."""

    id: str
    text: str
    reason: str | None


class DeniedAccessJson(TypedDict):
    """Access that is denied."""

    action: str
    path: str
    decision: DeniedDecisionJson
    rules: list[DeniedRuleJson]


class RuleMissingJson(TypedDict):
    """Line that would change it."""

    type: Annotated[str, one_of("allow", "exception", "unprotect")]
    rule: str


class NextStepJson(TypedDict):
    """Step that the agent may take."""

    action: str
    path: NotRequired[str]
    command: NotRequired[str]
    body_type: NotRequired[str]


class DenialJson(TypedDict):
    """One shape for a denied tool call and a denied change; fields are only ever added."""

    error: Literal["policy_denied"]
    schema: Literal[1]
    id: Annotated[DenialId, says("The same for the same denial, whenever it is made.")]
    boundary: Annotated[str, one_of("tool", "change")]
    decision: Annotated[str, one_of("require_approval", "block")]
    principals: list[AtName]
    refs: list[str]
    accesses: list[DeniedAccessJson]
    detail: Annotated[str, says("One sentence.")]
    rule_missing: Annotated[
        list[RuleMissingJson],
        says(
            "The narrowest lines that would change it, all of them together; none where that was not worked out, or no line can."
        ),
    ]
    nearest_allowed: Annotated[list[str], says("The same change without these paths, cut where it is long.")]
    next_steps: list[NextStepJson]
    agent_guidance: str
