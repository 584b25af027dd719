"""An explanation for a terminal: the decision and what decides first, then every rule, then what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from agentowners.diagnostics import Severity
from agentowners.explain.model import Explanation, LayerResult, RuleStatus, Statement, StatementResult, statement_text
from agentowners.policy.model import Decision, Default, ModeLine, Rule
from agentowners.report.explain.words import because, if_only, layer_says, nothing_decides, then, why
from agentowners.report.shared.cut import count, shorten, shorten_middle
from agentowners.report.shared.diagnostic_text import diagnostics_text, width
from agentowners.report.shared.escape import for_terminal
from agentowners.report.shared.style import PLAIN, Style
from agentowners.report.verdict.advice import ANYONE, about, also, approvers, unknown_bot, value
from agentowners.report.verdict.groups import strongest
from agentowners.report.verdict.text import prose
from agentowners.text.wording import listed, short_ref

_RULE: Final = 54
"""Widest column for the text of rules."""
_LINE: Final = 2000
"""Longest line that a text from outside may make, in characters before escaping."""
_SHOWN: Final = 5
"""Deciding rules told of before the table, and warnings after it."""
_LONG: Final = 20
"""Rules of a layer, beyond which those that do not match are left out unless they are asked for."""
_MARKS: Final = {RuleStatus.OUTWEIGHED: "matches", RuleStatus.UNUSED: "", RuleStatus.NO: ""}
_MARK: Final = len("observed")
_HEAD: Final = 160
"""Longest text of a deciding rule: those of modes have a hundred patterns."""


class _StatementRow(NamedTuple):
    """A line of the table."""

    mark: str
    place: str
    text: str
    why: str
    decides: bool


def text(explanations: Sequence[Explanation], origin: str, *, color: bool = False, matching: bool | None = False) -> str:
    """The explanations of some paths by one policy, as text that ends in a newline.

    ``origin`` is where the policy was read from, as a clause: ``in the work tree``. ``matching`` leaves out what does not match;
    None: of a layer with more than 20 rules.
    """
    style = Style(color=True) if color else PLAIN
    blocks = ["\n\n".join("\n".join(part) for part in _explained(each, style, matching) if part) for each in explanations]
    return "\n\n".join([*blocks, *_policy(explanations[0], origin, style)]) + "\n"


def _explained(explanation: Explanation, style: Style, matching: bool | None) -> Iterable[list[str]]:
    yield _head(explanation, style)
    for layer in explanation.layers:
        yield _layer(layer, explanation, style, matching)
    yield _what_ifs(explanation, style)


def _head(explanation: Explanation, style: Style) -> list[str]:
    verdict, decision = explanation.verdict, explanation.decision
    words = {Decision.ALLOW: "Allowed", Decision.REQUIRE_APPROVAL: "Needs approval", Decision.BLOCK: "Blocked"}[decision]
    if verdict.observed_only:
        words = {"Needs approval": "Would need approval", "Blocked": "Would be blocked"}[words]
    fields = list(_deciding(explanation))
    if decision is Decision.REQUIRE_APPROVAL:
        obligations = strongest(verdict.approvals.obligations)
        every = verdict.approvals.obligations
        needs = [f"{count(o.count, 'approval')} from {approvers(o)}{also(o, every)}" for o in obligations]
        fields.append(("need", prose(listed(needs, limit=10) or ANYONE)))
    fields.append(("who", prose(_who(explanation))))
    if (note := unknown_bot(explanation.principal)) is not None:
        fields.append(("note", prose(note)))
    fields.append(("what", prose(f"{explanation.action.value} on {value(short_ref(verdict.ref))}")))
    if verdict.observed_only:
        fields.append(("note", "the policy only observes here: nothing is enforced"))
    path = for_terminal(shorten_middle(explanation.path, _LINE))
    heading = f"{style.decision(decision, words)}: {style.strong(path)}"
    return [heading, *(f"  {style.faint(f'{name:<4}')}  {line}" for name, line in fields)]


def _deciding(explanation: Explanation) -> Iterable[tuple[str, str]]:
    """Fields about the rules that decide."""
    deciding = explanation.deciding
    modes = {
        (layer.layer.name, result.statement.id): f" (mode {result.mode.mode.value})"
        for layer in explanation.layers
        for result in layer.rules
        if result.mode is not None
    }
    for rule in deciding[:_SHOWN]:
        kind = " (default)" if rule.is_default else modes.get((rule.source, rule.id), "")
        yield "rule", f"{_one_line(rule.id)}{kind}: {for_terminal(shorten_middle(rule.text, _HEAD))}"
        if rule.reason:
            yield "why", _one_line(rule.reason)
    if len(deciding) > _SHOWN:
        yield "", f"and {len(deciding) - _SHOWN:,} more"
    if not deciding:
        yield "rule", prose(nothing_decides(explanation))


def _who(explanation: Explanation) -> str:
    principals, decisive = explanation.verdict.principals, explanation.principal
    names = listed([f"{value(principal.name)} ({about(principal)})" for principal in principals], limit=10)
    if len(principals) > 1 and decisive is not None:
        return f"{names}; strictest for {value(decisive.name)}"
    return names


def _layer(layer: LayerResult, explanation: Explanation, style: Style, wanted: bool | None) -> list[str]:
    builtin = layer.layer.source is None
    matching = len(layer.rules) > _LONG and not builtin if wanted is None else wanted
    decisions = [prose(clause) for clause in layer_says(layer)]
    heading = style.strong(_one_line(layer.layer.name))
    lines = [f"{heading}: {decisions[0]}"] if len(decisions) == 1 else [heading, *(f"  {line}" for line in decisions)]
    # who reads about a path need not read each built-in rule about others
    elsewhere = [result for result in layer.rules if builtin and not result.path]
    results: list[StatementResult[Statement]] = [result for result in layer.rules if not builtin or result.path]
    results += [*layer.defaults, *layer.observers, *layer.unprotects]
    rows = [_row(result, layer, explanation) for result in results]
    selection = [row for row in rows if row.mark] if matching else rows
    places = max((width(row.place) for row in selection), default=0)
    texts = max((width(row.text) for row in selection), default=0)
    for row in selection:
        mark, blanks = f"{row.mark:<{_MARK}}", " " * (places - width(row.place))
        place = row.place + blanks if builtin else blanks + row.place
        rest = f"{place}  {row.text}{' ' * (texts - width(row.text))}  {row.why}"
        if row.decides:
            lines.append(f"  {style.decision(explanation.decision, mark)}  {style.strong(rest)}")
        else:
            lines.append(f"  {mark}  {rest if row.mark else style.faint(rest)}".rstrip())
    idle = len(rows) - len(selection) + (len(elsewhere) if matching else 0)
    if idle:
        rest = ": `--all` shows them" if wanted is None else ""
        lines.append(style.faint(f"  {count(idle, 'line does', 'lines do')} not match{rest}"))
    if elsewhere and not matching:
        ids = [_one_line(result.statement.id.removeprefix("builtin:")) for result in elsewhere]
        lines.append(style.faint(f"  no pattern matches of {listed(ids, limit=len(ids), word='or')}"))
    return lines


def _row(result: StatementResult[Statement], layer: LayerResult, explanation: Explanation) -> _StatementRow:
    statement, principals = result.statement, explanation.verdict.principals
    reason = because(result)
    mark = _MARKS.get(result.status, result.status.value)
    if isinstance(statement, ModeLine):
        mark = "observes" if result.applies else ""
    elif isinstance(statement, Rule):
        if 0 < len(result.holds_for) < len(principals):
            reason += f", for {listed([value(principal.name) for principal in result.holds_for], limit=3)}"
    elif not isinstance(statement, Default):
        mark = "used" if result.status is RuleStatus.LIFTED else ""
    words = ("" if result.mode is None else f"mode {result.mode.mode.value}: ") + statement_text(statement)
    if layer.layer.source is None and isinstance(statement, Rule):
        words = statement.reason or words
    reason = prose(shorten(why(result, explanation, reason), _LINE))
    return _StatementRow(
        mark, _place_of(statement), for_terminal(shorten_middle(words, _RULE)), reason, result.status is RuleStatus.DECIDES
    )


def _place_of(statement: Statement) -> str:
    """The line that a statement stands on; for a built-in rule its name."""
    id, span = statement.id, statement.span
    if span is None:
        return _one_line(id.removeprefix("builtin:"))
    more = id.rpartition("#")[2]
    return f"{span.line}#{more}" if id.endswith(f":{span.line}#{more}") else str(span.line)


def _what_ifs(explanation: Explanation, style: Style) -> list[str]:
    lines = [
        f"  {prose(listed(list(map(if_only, each.edits)), limit=4))}: {style.decision(each.decision, prose(then(each)))}"
        for each in explanation.what_ifs
    ]
    return [style.strong("What would change it"), *lines] if lines else []


def _policy(explanation: Explanation, origin: str, style: Style) -> list[str]:
    verdict = explanation.verdict
    names = listed([value(source.path) for source in verdict.sources], limit=10)
    policy = f"{names} {origin}" if names else f"there is none {origin}, only what is protected by default"
    worth = [diagnostic for diagnostic in verdict.diagnostics if diagnostic.severity is not Severity.NOTE]
    blocks = [f"{style.strong('Policy')}: {prose(policy)}"]
    if worth:
        blocks.append(diagnostics_text(worth[:_SHOWN], style))
    if len(worth) > _SHOWN:
        blocks.append(f"and {count(len(worth) - _SHOWN, 'more warning')}: see `agentowners lint`")
    return blocks


def _one_line(message: str) -> str:
    return for_terminal(shorten(message, _LINE))
