"""What ``lint`` found as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from agentowners.lint.model import Check, Finding, TextEdit
from agentowners.lint.registry import CHECKS
from agentowners.lint.run import Report
from agentowners.report.shared.cut import around
from agentowners.report.shared.escape import for_sarif, printable
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.sarif import LEVELS, SCHEMA_URI, location

DOCUMENTATION: Final = "https://github.com/agentowners/agentowners-action/blob/main/docs/commands/lint.md"
Json = dict[str, Any]


def to_lint_sarif(report: Report, *, version: str | None = None) -> Json:
    """The log: a rule for each check that found something, and for each kind of error that keeps a policy from being read."""
    known = {check.id: check for check in CHECKS}
    ids = {finding.diagnostic.id: number for number, finding in enumerate({f.diagnostic.id: f for f in report.findings}.values())}
    driver: Json = {
        "name": "AGENTOWNERS lint",
        "informationUri": DOCUMENTATION,
        "rules": [_rule(id, known.get(id)) for id in ids],
    }
    if version is not None:
        driver["semanticVersion"] = version
    invocation: Json = {"executionSuccessful": True}
    if report.remarks:
        invocation["toolExecutionNotifications"] = [
            {"level": "note", "message": {"text": for_sarif(remark)}} for remark in report.remarks
        ]
    run: Json = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, ids) for finding in report.findings],
    }
    return {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}


def lint_sarif(report: Report, *, version: str | None = None) -> str:
    """The log as ASCII text that ends in a newline."""
    return encode(to_lint_sarif(report, version=version), indent=2) + "\n"


def _rule(id: str, check: Check | None) -> Json:
    if check is None:
        return {"id": printable(id), "shortDescription": {"text": "The policy does not parse"}}
    return {
        "id": id,
        "shortDescription": {"text": for_sarif(check.summary)},
        "helpUri": f"{DOCUMENTATION}#{id}",
        "defaultConfiguration": {"level": LEVELS[check.severity]},
    }


def _result(finding: Finding, ids: Mapping[str, int]) -> Json:
    diagnostic = finding.diagnostic
    help = f". {diagnostic.help}" if diagnostic.help else ""
    result: Json = {
        "ruleId": printable(diagnostic.id),
        "ruleIndex": ids[diagnostic.id],
        "level": LEVELS[diagnostic.severity],
        "message": {"text": for_sarif(diagnostic.message + help)},
        "locations": [location(diagnostic.span)],
        "partialFingerprints": {"agentownersLint/v1": _fingerprint(finding)},
    }
    if finding.related:
        result["relatedLocations"] = [
            {**location(span), "message": {"text": for_sarif(words)}} for words, span in finding.related
        ]
    if finding.fix is not None:
        changes: dict[str, list[TextEdit]] = {}
        for edit in finding.fix.edits:
            changes.setdefault(edit.span.path, []).append(edit)
        result["fixes"] = [
            {"description": {"text": for_sarif(finding.fix.summary)}, "artifactChanges": [*map(_change, changes.values())]}
        ]
    return result


def _change(edits: list[TextEdit]) -> Json:
    places = [location(edit.span)["physicalLocation"] for edit in edits]
    return {
        "artifactLocation": places[0]["artifactLocation"],
        "replacements": [
            {"deletedRegion": place["region"], "insertedContent": {"text": edit.text}}
            for edit, place in zip(edits, places, strict=True)
        ],
    }


def _fingerprint(finding: Finding) -> str:
    """The same finding in the next run: what it says and of which text; not the line, which moves."""
    diagnostic = finding.diagnostic
    span = diagnostic.span
    parts = (diagnostic.id, span.path, around(span.text, span.column), diagnostic.message)
    return sha256(b"\0".join(part.encode("utf-8", "surrogatepass") for part in parts)).hexdigest()
