"""The JSON verdict, schema version 1 (``schemas/verdict-1.schema.json``): what other tools read. Fields are only ever added."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

from agentowners.diagnostics import Diagnostic, Source
from agentowners.engine.verdict import (
    AppliedRule,
    Approvals,
    FileDecision,
    IgnoredReview,
    Judgement,
    NoVerdict,
    Outcome,
    SettledObligation,
    Verdict,
)
from agentowners.identity.model import Principal
from agentowners.report.conclusion import Enforcement, conclude
from agentowners.report.findings import Reported, reported

SCHEMA: Final = 1

Json = dict[str, Any]


def to_json(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> Json:
    """The whole verdict as plain data; lone surrogates stand for bytes that are not UTF-8."""
    head, files, tail = _parts(outcome, enforcement)
    return {**head, "files": [file_entry(files, file) for file in files.files] if files else [], **tail}


def dumps(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> str:
    """The whole verdict as ASCII text, one judged path a line, ending in a newline; equal verdicts give equal text."""
    return "".join(chunks(outcome, enforcement))


def chunks(outcome: Outcome, enforcement: Enforcement = Enforcement.ACTIVE) -> Iterator[str]:
    """The text of ``dumps`` piece by piece, so that a large verdict is never held as text."""
    head, verdict, tail = _parts(outcome, enforcement)
    yield "{"
    for key, value in head.items():
        yield f"{_encode(key)}: {_encode(value)},\n "
    yield '"files": ['
    if verdict:
        endings: dict[int, tuple[Judgement, str]] = {}  # by identity, the judgement kept so that its id stays its own
        for number, file in enumerate(verdict.files):
            judgement = file.judgement
            if id(judgement) not in endings:
                endings[id(judgement)] = (judgement, _encode(_judgement(reported(verdict, file)))[1:])
            beginning = _encode({"path": file.path, "actions": [action.value for action in file.actions]})[:-1]
            yield f"{',' if number else ''}\n  {beginning}, {endings[id(judgement)][1]}"
        yield "\n " if verdict.files else ""
    yield "]"
    for key, value in tail.items():
        yield f",\n {_encode(key)}: {_encode(value)}"
    yield "}\n"


def file_entry(verdict: Verdict, file: FileDecision) -> Json:
    """One judged path's entry in ``files``."""
    return {
        "path": file.path,
        "actions": [action.value for action in file.actions],
        **_judgement(reported(verdict, file)),
    }


def _parts(outcome: Outcome, enforcement: Enforcement) -> tuple[Json, Verdict | None, Json]:
    concluded = conclude(outcome, enforcement)
    verdict = None if isinstance(outcome, NoVerdict) else outcome
    head: Json = {
        "schema": SCHEMA,
        "decision": verdict.decision.value if verdict else "",
        "conclusion": concluded.conclusion.value,
        "title": concluded.title,
        "ref": outcome.ref,
        "head_sha": outcome.head,
        "repository": outcome.repository,
        "pull_request": outcome.pull_request,
        "principals": [principal_entry(principal) for principal in verdict.principals] if verdict else [],
        "approvals": _approvals(verdict.approvals if verdict else Approvals()),
    }
    tail: Json = {
        "policy": {
            "digest": verdict.digest if verdict else None,
            "sources": [source_entry(source) for source in verdict.sources] if verdict else [],
        },
        "diagnostics": [diagnostic_entry(diagnostic) for diagnostic in outcome.diagnostics],
    }
    if isinstance(outcome, NoVerdict):
        tail |= {"message": outcome.message, "help": outcome.help}
    return head, verdict, tail


def _judgement(said: Reported) -> Json:
    judgement = said.judgement
    entry: Json = {
        "decision": said.decision.value,
        "principal": said.principal.name if said.principal else None,
        "rules": [rule_entry(rule) for rule in said.rules],
        "matched": list(judgement.matched),
        "unprotected": list(judgement.unprotected),
    }
    if judgement.withheld:
        entry["withheld"] = list(judgement.withheld)
    if judgement.observed.restricts:
        entry["observed"] = {
            "decision": judgement.observed.value,
            "principal": judgement.observed_principal.name if judgement.observed_principal else None,
            "rules": [rule_entry(rule) for rule in judgement.observed_rules],
        }
    return entry


def rule_entry(rule: AppliedRule) -> Json:
    """A rule or default as verdicts list it."""
    entry: Json = {
        "id": rule.id,
        "source": rule.source,
        "line": rule.line,
        "text": rule.text,
        "decision": rule.decision.value,
        "reason": rule.reason,
    }
    return {**entry, "default": True} if rule.is_default else entry


def principal_entry(principal: Principal) -> Json:
    """A contributor as all JSON documents have it."""
    return {
        "name": principal.name,
        "login": principal.account.login if principal.account else None,
        "group": principal.group.value,
        "strength": principal.strength.value,
        "evidence": list(principal.evidence),
    }


def _approvals(approvals: Approvals) -> Json:
    return {
        "required": approvals.required,
        "granted": approvals.granted,
        "obligations": [obligation_entry(obligation) for obligation in approvals.obligations],
        "ignored": [_ignored(review) for review in approvals.ignored],
    }


def obligation_entry(obligation: SettledObligation) -> Json:
    """Approvals asked for, as all JSON documents have them."""
    entry: Json = {
        "count": obligation.count,
        "approvers": list(obligation.approvers),
        "granted_by": list(obligation.granted_by),
        "met": obligation.met,
        "rules": list(obligation.rules),
    }
    return entry if obligation.note is None else {**entry, "note": obligation.note}


def _ignored(review: IgnoredReview) -> Json:
    entry: Json = {"reviewer": review.reviewer, "why": review.why}
    return entry if review.help is None else {**entry, "help": review.help}


def source_entry(source: Source) -> Json:
    """A policy file as all JSON documents have it."""
    return {"path": source.path, "ref": source.ref, "sha256": sha256(source.data).hexdigest()}


def diagnostic_entry(diagnostic: Diagnostic) -> Json:
    """A diagnostic as all JSON documents have it."""
    span = diagnostic.span
    return {
        "id": diagnostic.id,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "source": span.text,
        "help": diagnostic.help,
    }


def _encode(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)
