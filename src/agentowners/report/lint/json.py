"""Findings of ``lint`` as JSON, schema version 1: ``schemas/lint-1.schema.json`` describes it."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from msgspec import Meta, to_builtins

from agentowners.diagnostics import Severity
from agentowners.documents import Count, Number, one_of, says
from agentowners.lint.model import LintFinding
from agentowners.lint.run import Report
from agentowners.report.shared.finding import PlaceJson, diagnostic_entry, place_entry
from agentowners.report.shared.json_text import json_document


class RelatedJson(PlaceJson):
    """Other place that explains a finding."""

    message: str


class TextEditJson(PlaceJson):
    """Text to write in a place's stead."""

    text: Annotated[str, says("What stands there afterwards.")]


class FixJson(TypedDict):
    """Edits that mend a finding."""

    summary: str
    edits: Annotated[list[TextEditJson], Meta(min_length=1)]


class LintFindingJson(TypedDict):
    """A finding."""

    id: Annotated[str, says("The check's id, or the kind of error.")]
    severity: Annotated[str, one_of(Severity)]
    message: str
    path: str
    line: Number
    column: Annotated[Number, says("In characters.")]
    end_line: Number
    end_column: Annotated[Number, says("Just after the last character.")]
    source: Annotated[str, says("The text of the first line.")]
    help: str | None
    related: Annotated[list[RelatedJson], says("Other places that explain it.")]
    fix: Annotated[FixJson | None, says("What `--fix` does about it; it changes no decision.")]


class FixedJson(TypedDict):
    """Finding that was mended."""

    id: str
    path: str
    summary: str


class LintSummaryJson(TypedDict):
    """Findings, counted."""

    rules: Annotated[Count, says("Rules that were looked at; 0 where a policy does not parse.")]
    checks: Annotated[Count, says("Checks that looked at them.")]
    errors: Count
    warnings: Count
    notes: Count
    fixable: Annotated[Count, says("Findings that `--fix` mends.")]
    fixed: Annotated[Count, says("Findings that were mended.")]
    meant: Annotated[Count, says("Findings that comments in the policies leave out.")]


class LintJson(TypedDict):
    """Printed by `agentowners lint --format json`."""

    schema: Annotated[Literal[1], says("Version of this schema.")]
    files: Annotated[list[str], says("The policy files that were looked at, by the names they are known by.")]
    findings: Annotated[list[LintFindingJson], says("By file and place. Where a policy does not parse, its errors.")]
    fixed: Annotated[list[FixedJson], says("What was mended.")]
    remarks: Annotated[list[str], says("What was not looked at, and why.")]
    not_run: Annotated[
        NotRequired[dict[str, Number]],
        says("How many checks could not run, by what they lacked: the repository's files, or accounts as GitHub knows them."),
    ]
    summary: LintSummaryJson


def lint_json(report: Report) -> str:
    """The document as ASCII text that ends in a newline."""
    document: LintJson = {
        "schema": 1,
        "files": list(report.files),
        "findings": [_finding(finding) for finding in report.findings],
        "fixed": to_builtins(report.fixed),
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
    return json_document(document)


def _finding(finding: LintFinding) -> LintFindingJson:
    fix = finding.fix
    return {
        **diagnostic_entry(finding.diagnostic),
        "related": [{"message": words, **place_entry(span)} for words, span in finding.related],
        "fix": None
        if fix is None
        else {"summary": fix.summary, "edits": [{**place_entry(edit.span), "text": edit.text} for edit in fix.edits]},
    }
