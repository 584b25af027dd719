"""An ``allow`` that gives what the layer's default gives already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.diagnostics import Severity
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.shadowing import WRITES, actions_of
from agentowners.policy.model import Layer
from agentowners.policy.patterns import PrincipalPattern

_LADDER: Final = {
    "agents": ("agents", "anyone"),
    "bots": ("bots", "anyone"),
    "humans": ("humans", "anyone"),
    "unattributed": ("unattributed", "humans", "anyone"),
}
_HELP: Final = "an `allow` beside a stricter default makes an allow-list; this one only documents what is so without it"


@check("allow-by-default", "an `allow` gives what the default gives already", Severity.NOTE)
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each ``allow`` whose principals certainly have the default ``allow``.

    An ``allow`` never outweighs a rule, so all it can do is to stand in place of a default. At a tool call it also answers for
    the tool; rules about those alone are left out.
    """
    spoken_of = {id(found.rule) for found in subject.outweighed if found.only is None}
    for layer in subject.layers:
        for rule in layer.rules:
            if rule.decision.restricts or rule.span is None or id(rule) in spoken_of or not actions_of(rule) & WRITES:
                continue
            if all(_has_default_allow(subject, layer, principal) for principal in rule.named):
                message = (
                    "this `allow` changes no decision: no default restricts whom it names, so nothing is asked for without it"
                )
                yield mistake.finding(message, rule.span, _HELP)


def _has_default_allow(subject: LintSubject, layer: Layer, principal: PrincipalPattern) -> bool:
    """True if everybody whom a principal means certainly gets the default ``allow``."""
    if not any(default.outcome.decision.restricts for default in layer.defaults):
        return True
    if any(d.outcome.decision.restricts and d.principal.group is None for d in layer.defaults):
        # it may name somebody whom the principal means too
        return False
    restricted = {d.principal.group for d in layer.defaults if d.outcome.decision.restricts}
    given = {default.principal.group for default in layer.defaults}
    group = subject.shadowing.inclusion.group(principal)
    groups = _LADDER if group is None else [group]
    for word in groups:
        applies = next((step for step in _LADDER[word] if step in given), None)
        if applies in restricted:
            return False
    return True
