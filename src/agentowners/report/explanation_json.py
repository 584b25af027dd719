"""Explanations as data, schema version 1 (``schemas/explanation-1.schema.json``). Fields are only ever added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from agentowners.diagnostics import Diagnostic
from agentowners.engine.explanation import (
    DefaultAnswer,
    Edit,
    Explanation,
    LayerAnswer,
    ObserverAnswer,
    PatternAnswer,
    PrincipalAnswer,
    RuleAnswer,
    RuleStatus,
    Share,
    UnprotectAnswer,
    WhatIf,
)
from agentowners.policy.model import Action
from agentowners.policy.printer import default_text, rule_text, unprotect_text
from agentowners.report.explanation_words import because, becomes, default_because, lift_because, observer_because
from agentowners.report.shared.json_text import encode
from agentowners.report.verdict.json import contributor_entry, diagnostic_entry, obligation_entry, rule_entry, source_entry

SCHEMA: Final = 1

Json = dict[str, Any]


def chunks(explanations: Sequence[Explanation], origin: str, *, matching: bool = False) -> Iterator[str]:
    """The whole as ASCII text, one rule a line, ending in a newline; ``matching`` leaves out what does not match."""
    first = explanations[0].verdict
    # what is only observed counts where nothing that restricts is enforced, as for the files of one change
    strictest = max(
        explanations,
        key=lambda one: (one.decision.restricts and not one.verdict.observed_only, one.decision.strictness),
    ).decision
    head: Json = {
        "schema": SCHEMA,
        "decision": strictest.value,
        "ref": first.ref,
        "repository": first.repository,
        "principals": [contributor_entry(first, index) for index in range(len(first.principals))],
    }
    yield "{" + _members(head) + ',\n "paths": ['
    for number, explanation in enumerate(explanations):
        yield ",\n  " if number else "\n  "
        yield from _path(explanation, matching=matching)
    policy = {"read": origin, "digest": first.digest, "sources": [source_entry(source) for source in first.sources]}
    yield "\n ],\n " + _members({"policy": policy, "diagnostics": [diagnostic_entry(one) for one in first.diagnostics]}) + "}\n"


def invalid(diagnostics: Sequence[Diagnostic], ref: str, origin: str) -> str:
    """What is printed of a policy that does not parse: no decision, and everything that is wrong."""
    entry: Json = {
        "schema": SCHEMA,
        "decision": "",
        "ref": ref,
        "repository": None,
        "principals": [],
        "paths": [],
        "policy": {"read": origin, "digest": None, "sources": []},
        "diagnostics": [diagnostic_entry(one) for one in diagnostics],
    }
    return "{" + _members(entry) + "}\n"


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
            "obligations": [obligation_entry(one) for one in verdict.approvals.obligations],
        },
        "claims": [_claim(claim) for claim in explanation.claims],
    }
    yield "{" + _members(head, "\n   ") + ',\n   "layers": ['
    for number, layer in enumerate(explanation.layers):
        yield ",\n    " if number else "\n    "
        yield "{" + _members(_layer(layer, explanation), "\n     ")
        rules = [answer for answer in layer.rules if answer.standing is not RuleStatus.NO or not matching]
        yield ',\n     "rules": ['
        for at, answer in enumerate(rules):
            yield (",\n      " if at else "\n      ") + _encode(_rule(answer, explanation))
        yield "]}"
    yield "]}"


def _layer(layer: LayerAnswer, explanation: Explanation) -> Json:
    return {
        "source": layer.layer.name,
        "builtin": layer.layer.source is None,
        "decision": layer.decision.value,
        "observe_only": layer.observes,
        "principals": [_share(share) for share in layer.shares],
        "defaults": [_default(answer, explanation) for answer in layer.defaults],
        "unprotects": [_lift(answer) for answer in layer.unprotects],
        "observers": [_observer(answer) for answer in layer.observers],
    }


def _share(share: Share) -> Json:
    return {
        "principal": share.principal.name,
        "decision": share.decision.value,
        "by": share.by.value,
        "rules": list(share.rules),
        "rung": share.rung.value if share.rung is not None else None,
        "unprotected": list(share.lifted_by),
        "observe_only": share.observes,
    }


def _rule(answer: RuleAnswer, explanation: Explanation) -> Json:
    rule = answer.rule
    return {
        "id": rule.id,
        "line": None if rule.span is None else rule.span.line,
        "text": rule_text(rule),
        "mode": answer.mode.value if answer.mode is not None else None,
        "decision": rule.decision.value,
        "reason": rule.reason,
        "standing": answer.standing.value,
        "matches": answer.matches,
        "matched_for": [who.name for who in answer.matched_for],
        "why": _why(because(answer), becomes(answer, explanation)),
        "path": {"matches": answer.path, "patterns": _patterns(answer.patterns)},
        "ref": {"matches": answer.ref, "patterns": _patterns(answer.refs)},
        "action": {"matches": answer.action, "actions": [a.value for a in Action if a in rule.actions]},
        "principals": _principals(answer.principals),
    }


def _default(answer: DefaultAnswer, explanation: Explanation) -> Json:
    default = answer.default
    return {
        "id": default.id,
        "line": None if default.span is None else default.span.line,
        "text": default_text(default),
        "decision": default.outcome.decision.value,
        "standing": answer.standing.value,
        "why": _why(default_because(answer), becomes(answer, explanation)),
        "chosen_for": [{"principal": who.name, "rung": rung.value} for who, rung in answer.chosen_for],
        "principals": _principals(answer.principals),
    }


def _lift(answer: UnprotectAnswer) -> Json:
    line = answer.line
    return {
        "id": line.id,
        "line": None if line.span is None else line.span.line,
        "text": unprotect_text(line),
        "reason": line.reason,
        "used": answer.used,
        "why": lift_because(answer),
        "path": {"matches": answer.path, "patterns": _patterns(answer.patterns)},
        "principals": _principals(answer.principals),
    }


def _observer(answer: ObserverAnswer) -> Json:
    mode = answer.line
    return {
        "id": mode.id,
        "line": None if mode.span is None else mode.span.line,
        "why": observer_because(answer),
        "principals": _principals(answer.principals),
    }


def _patterns(answers: Sequence[PatternAnswer]) -> list[Json]:
    return [
        {"pattern": one.text, "negative": one.negative, "matches": one.matches} | ({"respelled": True} if one.respelled else {})
        for one in answers
    ]


def _principals(answers: Sequence[PrincipalAnswer]) -> Json:
    return {"matches": any(one.applies for one in answers), "each": [_principal(one) for one in answers]}


def _principal(answer: PrincipalAnswer) -> Json:
    names = [{"pattern": one.pattern, "match": one.match.value, "by": one.by.value} for one in answer.names]
    return {"principal": answer.principal.name, "matches": answer.applies, "withheld": answer.withheld, "patterns": names}


def _claim(claim: WhatIf) -> Json:
    return {
        "if": [_step(step) for step in claim.steps],
        "decision": claim.decision.value,
        "observed_only": claim.observed_only,
        "approvals_required": claim.required,
        "rules": [rule_entry(rule) for rule in claim.rules],
        "changes": claim.changes,
    }


def _step(step: Edit) -> Json:
    return {
        "kind": step.kind.value,
        "text": step.text,
        "source": step.source,
        "rule": step.rule,
        "line": step.line,
        "pattern": step.pattern,
        "section": step.section,
    }


def _why(reason: str, became: str | None) -> str:
    return f"{became}: {reason}" if became else reason


def _members(entry: Json, separator: str = "\n ") -> str:
    return f",{separator}".join(f"{_encode(key)}: {_encode(value)}" for key, value in entry.items())


def _encode(value: object) -> str:
    return encode(value)
