"""Warnings of what parses but is certainly not meant: shown in the check's summary, never an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.policy.model import Action, Layer, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern
from agentowners.policy.words import DIRECTIVES
from agentowners.text.wording import quote
from agentowners.values import gathered

_EVERYTHING = frozenset({"**", "*", "/**", "**/*"})
_ANYONE = "anyone"
_NEEDLESS = r"(?:[^\\]|\\[^A-Za-z0-9])*+\\[A-Za-z0-9]"
"""Compiled when it is needed, which is hardly ever: that takes longer than all the rest here."""
_LITERALS = {
    "a quote": "write paths without quotes; in lines a blank is escaped, `\\ `",
    "the comma": "separate patterns with blanks",
    "`{...}`": "write one pattern for each",
}
"""Ways out, by what ``odd_literal`` finds."""


GroupOf = Callable[[PrincipalPattern], str | None]
"""The group word of everybody whom a principal means, where that is certain."""


def layer_warnings(layer: Layer, group_of: GroupOf = attrgetter("group")) -> tuple[Diagnostic, ...]:
    """The warnings about one layer, in file order; by itself as far as its text tells."""
    return tuple(
        Diagnostic("catch-all-outweighs-allow", Severity.WARNING, catch_all_message(allow), rule.span, _help(rule))
        for rule, allow in catch_alls(layer, group_of)
        if rule.span is not None
    )


def catch_all_message(allow: Rule) -> str:
    """Warning of a rule that covers every path, beside this ``allow``."""
    return f"this rule covers every path and outweighs the `allow` of rule `{allow.id}`: the strictest rule wins"


def catch_alls(layer: Layer, group_of: GroupOf) -> tuple[tuple[Rule, Rule], ...]:
    """Rules that cover every path and certainly match wherever some ``allow`` of the layer does, in file order, each with the
    first such ``allow``."""
    alike = _covering_every_path(layer)
    waiting = _by_key(alike)
    first: dict[_Says, Rule] = {}
    for allow in _allows(layer) if alike else ():
        for key in _keys(allow, group_of):
            hits = [says for says in waiting.get(key, ()) if _outweighs(says, allow, group_of)]
            for says in hits:
                first.setdefault(says, allow)
            if hits:
                waiting[key] = [says for says in waiting[key] if says not in first]
    with_first = {id(rule): allow for says, allow in first.items() for rule in alike[says]}
    return tuple((rule, with_first[id(rule)]) for rule in layer.rules if id(rule) in with_first)


def outweighed_allows(layer: Layer, group_of: GroupOf) -> Iterator[Rule]:
    """Each ``allow`` that a rule covering every path outweighs, in file order."""
    by_key = _by_key(_covering_every_path(layer))
    for allow in _allows(layer) if by_key else ():
        near = (says for key in _keys(allow, group_of) for says in by_key.get(key, ()))
        if any(_outweighs(says, allow, group_of) for says in near):
            yield allow


def _covering_every_path(layer: Layer) -> dict[_Says, list[Rule]]:
    return gathered(
        ((frozenset(p.key for p in rule.principals), frozenset(rule.refs), rule.actions), rule)
        for rule in layer.rules
        if _covers_every_path(rule)
    )


def _by_key(alike: Iterable[_Says]) -> dict[str, list[_Says]]:
    return gathered((key, says) for says in alike for key in says[0])


def _allows(layer: Layer) -> Iterator[Rule]:
    return (rule for rule in layer.rules if not rule.decision.restricts)


def _keys(allow: Rule, group_of: GroupOf) -> Iterator[str]:
    """One of these is named by every rule that outweighs the ``allow``."""
    some = allow.principals[0]
    return iter(dict.fromkeys(key for key in (_ANYONE, some.key, group_of(some)) if key is not None))


_Says = tuple[frozenset[str], frozenset[RefPattern], frozenset[Action]]
"""Keys of principals, refs and actions."""


def _covers_every_path(rule: Rule) -> bool:
    if not rule.decision.restricts or (rule.patterns and not any(map(is_everything, rule.patterns))):
        return False
    return not rule.left_out and not any(pattern.negative for pattern in rule.patterns)


def is_everything(pattern: PathPattern) -> bool:
    """True if a pattern covers every path."""
    return pattern.text in _EVERYTHING


def _outweighs(says: _Says, allow: Rule, group_of: GroupOf) -> bool:
    """True if a rule for every path certainly matches wherever the ``allow`` does."""
    keys, refs, actions = says
    for_all = _ANYONE in keys or all(p.key in keys or group_of(p) in keys for p in allow.named)
    on_all = not refs or refs == frozenset(allow.refs)
    does_all = not actions or (allow.actions and allow.actions <= actions)
    return for_all and on_all and bool(does_all)


def _help(rule: Rule) -> str:
    if rule.refs or rule.actions:
        return "except the allowed paths inside the rule, as `!pattern`"
    principals = " ".join(str(principal) for principal in rule.principals)
    return f"for an allow-list write `default {principals} {rule.decision.value}` instead"


def pattern_warnings(layer: Layer) -> tuple[Diagnostic, ...]:
    """Patterns of rules that mean something, but hardly what their author takes them for; in file order."""
    diagnostics: list[Diagnostic] = []
    for rule in layer.rules:
        if rule.span is None:
            continue
        if "\\" in rule.span.text and (escaped := _escaped_letter(rule.span)) is not None:
            message = f"the backslash in {quote(escaped)} escapes the character after it and separates nothing"
            diagnostics.append(
                Diagnostic("needless-escape", Severity.WARNING, message, rule.span, "separate directories with `/`")
            )
        for path in rule.patterns:
            if (fault := literal_fault(path)) is not None:
                diagnostics.append(Diagnostic("literal-character", Severity.WARNING, fault[0], rule.span, fault[1]))
        for ref in rule.refs:
            if is_nowhere(ref.text):
                message = f"no branch and no tag is called {quote(str(ref))}"
                diagnostics.append(
                    Diagnostic("ref-nowhere", Severity.WARNING, message, rule.span, "a branch is `refs/heads/<name>`")
                )
    return tuple(diagnostics)


def _escaped_letter(span: Span) -> str | None:
    """The first pattern of a line that escapes what needs no escape, as paths are written elsewhere: ``src\\main.py``."""
    if span.path.endswith((".yml", ".yaml")):
        return None  # the line may hold escapes of YAML's own
    patterns = span.text.partition("@")[0].split()
    return next((text for text in patterns if is_needless(text)), None)


def is_needless(pattern: str) -> bool:
    """True if a letter or a digit is escaped in a written pattern, and not to tell a name from a keyword: ``\\mode``."""
    return re.match(_NEEDLESS, pattern) is not None and pattern.removeprefix("\\") not in DIRECTIVES


def literal_fault(pattern: PathPattern) -> tuple[str, str] | None:
    """The fault of a pattern with characters that are taken literally, and are more often meant for something else, and the way
    out; None where there is none."""
    odd = odd_literal(pattern.text)
    return None if odd is None else (f"{odd} has no meaning in {quote(str(pattern))} but itself", _LITERALS[odd])


def odd_literal(text: str) -> str | None:
    """Characters of a path's pattern that are taken literally, and are more often meant for something else."""
    if text[0] in "\"'" or text[-1] in "\"'":
        return "a quote"
    if text[-1] == ",":
        return "the comma"
    if "{" in text:
        _, _, inside = text.partition("{")
        if "," in inside.partition("}")[0] and "}" in inside:
            return "`{...}`"
    return None


def is_nowhere(ref: str) -> bool:
    """True if the pattern certainly matches no ref of a change: those are branches and tags."""
    kind, slash, _ = ref.removeprefix("refs/").partition("/")
    if any(char in kind for char in "*?[\\"):
        return False
    return kind not in ("heads", "tags") or not slash
