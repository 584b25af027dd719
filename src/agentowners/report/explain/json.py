"""Explanations as data, schema version 1; ``document`` has its types. Fields are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import to_builtins

from agentowners.diagnostics import Diagnostic
from agentowners.engine.verdict import Verdict
from agentowners.explain import model
from agentowners.policy.model import Action, Default, ModeLine, Rule, Unprotect
from agentowners.policy.statement_text import default_text, rule_text, unprotect_text
from agentowners.report.explain.words import why
from agentowners.report.shared.finding import diagnostic_entry
from agentowners.report.shared.json_text import encode, json_lines, json_object
from agentowners.report.verdict.json import contributor_entry, obligation_entry, rule_entry, source_entry

if TYPE_CHECKING:
    from agentowners.report.explain import document as types


def chunks(explanations: Sequence[model.Explanation], origin: str, *, matching: bool = False) -> Iterator[str]:
    """The whole as ASCII text, one rule a line, ending in a newline; ``matching`` leaves out what does not match."""
    first = explanations[0].verdict
    # what is only observed counts where nothing that restricts is enforced, as for the files of one change
    decision = max(
        explanations,
        key=lambda each: (each.decision.restricts and not each.verdict.observed_only, each.decision.strictness),
    ).decision
    document = _document(decision.value, first.ref, origin, first.diagnostics, first)
    return json_lines(document, {"paths": (_explained_path(each, matching=matching) for each in explanations)})


def invalid(diagnostics: Sequence[Diagnostic], ref: str, origin: str) -> str:
    """The document for a policy that does not parse: no decision, and everything that is wrong."""
    return "".join(json_lines(_document("", ref, origin, diagnostics, None), {}))


def _document(
    decision: str, ref: str, origin: str, diagnostics: Sequence[Diagnostic], verdict: Verdict | None
) -> types.ExplanationJson:
    sources = verdict.sources if verdict else ()
    return {
        "schema": 1,
        "decision": decision,
        "ref": ref,
        "repository": verdict.repository if verdict else None,
        "principals": [contributor_entry(verdict, index) for index in range(len(verdict.principals))] if verdict else [],
        "paths": [],
        "policy": {
            "read": origin,
            "digest": verdict.digest if verdict else None,
            "sources": [source_entry(source) for source in sources],
        },
        "diagnostics": [diagnostic_entry(diagnostic) for diagnostic in diagnostics],
    }


def _explained_path(explanation: model.Explanation, *, matching: bool) -> str:
    verdict, judgement = explanation.verdict, explanation.verdict.files[0].judgement
    entry: types.ExplainedPathJson = {
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
        "layers": [],
    }
    layers = (_layer(layer, explanation, matching=matching) for layer in explanation.layers)
    return "".join(json_object(entry, {"layers": layers}, "\n   "))


def _layer(layer: model.LayerResult, explanation: model.Explanation, *, matching: bool) -> str:
    entry: types.ExplainedLayerJson = {
        "source": layer.layer.name,
        "builtin": layer.layer.source is None,
        "decision": layer.decision.value,
        "observe_only": layer.observes,
        "principals": to_builtins(layer.shares),
        "defaults": [_default(result, explanation) for result in layer.defaults],
        "unprotects": [_unprotect(result, explanation) for result in layer.unprotects],
        "observers": [_observer(result, explanation) for result in layer.observers],
        "rules": [],
    }
    rules = (result for result in layer.rules if result.status is not model.RuleStatus.NO or not matching)
    return "".join(json_object(entry, {"rules": (encode(_explained_rule(result, explanation)) for result in rules)}, "\n     "))


def _explained_rule(result: model.StatementResult[Rule], explanation: model.Explanation) -> types.ExplainedRuleJson:
    rule = result.statement
    return {
        "id": rule.id,
        "line": _line_number(rule),
        "text": rule_text(rule),
        "mode": result.mode.mode.value if result.mode is not None else None,
        "decision": rule.decision.value,
        "reason": rule.reason,
        "standing": result.status.value,
        "matches": bool(result.holds_for),
        "matched_for": [principal.name for principal in result.holds_for],
        "why": why(result, explanation),
        "path": _patterns(result),
        "ref": {"matches": result.ref, "patterns": to_builtins(result.refs)},
        "action": {"matches": result.action, "actions": [a.value for a in Action if a in rule.actions]},
        "principals": _principals(result),
    }


def _default(result: model.StatementResult[Default], explanation: model.Explanation) -> types.ExplainedDefaultJson:
    default = result.statement
    return {
        "id": default.id,
        "line": _line_number(default),
        "text": default_text(default),
        "decision": default.outcome.decision.value,
        "standing": result.status.value,
        "why": why(result, explanation),
        "chosen_for": [
            {"principal": principal.name, "rung": model.default_level(default, principal)} for principal in result.holds_for
        ],
        "principals": _principals(result),
    }


def _unprotect(result: model.StatementResult[Unprotect], explanation: model.Explanation) -> types.ExplainedUnprotectJson:
    unprotect = result.statement
    return {
        "id": unprotect.id,
        "line": _line_number(unprotect),
        "text": unprotect_text(unprotect),
        "reason": unprotect.reason,
        "used": result.status is model.RuleStatus.LIFTED,
        "why": why(result, explanation),
        "path": _patterns(result),
        "principals": _principals(result),
    }


def _observer(result: model.StatementResult[ModeLine], explanation: model.Explanation) -> types.ExplainedObserverJson:
    line = result.statement
    return {"id": line.id, "line": _line_number(line), "why": why(result, explanation), "principals": _principals(result)}


def _line_number(statement: model.Statement) -> int | None:
    return None if statement.span is None else statement.span.line


def _principals(result: model.StatementResult[model.Statement]) -> types.PrincipalsMatchJson:
    return {"matches": result.applies, "each": to_builtins(result.principals)}


def _patterns(result: model.StatementResult[model.Statement]) -> types.PatternsMatchJson:
    return {"matches": result.path, "patterns": to_builtins(result.patterns)}


def _what_if(what_if: model.WhatIf) -> types.WhatIfJson:
    return {
        "if": to_builtins(what_if.edits),
        "decision": what_if.decision.value,
        "observed_only": what_if.observed_only,
        "approvals_required": what_if.required,
        "rules": [rule_entry(rule) for rule in what_if.rules],
        "changes": what_if.changes,
    }
