"""Types of what ``doctor --format json`` prints."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from agentowners.checkup.findings import Guarantee, Question
from agentowners.dispatch.clients import AccessKind
from agentowners.documents import Count, one_of, says
from agentowners.proof.mode_guide import Hold


class DoctorSummaryJson(TypedDict):
    """Findings, counted."""

    strong: Count
    best_effort: Count
    unavailable: Annotated[Count, says("Those that could not be told included.")]
    not_known: Annotated[Count, says("Those that could not be told.")]
    fixable: Annotated[Count, says("Those that have a fix; 0 is exit code 0.")]


class AnswerJson(TypedDict):
    """Answer to one question."""

    id: Annotated[str, one_of(Question), says("The question that this answers.")]
    branch: Annotated[str | None, says("The branch that it is about, null for the whole repository.")]
    subject: Annotated[str, says("What it is about, for people.")]
    guarantee: Annotated[str, one_of(Guarantee)]
    known: Annotated[bool, says("False where it could not be told; the guarantee then is `unavailable`.")]
    why: str
    fix: Annotated[str | None, says("What to do, null where nothing can be better.")]


class EnforcedJson(TypedDict):
    """Hold that a policy has on an access at one place."""

    where: Annotated[str, says("The place, for people.")]
    enforcer: Annotated[str, one_of("own_app", "actions_token", "fork", "hook", "gateway")]
    client: Annotated[str | None, says("The client whose hook it is, else null.")]
    access: Annotated[str, one_of(AccessKind)]
    action: Annotated[str | None, says("The action of rules for it, null where there is none.")]
    holds: Annotated[str, one_of(Hold)]
    why: str


class DoctorJson(TypedDict):
    """Printed by `agentowners doctor --format json`. Fields are only ever added, so a reader ignores the ones it
    does not know."""

    schema: Literal[1]
    repository: Annotated[str, says("`owner/name`.")]
    default_branch: str
    branches: Annotated[list[str], says("The branches that were looked at.")]
    summary: DoctorSummaryJson
    findings: Annotated[list[AnswerJson], says("Worst first.")]
    next: Annotated[AnswerJson | None, says("The finding whose fix helps most; null where nothing can be better.")]
    enforced: NotRequired[
        Annotated[
            list[EnforcedJson],
            says("How much of a policy holds at each place that may enforce it, whatever this repository is set up for."),
        ]
    ]
