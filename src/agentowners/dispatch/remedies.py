"""The narrowest lines with which a denied access would be allowed, each put to the engine before it is told."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agentowners.change.model import Evidence
from agentowners.dispatch.document import RuleMissingJson
from agentowners.dispatch.judging import AccessDecision, AccessJudge
from agentowners.dispatch.model import Access
from agentowners.engine.verdict import AppliedRule
from agentowners.policy.model import ALLOW, Default, Layer, Policy, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern, literal
from agentowners.policy.statement_text import rule_text

_ROUNDS = 4
_NEW = "(new)"


def remedies(
    policy: Policy, accesses: Sequence[Access], evidence: Evidence, refs: Sequence[str], *, lifts: bool
) -> tuple[RuleMissingJson, ...]:
    """The lines that allow these accesses, all of them together; none where no line can, or the engine does not confirm it.

    Every line names nothing but these paths, so no other access is decided otherwise; that these are is what is replayed.
    """
    if any(not path_can_be_named(access.path) for access in accesses):
        return ()
    edited = policy
    for _ in range(_ROUNDS):
        decided = AccessJudge(edited, evidence, refs, None, lifts=lifts).decide(accesses)
        denied = [each for each in decided if each.decision.restricts]
        if not denied:
            return _lines(policy, edited)
        for each in denied:
            mended = _mended(edited, each, f"{evidence.name}")
            if mended is None:
                return ()
            edited = mended
    return ()


def path_can_be_named(path: str) -> bool:
    """True if a line can name this path and nothing else."""
    return path not in ("", ".") and path.isprintable() and not path.startswith(("(", "/"))


def _mended(policy: Policy, denied: AccessDecision, principal: str) -> Policy | None:
    for rule in denied.rules:
        found = _place(policy, rule)
        if found is None:
            return None
        number, layer = found
        if isinstance(rule.statement, Default):
            patterns = (PathPattern(literal(denied.access.path)),)
            new = Rule(patterns, (), (PrincipalPattern.parse(principal),), ALLOW, id=_NEW)
            edited = replace(layer, rules=(*layer.rules, new))
        else:
            edited = replace(layer, rules=tuple([_without(r, rule, denied.access.path) for r in layer.rules]))
        policy = replace(policy, layers=(*policy.layers[:number], edited, *policy.layers[number + 1 :]))
    return policy if denied.rules else None


def _place(policy: Policy, rule: AppliedRule) -> tuple[int, Layer] | None:
    for number, layer in enumerate(policy.layers):
        statements: Sequence[Rule | Default] = layer.defaults if isinstance(rule.statement, Default) else layer.rules
        if layer.source is not None and any(each.id == rule.id for each in statements):
            return number, layer
    return None


def _without(rule: Rule, applied: AppliedRule, path: str) -> Rule:
    exception = PathPattern(literal(path), negative=True)
    if rule.id != applied.id or exception in rule.patterns:
        return rule
    return replace(rule, patterns=(*rule.patterns, exception))


def _lines(old: Policy, new: Policy) -> tuple[RuleMissingJson, ...]:
    lines: dict[tuple[str, str], None] = {}
    for before, after in zip(old.layers, new.layers, strict=True):
        known = {rule.id: rule for rule in before.rules}
        changed = [rule for rule in after.rules if known.get(rule.id) != rule]
        lines |= dict.fromkeys(("allow" if rule.id == _NEW else "exception", rule_text(rule)) for rule in changed)
    return tuple({"type": type, "rule": text} for type, text in lines)
