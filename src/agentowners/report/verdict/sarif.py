"""A verdict as SARIF 2.1.0, for code scanning and whatever else reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.engine.verdict import AppliedRule, FileDecision, NoVerdict, Outcome, Verdict
from agentowners.policy.model import Decision
from agentowners.records import replace
from agentowners.report.shared.cut import shorten
from agentowners.report.shared.escape import for_sarif, printable
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.advice import because, full, next_for, sentence, what_was_done, who
from agentowners.report.verdict.annotations import heading
from agentowners.report.verdict.conclusion import Enforcement, conclude, is_advisory
from agentowners.report.verdict.groups import FileGroup, Level, groups, level

SCHEMA_URI: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT: Final = "%SRCROOT%"
_UNNAMED: Final = "agentowners"
"""Rule of a finding that no rule of the policy carries."""
_LEVELS: Final = {Level.FAILURE: "error", Level.WARNING: "warning", Level.NOTICE: "note"}
_DECISIONS: Final = {Decision.BLOCK: "error", Decision.REQUIRE_APPROVAL: "warning", Decision.ALLOW: "note"}
LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
"""SARIF's words for how bad something is."""

Json = dict[str, Any]


def to_sarif(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, *, version: str | None = None) -> Json:
    """The log: a rule for each policy rule that carries a decision, a result for each offending path.

    ``version`` is this product's, where the caller wants it in the log. Diagnostics of the policy's text are notifications about
    the tool's configuration; that no verdict was reached is one about its execution, which then was not successful.
    """
    found = () if isinstance(outcome, NoVerdict) else groups(outcome)
    ids = _rule_ids(rule for group in found for rule in group.said.rules)
    concluded = conclude(outcome, enforcement)
    conflict = not isinstance(outcome, NoVerdict) and outcome.conflict
    driver: Json = {"name": "AGENTOWNERS", "rules": [_rule(rule, id) for rule, id in ids.items()]}
    if any(not group.said.rules for group in found):
        driver["rules"].append({"id": _UNNAMED, "shortDescription": {"text": "What the policy restricts"}})
    if version is not None:
        driver["semanticVersion"] = version
    run: Json = {
        "tool": {"driver": driver},
        "invocations": [_invocation(outcome)],
        "columnKind": "unicodeCodePoints",
        "results": [] if isinstance(outcome, NoVerdict) else _results(outcome, found, ids, enforcement),
        "properties": {"conclusion": concluded.conclusion.value, "title": concluded.title, "conflict": conflict},
    }
    return {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}


def sarif(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE, *, version: str | None = None) -> str:
    """The log as ASCII text that ends in a newline."""
    return encode(to_sarif(outcome, enforcement, version=version), indent=2) + "\n"


def _results(
    verdict: Verdict, found: Iterable[FileGroup], ids: Mapping[AppliedRule, str], enforcement: Enforcement
) -> list[Json]:
    places = {id: number for number, id in enumerate(ids.values())}
    results = []
    for group in found:
        rule_id = ids[group.rule] if group.rule else _UNNAMED
        advisory = is_advisory(verdict, enforcement)
        head = heading(group, advisory=advisory)
        each = replace(group, files=group.files[:1])
        after = "" if group.met else f" Next: {next_for(each, verdict, advisory=advisory)}."
        for file in group.files:
            results.append(
                {
                    "ruleId": rule_id,
                    "ruleIndex": places.get(rule_id, len(places)),
                    "level": _LEVELS[level(verdict, file, enforcement)],
                    "message": {"text": for_sarif(_message(group, file, head) + after)},
                    "locations": [{"physicalLocation": _location(file.path, {"startLine": file.first_line or 1})}],
                    "partialFingerprints": {"agentownersFinding/v1": _fingerprint(group, file, rule_id)},
                    "properties": {
                        "decision": group.said.decision.value,
                        "principal": printable(group.said.principal.name) if group.said.principal else None,
                        "actions": [action.value for action in file.actions],
                        "rules": [ids[rule] for rule in group.said.rules],
                    },
                }
            )
    return results


def _message(group: FileGroup, file: FileDecision, head: str) -> str:
    reason = f" {shorten(group.rule.reason, 1000)}." if group.rule and group.rule.reason else ""
    lands = because(file)
    why_here = "" if lands is None else f" {full(lands)}"
    return f"{head}: {what_was_done(file)} by {who(group.said.principal)}.{why_here}{reason}"


def _rule_ids(rules: Iterable[AppliedRule]) -> dict[AppliedRule, str]:
    """An id for each rule, its own where no other layer uses the same."""
    ids: dict[AppliedRule, str] = {}
    taken: set[str] = set()
    for rule in rules:
        if rule in ids:
            continue
        id, number = printable(rule.id), 1
        while id in taken:
            number += 1
            id = f"{printable(rule.source)}:{printable(rule.id)}" + (f"#{number}" if number > 2 else "")
        ids[rule] = id
        taken.add(id)
    return ids


def _rule(rule: AppliedRule, id: str) -> Json:
    text = for_sarif(shorten(rule.text, 1000))
    return {
        "id": id,
        "shortDescription": {"text": text},
        "fullDescription": {"text": for_sarif(shorten(rule.reason, 1000)) if rule.reason else text},
        "defaultConfiguration": {"level": _DECISIONS[rule.decision]},
        "properties": {"source": printable(rule.source), "line": rule.line},
    }


def _invocation(outcome: Outcome) -> Json:
    failed = isinstance(outcome, NoVerdict)
    invocation: Json = {"executionSuccessful": not failed}
    if isinstance(outcome, NoVerdict):
        help = f" {outcome.help}" if outcome.help else ""
        told = for_sarif(f"{sentence(outcome)}{help}")
        invocation["toolExecutionNotifications"] = [{"level": "error", "message": {"text": told}}]
    if outcome.diagnostics:
        invocation["toolConfigurationNotifications"] = [_notification(diagnostic) for diagnostic in outcome.diagnostics]
    return invocation


def _notification(diagnostic: Diagnostic) -> Json:
    help = f" ({diagnostic.help})" if diagnostic.help else ""
    return {
        "descriptor": {"id": printable(diagnostic.id)},
        "level": LEVELS[diagnostic.severity],
        "message": {"text": for_sarif(diagnostic.message + help)},
        "locations": [location(diagnostic.span)],
    }


def location(span: Span) -> Json:
    """A place in a file as SARIF's ``location``."""
    region = {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}
    return {"physicalLocation": _location(span.path, region)}


def _location(path: str, region: Json) -> Json:
    return {"artifactLocation": {"uri": artifact_uri(path), "uriBaseId": _ROOT}, "region": region}


def artifact_uri(path: str) -> str:
    """A repository-relative path as a relative URI reference (RFC 3986), its bytes percent-encoded."""
    return quote(_bytes(path), safe="/")


def _bytes(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte: not from a repository, but still to be shown
        return path.encode("utf-8", "surrogatepass")


def _fingerprint(group: FileGroup, file: FileDecision, rule_id: str) -> str:
    """The same finding in the next run: path, decision and rule; not the line, which moves."""
    parts = (_bytes(file.path), group.said.decision.value.encode(), rule_id.encode())
    return sha256(b"\0".join(parts)).hexdigest()
