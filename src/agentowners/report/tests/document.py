"""Types of what ``test --format json`` prints."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta

from agentowners.cases.coverage import CoverageLevel, StatementKind
from agentowners.documents import Count, Number, one_of, says
from agentowners.report.verdict.document import DecisionWord, DiagnosticJson, RuleJson


class ActorJson(TypedDict):
    """Somebody who is supposed to act."""

    name: str
    evidence: Annotated[str, one_of("verified", "asserted")]


class ExpectedJson(TypedDict):
    """Expectation of a case."""

    decision: DecisionWord
    rules: list[str]
    approvals: int | None
    approvers: list[str] | None


class CasePathJson(TypedDict):
    """One path of a case."""

    path: str
    actions: list[str]
    as_expected: bool
    decision: DecisionWord
    rules: Annotated[list[RuleJson], says("Those that carry the decision.")]
    matched: Annotated[list[str], says("Ids of every rule that matches.")]


class UnknownRuleJson(TypedDict):
    """Expected rule that the policy does not have."""

    name: str
    nearest: str | None


CaseJson = TypedDict(
    "CaseJson",
    {
        "name": Annotated[str, says("Its name, else one made from what it says.")],
        "file": str,
        "line": Number | None,
        "passed": bool,
        "as": list[ActorJson],
        "ref": str,
        "expected": ExpectedJson,
        "approvals": Annotated[Count, says("Approvals required for all paths of the case together.")],
        "approvers": Annotated[list[str], says("Everyone who is asked to approve.")],
        "paths": list[CasePathJson],
        "unknown_rules": Annotated[list[UnknownRuleJson], says("Expected rules that the policy does not have.")],
    },
)
CaseJson.__doc__ = "One case."


class CoveredJson(TypedDict):
    """A statement, and how far cases reach it."""

    id: str
    kind: Annotated[str, one_of(StatementKind)]
    line: Number | None
    text: str
    reach: Annotated[str, one_of(CoverageLevel)]


class CoveredLayerJson(TypedDict):
    """A layer's statements."""

    name: str
    built_in: bool
    statements: list[CoveredJson]


class CoverageJson(TypedDict):
    """Reach of the cases over the policy."""

    total: Annotated[Count, says("Statements of all layers but the built-in one.")]
    reached: Count
    percent: Annotated[int, Meta(ge=0, le=100), says("Rounded down.")]
    layers: list[CoveredLayerJson]


class CasesJson(TypedDict):
    """Printed by `agentowners test --format json`. Fields are only ever added."""

    schema: Literal[1]
    passed: Count
    failed: Count
    policy: Annotated[list[str], says("The policy files that the cases were held against.")]
    cases: list[CaseJson]
    coverage: Annotated[CoverageJson | None, says("null without `--coverage`.")]
    diagnostics: list[DiagnosticJson]
    message: Annotated[str | None, says("Why no case was run, where none was.")]
