"""Names of rules in findings, and the line that should be there instead."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from agentowners.diagnostics import Span
from agentowners.lint.shadowing import StricterRule
from agentowners.policy.line_tree import LineTree
from agentowners.policy.model import Default, Layer, Outcome, Rule, Unprotect
from agentowners.policy.patterns import PathPattern, PrincipalPattern
from agentowners.policy.statement_text import default_text, unprotect_text
from agentowners.text.wording import listed, quote

_NAMED = 3


def described(char: str) -> str:
    """A character by its number and its name: ``U+0435 CYRILLIC SMALL LETTER IE``."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def name_of(one: StricterRule) -> str:
    """A rule by its id, a mode by its name and line."""
    if one.mode is not None:
        line = "" if one.mode.span is None else f" of line {one.mode.span.line}"
        return f"mode `{one.mode.mode.value}`{line}"
    return quote(one.rule.id)


def listed_once(names: Iterable[str]) -> str:
    """``a``, ``b`` and ``c``; of many the first few."""
    return listed(list(dict.fromkeys(names)), _NAMED + 1)


def related(by: Sequence[StricterRule]) -> list[tuple[str, Span]]:
    """Places of stricter rules, as far as they stand in a file."""
    spans = dict.fromkeys(one.rule.span for one in by if one.rule.span is not None)
    return [("the stricter rule" if one == 0 else "another", span) for one, span in enumerate(spans)]


def default_to_write(layer: Layer, principals: Sequence[PrincipalPattern], outcome: Outcome) -> str:
    """The defaults that say for these principals what a rule says, in the layer's syntax."""
    if isinstance(layer.tree, LineTree):
        said = default_text(Default(principals[0], outcome)).removeprefix(f"default {principals[0]} ")
        return f"`default {' '.join(map(str, principals))} {said}`"
    said = outcome.decision.value
    if outcome.count > 1 or outcome.approvers:
        parts = [f"decision: {said}"]
        parts += [f"approvals: {outcome.count}"] if outcome.count > 1 else []
        parts += [f"approvers: [{_strings(outcome.approvers)}]"] if outcome.approvers else []
        said = f"{{{', '.join(parts)}}}"
    return f"`defaults: {{{', '.join(f'{_string(principal)}: {said}' for principal in principals)}}}`"


def unprotect_to_write(layer: Layer, patterns: tuple[PathPattern, ...], principals: tuple[PrincipalPattern, ...]) -> str:
    """The line that takes paths out of the built-in layer, in the layer's syntax."""
    if isinstance(layer.tree, LineTree):
        return f"`{unprotect_text(Unprotect(patterns, principals))}`"
    return f"`unprotect: [{{patterns: [{_strings(patterns)}], principals: [{_strings(principals)}]}}]`"


def said_of(rule: Rule) -> str:
    """Kind of a rule, for a sentence."""
    return "this rule" if rule.decision.restricts else "this `allow`"


def _strings(values: Iterable[object]) -> str:
    return ", ".join(_string(value) for value in values)


def _string(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
