"""Results of test cases as JSON, schema version 1 (``schemas/test-1.schema.json``). Fields are only ever added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agentowners.cases.compare import CaseOutcome, Results
from agentowners.cases.coverage import Coverage, Covered
from agentowners.engine.verdict import FileDecision
from agentowners.report.shared.json_text import encode, json_lines
from agentowners.report.verdict.json import diagnostic_entry, rule_entry

if TYPE_CHECKING:
    from agentowners.report.tests.document import CaseJson, CasePathJson, CoverageJson, CoveredJson

SCHEMA: Final = 1


def cases_json(results: Results) -> str:
    """The report as ASCII text, one case a line, ending in a newline."""
    head = {"schema": SCHEMA, "passed": results.passed, "failed": results.failed, "policy": list(results.policies)}
    entries = (encode(case_json(file.path, outcome)) for file in results.files for outcome in file.outcomes)
    tail = {
        "coverage": None if results.coverage is None else _coverage(results.coverage),
        "diagnostics": [diagnostic_entry(diagnostic) for diagnostic in results.diagnostics],
        "message": results.message,
    }
    return "".join(json_lines(head, "cases", entries, tail))


def case_json(path: str, outcome: CaseOutcome) -> CaseJson:
    """One case."""
    case, expected, judged = outcome.case, outcome.case.expected, outcome.judged
    differing = {difference.file.path: difference for difference in outcome.paths}
    approvers = None if expected.approvers is None else [str(approver) for approver in expected.approvers]
    return {
        "name": case.title,
        "file": path,
        "line": case.span.line if case.span is not None else None,
        "passed": outcome.passed,
        "as": [{"name": f"@{who.name}", "evidence": who.strength.value} for who in case.who],
        "ref": case.ref,
        "expected": {
            "decision": expected.decision.value,
            "rules": list(expected.rules),
            "approvals": expected.approvals,
            "approvers": approvers,
        },
        "approvals": judged.approvals,
        "approvers": list(judged.approvers),
        "paths": [_path(file, file.path not in differing) for file in judged.files],
        "unknown_rules": [{"name": unknown.name, "nearest": unknown.nearest} for unknown in outcome.unknown],
    }


def _path(file: FileDecision, as_expected: bool) -> CasePathJson:
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
    return {
        "total": coverage.total,
        "reached": coverage.reached,
        "percent": coverage.percent,
        "layers": [
            {
                "name": layer.name,
                "built_in": layer.built_in,
                "statements": [_statement(statement) for statement in layer.statements],
            }
            for layer in coverage.layers
        ],
    }


def _statement(statement: Covered) -> CoveredJson:
    return {
        "id": statement.id,
        "kind": statement.kind.value,
        "line": statement.line,
        "text": statement.text,
        "reach": statement.reach.value,
    }
