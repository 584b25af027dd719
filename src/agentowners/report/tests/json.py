"""Results of test cases as JSON, schema version 1 (``schemas/test-1.schema.json``). Fields are only ever added."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from msgspec import Meta, to_builtins

from agentowners.cases.compare import CaseOutcome, Results
from agentowners.cases.coverage import Coverage, CoverageLevel, StatementKind
from agentowners.documents import Count, Number, one_of, says
from agentowners.engine.verdict import FileDecision
from agentowners.report.shared.finding import DiagnosticJson, diagnostic_entry
from agentowners.report.shared.json_text import encode, json_lines
from agentowners.report.verdict.document import DecisionWord, RuleJson
from agentowners.report.verdict.json import rule_entry


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


def cases_json(results: Results) -> str:
    """The report as ASCII text, one case a line, ending in a newline."""
    document: CasesJson = {
        "schema": 1,
        "passed": results.passed,
        "failed": results.failed,
        "policy": list(results.policies),
        "cases": [],
        "coverage": None if results.coverage is None else _coverage(results.coverage),
        "diagnostics": [diagnostic_entry(diagnostic) for diagnostic in results.diagnostics],
        "message": results.message,
    }
    cases = (encode(_case(file.path, outcome)) for file in results.files for outcome in file.outcomes)
    return "".join(json_lines(document, {"cases": cases}))


def _case(path: str, outcome: CaseOutcome) -> CaseJson:
    case, expected, judged = outcome.case, outcome.case.expected, outcome.judged
    differing = {difference.file.path: difference for difference in outcome.paths}
    approvers = None if expected.approvers is None else [str(approver) for approver in expected.approvers]
    return {
        "name": case.title,
        "file": path,
        "line": case.span.line if case.span is not None else None,
        "passed": outcome.passed,
        "as": [{"name": f"@{principal.name}", "evidence": principal.strength.value} for principal in case.who],
        "ref": case.ref,
        "expected": {
            "decision": expected.decision.value,
            "rules": list(expected.rules),
            "approvals": expected.approvals,
            "approvers": approvers,
        },
        "approvals": judged.approvals,
        "approvers": list(judged.approvers),
        "paths": [_case_path(file, file.path not in differing) for file in judged.files],
        "unknown_rules": to_builtins(outcome.unknown),
    }


def _case_path(file: FileDecision, as_expected: bool) -> CasePathJson:
    judgement = file.judgement
    return {
        "path": file.path,
        "actions": [action.value for action in file.actions],
        "as_expected": as_expected,
        "decision": judgement.decision.value,
        "rules": [rule_entry(rule) for rule in judgement.rules],
        "matched": list(judgement.matched),
    }


def _coverage(coverage: Coverage) -> CoverageJson:
    layers: list[CoveredLayerJson] = to_builtins(coverage.layers)
    return {"total": coverage.total, "reached": coverage.reached, "percent": coverage.percent, "layers": layers}
