"""How test cases ended, for programs: JSON, schema version 1 (``schemas/test-1.schema.json``). Fields are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from agentowners.cases.compare import CaseOutcome, Results
from agentowners.cases.coverage import Coverage, Covered
from agentowners.diagnostics import Diagnostic
from agentowners.engine.verdict import FileDecision
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.json import diagnostic_entry, rule_entry

SCHEMA: Final = 1

Json = dict[str, Any]


def cases_json(results: Results, diagnostics: Sequence[Diagnostic] = (), message: str | None = None) -> str:
    """The report as ASCII text, one case a line, ending in a newline.

    Args:
        results: how the cases ended; of those that could not be run, nothing.
        diagnostics: what is wrong with the policy or the cases, or worth a warning.
        message: why nothing was run, where nothing was.
    """
    return "".join(_chunks(results, diagnostics, message))


def _chunks(results: Results, diagnostics: Sequence[Diagnostic], message: str | None) -> Iterator[str]:
    head: Json = {"schema": SCHEMA, "passed": results.passed, "failed": results.failed, "policy": list(results.policies)}
    yield "{"
    for key, value in head.items():
        yield f"{_encode(key)}: {_encode(value)},\n "
    yield '"cases": ['
    entries = [case_json(file.path, outcome) for file in results.files for outcome in file.outcomes]
    yield ",".join(f"\n  {_encode(entry)}" for entry in entries) + ("\n " if entries else "") + "]"
    tail: Json = {
        "coverage": None if results.coverage is None else _coverage(results.coverage),
        "diagnostics": [diagnostic_entry(diagnostic) for diagnostic in diagnostics],
        "message": message,
    }
    for key, value in tail.items():
        yield f",\n {_encode(key)}: {_encode(value)}"
    yield "}\n"


def case_json(path: str, outcome: CaseOutcome) -> Json:
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


def _path(file: FileDecision, as_expected: bool) -> Json:
    judgement = file.judgement
    return {
        "path": file.path,
        "actions": [action.value for action in file.actions],
        "as_expected": as_expected,
        "decision": judgement.decision.value,
        "rules": [rule_entry(rule) for rule in judgement.rules],
        "matched": list(judgement.matched),
    }


def _coverage(coverage: Coverage) -> Json:
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


def _statement(statement: Covered) -> Json:
    return {
        "id": statement.id,
        "kind": statement.kind.value,
        "line": statement.line,
        "text": statement.text,
        "reach": statement.reach.value,
    }


def _encode(value: object) -> str:
    return encode(value)
