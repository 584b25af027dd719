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
from agentowners.values import gathered

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
        mended = _mended(edited, denied, f"{evidence.name}")
        if mended is None:
            return ()
        edited = mended
    return ()


def _mended(policy: Policy, denied: Sequence[AccessDecision], principal: str) -> Policy | None:
    """The policy in whose files every statement that denies an access leaves it out; None where one of them is in no file."""
    # by more than their ids: two files of one name, as a branch's and the default branch's, have others of the same
    paths = gathered(((rule.id, rule.statement), each.access.path) for each in denied for rule in each.rules)
    files = [layer for layer in policy.layers if layer.source is not None]
    written = {(rule.id, rule) for layer in files for rule in layer.rules} | {
        (default.id, default) for layer in files for default in layer.defaults
    }
    if not all(each.rules for each in denied) or not paths.keys() <= written:
        return None

    def mended(layer: Layer) -> Layer:
        rules = []
        for rule in layer.rules:
            exceptions = dict.fromkeys(PathPattern(literal(path), negative=True) for path in paths.get((rule.id, rule), ()))
            new = [exception for exception in exceptions if exception not in rule.patterns]
            rules.append(replace(rule, patterns=(*rule.patterns, *new)) if new else rule)
        openings = dict.fromkeys(path for default in layer.defaults for path in paths.get((default.id, default), ()))
        principals = (PrincipalPattern.parse(principal),)
        rules += [Rule((PathPattern(literal(path)),), (), principals, ALLOW, id=_NEW) for path in openings]
        return replace(layer, rules=tuple(rules))

    return replace(policy, layers=tuple(layer if layer.source is None else mended(layer) for layer in policy.layers))


def _missing_rules(old: Policy, new: Policy) -> tuple[RuleMissingJson, ...]:
    lines: dict[tuple[str, str], None] = {}
    for before, after in zip(old.layers, new.layers, strict=True):
        known = {rule.id: rule for rule in before.rules}
        changed = [rule for rule in after.rules if known.get(rule.id) != rule]
        lines |= dict.fromkeys(("allow" if rule.id == _NEW else "exception", rule_text(rule)) for rule in changed)
    return tuple({"type": type, "rule": text} for type, text in lines)
