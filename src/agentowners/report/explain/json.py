"""Explanations as data, schema version 1 (``schemas/explanation-1.schema.json``). Fields are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import to_builtins

from agentowners.diagnostics import Diagnostic
from agentowners.explain.model import (
    Explanation,
    LayerResult,
    RuleStatus,
    Statement,
    StatementResult,
    WhatIf,
    default_level,
)
from agentowners.policy.model import Action, Default, Rule, Unprotect
from agentowners.policy.statement_text import default_text, rule_text, unprotect_text
from agentowners.report.explain.words import why
from agentowners.report.shared.json_text import Json, encode, members
from agentowners.report.verdict.json import contributor_entry, diagnostic_entry, obligation_entry, rule_entry, source_entry

SCHEMA: Final = 1


def chunks(explanations: Sequence[Explanation], origin: str, *, matching: bool = False) -> Iterator[str]:
    """The whole as ASCII text, one rule a line, ending in a newline; ``matching`` leaves out what does not match."""
    first = explanations[0].verdict
    # what is only observed counts where nothing that restricts is enforced, as for the files of one change
    decision = max(
        explanations,
        key=lambda each: (each.decision.restricts and not each.verdict.observed_only, each.decision.strictness),
    ).decision
    principals = [contributor_entry(first, index) for index in range(len(first.principals))]
    yield "{" + members(_head(decision.value, first.ref, first.repository, principals)) + ',\n "paths": ['
    for number, explanation in enumerate(explanations):
        yield ",\n  " if number else "\n  "
        yield from _path(explanation, matching=matching)
    sources = [source_entry(source) for source in first.sources]
    yield "\n ],\n " + members(_tail(origin, first.digest, sources, first.diagnostics)) + "}\n"


def invalid(diagnostics: Sequence[Diagnostic], ref: str, origin: str) -> str:
    """The document for a policy that does not parse: no decision, and everything that is wrong."""
    entry = {**_head("", ref, None, []), "paths": [], **_tail(origin, None, [], diagnostics)}
    return "{" + members(entry) + "}\n"


def _head(decision: str, ref: str, repository: str | None, principals: list[Json]) -> Json:
    return {"schema": SCHEMA, "decision": decision, "ref": ref, "repository": repository, "principals": principals}


def _tail(origin: str, digest: str | None, sources: list[Json], diagnostics: Sequence[Diagnostic]) -> Json:
    policy = {"read": origin, "digest": digest, "sources": sources}
    return {"policy": policy, "diagnostics": [diagnostic_entry(diagnostic) for diagnostic in diagnostics]}


def _path(explanation: Explanation, *, matching: bool) -> Iterator[str]:
    verdict, judgement = explanation.verdict, explanation.verdict.files[0].judgement
    head: Json = {
        "path": explanation.path,
        "action": explanation.action.value,
        "decision": explanation.decision.value,
        "observed_only": verdict.observed_only,
        "principal": explanation.principal.name if explanation.principal is not None else None,
        "deciding": [rule_entry(rule) for rule in explanation.deciding],
        "matched": list(judgement.matched),
        "approvals": {
            "required": verdict.approvals.required,
            "obligations": [obligation_entry(each) for each in verdict.approvals.obligations],
        },
        "claims": [_what_if(what_if) for what_if in explanation.what_ifs],
    }
    yield "{" + members(head, "\n   ") + ',\n   "layers": ['
    for number, layer in enumerate(explanation.layers):
        yield ",\n    " if number else "\n    "
        yield "{" + members(_layer(layer, explanation), "\n     ")
        rules = [result for result in layer.rules if result.status is not RuleStatus.NO or not matching]
        yield ',\n     "rules": ['
        for at, result in enumerate(rules):
            yield (",\n      " if at else "\n      ") + encode(_statement(result, explanation))
        yield "]}"
    yield "]}"


def _layer(layer: LayerResult, explanation: Explanation) -> Json:
    return {
        "source": layer.layer.name,
        "builtin": layer.layer.source is None,
        "decision": layer.decision.value,
        "observe_only": layer.observes,
        "principals": to_builtins(layer.shares),
        "defaults": [_statement(result, explanation) for result in layer.defaults],
        "unprotects": [_statement(result, explanation) for result in layer.unprotects],
        "observers": [_statement(result, explanation) for result in layer.observers],
    }


def _statement(result: StatementResult[Statement], explanation: Explanation) -> Json:
    statement = result.statement
    place = {"id": statement.id, "line": None if statement.span is None else statement.span.line}
    reason = {"why": why(result, explanation)}
    principals = {"principals": {"matches": result.applies, "each": to_builtins(result.principals)}}
    path = {"path": {"matches": result.path, "patterns": to_builtins(result.patterns)}}
    match statement:
        case Rule():
            return {
                **place,
                "text": rule_text(statement),
                "mode": result.mode.mode.value if result.mode is not None else None,
                "decision": statement.decision.value,
                "reason": statement.reason,
                "standing": result.status.value,
                "matches": bool(result.holds_for),
                "matched_for": [who.name for who in result.holds_for],
                **reason,
                **path,
                "ref": {"matches": result.ref, "patterns": to_builtins(result.refs)},
                "action": {"matches": result.action, "actions": [a.value for a in Action if a in statement.actions]},
                **principals,
            }
        case Default():
            levels = [{"principal": who.name, "rung": default_level(statement, who)} for who in result.holds_for]
            decision = {"decision": statement.outcome.decision.value, "standing": result.status.value}
            return {**place, "text": default_text(statement), **decision, **reason, "chosen_for": levels, **principals}
        case Unprotect():
            used = {"reason": statement.reason, "used": result.status is RuleStatus.LIFTED}
            return {**place, "text": unprotect_text(statement), **used, **reason, **path, **principals}
        case _:
            return {**place, **reason, **principals}


def _what_if(what_if: WhatIf) -> Json:
    return {
        "if": to_builtins(what_if.edits),
        "decision": what_if.decision.value,
        "observed_only": what_if.observed_only,
        "approvals_required": what_if.required,
        "rules": [rule_entry(rule) for rule in what_if.rules],
        "changes": what_if.changes,
    }
