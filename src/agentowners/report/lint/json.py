"""Findings of ``lint`` as JSON, schema version 1: ``schemas/lint-1.schema.json`` describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentowners.diagnostics import Severity, Span
from agentowners.lint.model import LintFinding
from agentowners.lint.run import Report
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.json import diagnostic_entry

if TYPE_CHECKING:
    from agentowners.report.lint.document import LintFindingJson, LintJson, PlaceJson


def to_json(report: Report) -> LintJson:
    """The document."""
    return {
        "schema": 1,
        "files": list(report.files),
        "findings": [_finding(finding) for finding in report.findings],
        "fixed": [{"id": fixed.id, "path": fixed.path, "summary": fixed.summary} for fixed in report.fixed],
        "remarks": list(report.remarks),
        "not_run": {need.value: number for need, number in report.not_run.items()},
        "summary": {
            "rules": report.rules,
            "checks": report.checks,
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "notes": report.count(Severity.NOTE),
            "fixable": report.fixable,
            "fixed": len(report.fixed),
            "meant": report.meant,
        },
    }


def lint_json(report: Report) -> str:
    """The document as ASCII text that ends in a newline."""
    return encode(to_json(report), indent=2) + "\n"


def _finding(finding: LintFinding) -> LintFindingJson:
    fix = finding.fix
    return {
        **diagnostic_entry(finding.diagnostic),
        "related": [{"message": words, **_place(span)} for words, span in finding.related],
        "fix": None
        if fix is None
        else {"summary": fix.summary, "edits": [{**_place(edit.span), "text": edit.text} for edit in fix.edits]},
    }


def _place(span: Span) -> PlaceJson:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
