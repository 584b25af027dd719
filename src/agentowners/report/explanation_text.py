"""An explanation for a terminal: the decision and what decides first, then every rule, then what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agentowners.diagnostics import Severity, Span
from agentowners.engine.explanation import DefaultAnswer, Explanation, LayerAnswer, RuleAnswer, RuleStatus
from agentowners.engine.verdict import AppliedRule
from agentowners.policy.model import Decision
from agentowners.policy.printer import default_text, rule_text, unprotect_text
from agentowners.records import record
from agentowners.report.explanation_words import (
    because,
    becomes,
    default_because,
    if_only,
    layer_says,
    lift_because,
    nothing_decides,
    observer_because,
    then,
)
from agentowners.report.shared.cut import count, listed, shorten, shorten_middle
from agentowners.report.shared.diagnostic_text import diagnostics_text, width
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import PLAIN, Style
from agentowners.report.verdict.advice import ANYONE, about, approvers, short_ref, value
from agentowners.report.verdict.groups import strongest
from agentowners.report.verdict.text import prose

_RULE: Final = 54
"""Widest column for the text of rules."""
_LINE: Final = 2000
"""Longest line that a text from outside may make, in characters before escaping."""
_SHOWN: Final = 5
"""Deciding rules told of before the table, and warnings after it."""
_MARKS: Final = {RuleStatus.OUTWEIGHED: "matches", RuleStatus.UNUSED: "", RuleStatus.NO: ""}
_MARK: Final = len("observed")
_HEAD: Final = 160
"""Longest text of a deciding rule: those of modes have a hundred patterns."""


@record
class Row:
    """A line of the table."""

    mark: str
    place: str
    text: str
    why: str
    standing: RuleStatus


def text(explanations: Sequence[Explanation], origin: str, *, color: bool = False, matching: bool = False) -> str:
    """The explanations of some paths, as text that ends in a newline.

    Args:
        explanations: one for each path, of one policy.
        origin: where the policy was read from, as a clause: ``in the work tree``.
        color: whether to use colors.
        matching: whether to leave out what does not match.
    """
    style = Style(color=True) if color else PLAIN
    blocks = ["\n\n".join("\n".join(part) for part in _explained(one, style, matching) if part) for one in explanations]
    return "\n\n".join([*blocks, *_policy(explanations[0], origin, style)]) + "\n"


def _explained(explanation: Explanation, style: Style, matching: bool) -> Iterable[list[str]]:
    yield _head(explanation, style)
    for layer in explanation.layers:
        yield _layer(layer, explanation, style, matching)
    yield _claims(explanation, style)


def _head(explanation: Explanation, style: Style) -> list[str]:
    verdict, decision = explanation.verdict, explanation.decision
    words = {Decision.ALLOW: "Allowed", Decision.REQUIRE_APPROVAL: "Needs approval", Decision.BLOCK: "Blocked"}[decision]
    if verdict.observed_only:
        words = {"Needs approval": "Would need approval", "Blocked": "Would be blocked"}[words]
    path = for_terminal(shorten_middle(explanation.path, _LINE))
    lines = [f"{style.decision(decision, words)}: {style.strong(path)}"]
    deciding = explanation.deciding
    modes = {(one.layer.name, r.rule.id): r.mode for one in explanation.layers for r in one.rules if r.mode is not None}
    for rule in deciding[:_SHOWN]:
        mode = modes.get((rule.source, rule.id))
        lines.append(_field("rule", _rule(rule, "" if mode is None else f" (mode {mode.value})"), style))
        lines += [_field("why", _line(rule.reason), style)] if rule.reason else []
    if len(deciding) > _SHOWN:
        lines.append(_field("", f"and {len(deciding) - _SHOWN:,} more", style))
    if not deciding:
        lines.append(_field("rule", prose(nothing_decides(explanation)), style))
    needs = [f"{count(one.count, 'approval')} from {approvers(one)}" for one in strongest(verdict.approvals.obligations)]
    lines += [_field("need", prose(listed(needs, limit=10) or ANYONE), style)] if decision is Decision.REQUIRE_APPROVAL else []
    lines.append(_field("who", prose(_who(explanation)), style))
    lines.append(_field("what", prose(f"{explanation.action.value} on {value(short_ref(verdict.ref))}"), style))
    lines += [_field("note", "the policy only observes here: nothing is enforced", style)] if verdict.observed_only else []
    return lines


def _who(explanation: Explanation) -> str:
    principals, decisive = explanation.verdict.principals, explanation.principal
    names = [f"{value(who.name)} ({about(who)})" for who in principals]
    said = listed(names, limit=10)
    if len(principals) > 1 and decisive is not None:
        return f"{said}; strictest for {value(decisive.name)}"
    return said


def _layer(layer: LayerAnswer, explanation: Explanation, style: Style, matching: bool) -> list[str]:
    said = layer_says(layer)
    heading = style.strong(_line(layer.layer.name)) + (f": {prose(said[0])}" if len(said) == 1 else "")
    lines = [heading, *(f"  {prose(one)}" for one in said if len(said) > 1)]
    rows = _rows(layer, explanation)
    shown = [row for row in rows if row.mark] if matching else rows
    places = max((width(row.place) for row in shown), default=0)
    texts = max((width(row.text) for row in shown), default=0)
    for row in shown:
        mark = f"{row.mark:<{_MARK}}"
        rest = f"{_pad(row.place, places, right=layer.layer.source is not None)}  {_pad(row.text, texts)}  {row.why}"
        if row.standing is RuleStatus.DECIDES:
            lines.append(f"  {style.decision(explanation.decision, mark)}  {style.strong(rest)}")
        else:
            lines.append(f"  {mark}  {rest if row.mark else style.faint(rest)}".rstrip())
    others = _elsewhere(layer)
    idle = len(rows) - len(shown) + (len(others) if matching else 0)
    if idle:
        lines.append(style.faint(f"  {count(idle, 'line does', 'lines do')} not match"))
    if others and not matching:
        names = listed([_line(answer.rule.id.removeprefix("builtin:")) for answer in others], limit=len(others), word="or")
        lines.append(style.faint(f"  no pattern matches of {names}"))
    return lines


def _elsewhere(layer: LayerAnswer) -> list[RuleAnswer]:
    """Built-in rules about other paths: who reads about a path need not read each of them."""
    return [answer for answer in layer.rules if not answer.path] if layer.layer.source is None else []


def _rows(layer: LayerAnswer, explanation: Explanation) -> list[Row]:
    several = len(explanation.verdict.principals) > 1
    others = {answer.rule.id for answer in _elsewhere(layer)}
    rows = [_rule_row(answer, layer, explanation, several) for answer in layer.rules if answer.rule.id not in others]
    rows += [_default_row(answer, explanation) for answer in layer.defaults]
    for observer in layer.observers:
        mode = observer.line
        mark = "observes" if any(one.applies for one in observer.principals) else ""
        said = _cut(f"mode {mode.mode.value} {' '.join(map(str, mode.principals))}")
        rows.append(Row(mark, _place(mode.id, mode.span), said, prose(observer_because(observer)), RuleStatus.NO))
    for lift in layer.unprotects:
        standing = RuleStatus.LIFTED if lift.used else RuleStatus.NO
        said = _cut(unprotect_text(lift.line))
        rows.append(
            Row("used" if lift.used else "", _place(lift.line.id, lift.line.span), said, prose(lift_because(lift)), standing)
        )
    return rows


def _rule_row(answer: RuleAnswer, layer: LayerAnswer, explanation: Explanation, several: bool) -> Row:
    rule = answer.rule
    why = because(answer)
    if several and answer.matches and len(answer.matched_for) < len(explanation.verdict.principals):
        why += f", for {listed([value(who.name) for who in answer.matched_for], limit=3)}"
    became = becomes(answer, explanation)
    said = f"mode {answer.mode.value}: {rule_text(rule)}" if answer.mode is not None else rule_text(rule)
    if layer.layer.source is None:
        said = rule.reason or said
    return _row(answer.standing, _place(rule.id, rule.span), said, why, became)


def _default_row(answer: DefaultAnswer, explanation: Explanation) -> Row:
    default = answer.default
    became = becomes(answer, explanation)
    return _row(answer.standing, _place(default.id, default.span), default_text(default), default_because(answer), became)


def _row(standing: RuleStatus, place: str, said: str, why: str, became: str | None) -> Row:
    why = f"{became}: {why}" if became else why
    return Row(_MARKS.get(standing, standing.value), place, _cut(said), prose(shorten(why, _LINE)), standing)


def _place(id: str, span: Span | None) -> str:
    """The line that a statement stands on; for a built-in rule its name."""
    if span is None:
        return _line(id.removeprefix("builtin:"))
    more = id.rpartition("#")[2]
    return f"{span.line}#{more}" if id.endswith(f":{span.line}#{more}") else str(span.line)


def _claims(explanation: Explanation, style: Style) -> list[str]:
    lines = []
    for claim in explanation.claims:
        steps = [if_only(step) for step in claim.steps]
        lines.append(f"  {prose(listed(steps, limit=4))}: {style.decision(claim.decision, prose(then(claim)))}")
    return [style.strong("What would change it"), *lines] if lines else []


def _policy(explanation: Explanation, origin: str, style: Style) -> list[str]:
    verdict = explanation.verdict
    names = listed([value(source.path) for source in verdict.sources], limit=10)
    said = f"{names} {origin}" if names else f"there is none {origin}, only what is protected by default"
    worth = [diagnostic for diagnostic in verdict.diagnostics if diagnostic.severity is not Severity.NOTE]
    blocks = [f"{style.strong('Policy')}: {prose(said)}"]
    if worth:
        blocks.append(diagnostics_text(worth[:_SHOWN], style))
    if len(worth) > _SHOWN:
        blocks.append(f"and {count(len(worth) - _SHOWN, 'more warning')}: see `agentowners lint`")
    return blocks


def _rule(rule: AppliedRule, kind: str) -> str:
    return f"{_line(rule.id)}{' (default)' if rule.is_default else kind}: {for_terminal(shorten_middle(rule.text, _HEAD))}"


def _field(name: str, said: str, style: Style) -> str:
    return f"  {style.faint(f'{name:<4}')}  {said}"


def _cut(said: str) -> str:
    return for_terminal(shorten_middle(said, _RULE))


def _pad(said: str, cells: int, *, right: bool = False) -> str:
    blanks = " " * (cells - width(said))
    return blanks + said if right else said + blanks


def _line(message: str) -> str:
    return for_terminal(shorten(message, _LINE))
