"""A rule for every path beside an ``allow``, where a default was meant."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.wording import default_to_write
from agentowners.policy.model import Layer, Rule
from agentowners.policy.warnings import catch_all_message, catch_alls, is_everything


@check("catch-all-outweighs-allow", "a rule for every path outweighs an `allow`, where a default was meant")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each such rule, once, with the first ``allow`` that it outweighs."""
    for layer in subject.layers:
        for rule, allow in catch_alls(layer, subject.names.group_of):
            places = subject.places(layer).of(rule)
            at = next((number for number, pattern in enumerate(rule.patterns) if is_everything(pattern)), None)
            span = places.whole if at is None else places.patterns[at]
            other = [] if allow.span is None else [("the `allow` without effect", allow.span)]
            yield mistake.finding(catch_all_message(allow), span, _tip(layer, rule), related=other)


def _tip(layer: Layer, rule: Rule) -> str:
    if rule.refs or rule.actions:
        return "except the allowed paths inside the rule, as `!pattern`"
    keys = {principal.key: str(principal) for principal in rule.principals}
    taken = next((d for d in layer.defaults if d.principal.key in keys and d.span is not None), None)
    if taken is not None and taken.span is not None:
        return f"remove it: line {taken.span.line} has a default for `{taken.principal}`, which can say the same"
    return f"for an allow-list write {default_to_write(layer, rule.principals, rule.outcome)} instead"
