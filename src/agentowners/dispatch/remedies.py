"""The narrowest lines with which a denied access would be allowed, each put to the engine before it is told."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agentowners.change.model import Evidence
from agentowners.dispatch.document import RuleMissingJson
from agentowners.dispatch.judging import AccessDecision, AccessJudge
from agentowners.dispatch.model import Access
from agentowners.policy.model import ALLOW, Layer, Policy, Rule
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
    paths = {access.path for access in accesses}
    if any(path in ("", ".") or not path.isprintable() or path.startswith(("(", "/")) for path in paths):
        return ()  # no line can name this path and nothing else
    edited = policy
    for _ in range(_ROUNDS):
        decided = AccessJudge(edited, evidence, refs, None, lifts=lifts).decide(accesses)
        denied = [each for each in decided if each.decision.restricts]
        if not denied:
            return _missing_rules(policy, edited)
        for each in denied:
            mended = _mended(edited, each, f"{evidence.name}")
            if mended is None:
                return ()
            edited = mended
    return ()


def _mended(policy: Policy, denied: AccessDecision, principal: str) -> Policy | None:
    """The policy in whose files every statement that denies the access leaves it out; None where one of them is in no file."""
    ids = {rule.id for rule in denied.rules}
    files = [layer for layer in policy.layers if layer.source is not None]
    written = {rule.id for layer in files for rule in layer.rules} | {each.id for layer in files for each in layer.defaults}
    if not ids or not ids <= written:
        return None
    path = literal(denied.access.path)
    exception = PathPattern(path, negative=True)

    def mended(layer: Layer) -> Layer:
        rules = [
            replace(rule, patterns=(*rule.patterns, exception)) if rule.id in ids and exception not in rule.patterns else rule
            for rule in layer.rules
        ]
        if any(default.id in ids for default in layer.defaults):
            rules.append(Rule((PathPattern(path),), (), (PrincipalPattern.parse(principal),), ALLOW, id=_NEW))
        return replace(layer, rules=tuple(rules))

    return replace(policy, layers=tuple(layer if layer.source is None else mended(layer) for layer in policy.layers))


def _missing_rules(old: Policy, new: Policy) -> tuple[RuleMissingJson, ...]:
    lines: dict[tuple[str, str], None] = {}
    for before, after in zip(old.layers, new.layers, strict=True):
        known = {rule.id: rule for rule in before.rules}
        changed = [rule for rule in after.rules if known.get(rule.id) != rule]
        lines |= dict.fromkeys(("allow" if rule.id == _NEW else "exception", rule_text(rule)) for rule in changed)
    return tuple({"type": type, "rule": text} for type, text in lines)
