"""What parses but is certainly not meant: said in the check's summary, never an error."""

from __future__ import annotations

from collections.abc import Callable

from agentowners.diagnostics import Diagnostic, Severity
from agentowners.policy.model import Layer, Rule
from agentowners.policy.patterns import PrincipalPattern

_EVERYTHING = frozenset({"**", "*", "/**", "**/*"})
_ANYONE = "anyone"


GroupOf = Callable[[PrincipalPattern], str | None]
"""The group word of everybody whom a principal means, where that is certain."""


def group_word(principal: PrincipalPattern) -> str | None:
    """What the text alone tells of a principal's group."""
    return principal.group


def layer_warnings(layer: Layer, group_of: GroupOf = group_word) -> tuple[Diagnostic, ...]:
    """The warnings about one layer, in file order."""
    allows = [rule for rule in layer.rules if not rule.decision.restricts]
    found: list[Diagnostic] = []
    for rule in layer.rules:
        if rule.span is None or not _covers_every_path(rule):
            continue
        outweighed = next((allow for allow in allows if _outweighs(rule, allow, group_of)), None)
        if outweighed is not None:
            found.append(
                Diagnostic(
                    "catch-all-outweighs-allow",
                    Severity.WARNING,
                    f"this rule covers every path and outweighs the `allow` of rule `{outweighed.id}`: the strictest rule wins",
                    rule.span,
                    _help(rule),
                )
            )
    return tuple(found)


def _covers_every_path(rule: Rule) -> bool:
    if not rule.decision.restricts or any(pattern.negative for pattern in rule.patterns):
        return False
    return not rule.patterns or any(pattern.text in _EVERYTHING for pattern in rule.patterns)


def _outweighs(rule: Rule, allow: Rule, group_of: GroupOf) -> bool:
    """Whether the rule certainly matches wherever the ``allow`` does."""
    keys = {principal.key for principal in rule.principals}
    for_all = _ANYONE in keys or all(p.key in keys or group_of(p) in keys for p in allow.principals)
    on_all = not rule.refs or set(rule.refs) == set(allow.refs)
    does_all = not rule.actions or (allow.actions and allow.actions <= rule.actions)
    return for_all and on_all and bool(does_all)


def _help(rule: Rule) -> str:
    if rule.refs or rule.actions:
        return "except the allowed paths inside the rule, as `!pattern`"
    principals = " ".join(str(principal) for principal in rule.principals)
    return f"for an allow-list write `default {principals} {rule.decision.value}` instead"
