"""Rules, defaults and modes that do nothing, or nothing of what they were written for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Final, TypeVar, assert_never

from msgspec.structs import replace

from agentowners.diagnostics import Severity, Span
from agentowners.lint.equivalence import mode_key, rule_key, unprotect_key
from agentowners.lint.model import Fix, LintFinding, LintSubject, check
from agentowners.lint.shadowed import ShadowedRule, ShadowReason
from agentowners.lint.shadowing import WRITES, StricterRule, actions_of
from agentowners.policy.line_tree import LineTree
from agentowners.policy.model import Default, Layer, Mode, ModeLine, Outcome, Rule, Unprotect
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern
from agentowners.policy.statement_text import default_text, unprotect_text
from agentowners.policy.warnings import catch_all_message, catch_alls, is_everything
from agentowners.proof.prover import ALL_REFS, Doubt, PatternSet
from agentowners.proof.search import Domain
from agentowners.text.edits import TextEdit
from agentowners.text.wording import listed, quote

_NAMED: Final = 4
"""Names that are listed of many, the number of the others among them."""
_S = TypeVar("_S", Rule, ModeLine, Unprotect)
_P = TypeVar("_P", PathPattern, RefPattern)
_DEFAULTS: Final = {
    "agents": ("agents", "anyone"),
    "bots": ("bots", "anyone"),
    "humans": ("humans", "anyone"),
    "unattributed": ("unattributed", "humans", "anyone"),
}
"""Groups whose default a group's members may have, the one that goes before the others first."""


@check("empty-policy", "a policy has no rule, no default and no mode")
def empty_policy(subject: LintSubject) -> Iterator[LintFinding]:
    """The beginning of the first file, where no file says more than who is who."""
    first = next(iter(subject.layers), None)
    if first is None or any(replace(layer, agents=(), organisation=False) != Layer() for layer in subject.layers):
        return
    message = "the policy restricts nothing: it has no rule, no default and no mode"
    yield empty_policy.finding(message, Span(first.name, 1, 1, 1, 1), "one line is a beginning: `security/** @agents block`")


@check("duplicate-rule", "a statement says what an earlier one says")
def duplicate_rule(subject: LintSubject) -> Iterator[LintFinding]:
    """Each later rule, mode or ``unprotect`` line of a layer that means the same in every part, whatever the order, the spelling
    and the case of its parts."""
    for layer in subject.layers:
        for earlier, later in _twice(layer.rules, rule_key):
            # a name may be used by reports and test cases
            lost = later.name is not None or later.reason not in (None, earlier.reason)
            yield _duplicate(subject, layer, earlier, later, f"rule {quote(earlier.id)} says the same", not lost)
        for mode, other in _twice(layer.modes, mode_key):
            yield _duplicate(subject, layer, mode, other, "an earlier line chooses the same mode for the same principals", True)
        for line, again in _twice(layer.unprotects, unprotect_key):
            lost = again.reason not in (None, line.reason)
            yield _duplicate(subject, layer, line, again, "an earlier `unprotect` says the same", not lost)


def _twice(statements: Sequence[_S], key: Callable[[_S], Hashable]) -> Iterator[tuple[_S, _S]]:
    first: dict[Hashable, _S] = {}
    for statement in statements:
        earlier = first.setdefault(key(statement), statement)
        if earlier is not statement:
            yield earlier, statement


def _duplicate(subject: LintSubject, layer: Layer, earlier: _S, later: _S, message: str, may_go: bool) -> LintFinding:
    places = subject.places(layer)
    removal = places.removal(later) if may_go else None
    fix = None if removal is None else Fix("remove the later one", (TextEdit(removal, ""),))
    help = "remove one of them" if may_go else "remove one of them; each has a name or a reason that the other has not"
    first = [] if earlier.span is None else [("the earlier one", earlier.span)]
    return duplicate_rule.finding(message, places.of(later).whole, help, fix=fix, related=first)


@check("unreachable-rule", "a rule never decides, because stricter ones match wherever it does")
def unreachable_rule(subject: LintSubject) -> Iterator[LintFinding]:
    """Each rule of which that is certain, whatever the path, the action, who acts, and the ref; and of which no other check of
    this kind speaks."""
    for shadow in subject.outweighed:
        span = shadow.rule.span
        if span is None:
            continue
        this = "this rule" if shadow.rule.decision.restricts else "this `allow`"
        if shadow.why is ShadowReason.EMPTY:
            message = f"{this} covers no path: its negative patterns take out all that it names"
            yield unreachable_rule.finding(message, span, "remove it, or the negative pattern that is too wide")
        elif shadow.why is ShadowReason.STRICTER:
            names = _names(shadow.by)
            are = "is" if len(names) == 1 else "are together"
            message = f"{this} never decides: {listed(names, _NAMED)} {are} stricter wherever it matches"
            help = "remove it, or take its paths out of the stricter rule, as `!pattern`"
            if any(stricter.is_builtin for stricter in shadow.by):
                help = "remove it; what is protected by default only an `unprotect` line lifts"
            yield unreachable_rule.finding(message, span, help, related=_related(shadow.by))


@check("catch-all-outweighs-allow", "a rule for every path outweighs an `allow`, where a default was meant")
def catch_all_outweighs_allow(subject: LintSubject) -> Iterator[LintFinding]:
    """Each such rule, once, with the first ``allow`` that it outweighs."""
    for layer in subject.layers:
        for rule, allow in catch_alls(layer, subject.names.group_of):
            places = subject.places(layer).of(rule)
            at = next((number for number, pattern in enumerate(rule.patterns) if is_everything(pattern)), None)
            span = places.whole if at is None else places.patterns[at]
            other = [] if allow.span is None else [("the `allow` without effect", allow.span)]
            yield catch_all_outweighs_allow.finding(
                catch_all_message(allow), span, _in_place_of_catch_all(layer, rule), related=other
            )


def _in_place_of_catch_all(layer: Layer, rule: Rule) -> str:
    if rule.refs or rule.actions:
        return "except the allowed paths inside the rule, as `!pattern`"
    keys = {principal.key for principal in rule.principals}
    default = next((d for d in layer.defaults if d.principal.key in keys and d.span is not None), None)
    if default is not None and default.span is not None:
        return f"remove it: line {default.span.line} has a default for `{default.principal}`, which can say the same"
    return f"for an allow-list write {_default_to_write(layer, rule.principals, rule.outcome)} instead"


@check("mode-outweighs-allow", "an `allow` was to widen a mode, and the mode is stricter")
def mode_outweighs_allow(subject: LintSubject) -> Iterator[LintFinding]:
    """Each ``allow``, or pattern of one, that a mode of its layer outweighs for every write of everybody whom it names."""
    for shadow in subject.outweighed:
        if shadow.why is not ShadowReason.MODE:
            continue
        places = subject.places(shadow.layer).of(shadow.rule)
        what, span = "this `allow`", places.whole
        patterns = tuple(pattern for pattern in shadow.rule.patterns if not pattern.negative)
        if shadow.only is not None:
            patterns = (shadow.rule.patterns[shadow.only],)
            what, span = f"the `allow` of {quote(str(patterns[0]))}", places.patterns[shadow.only]
        message = f"{what} has no effect on a write: {listed(_names(shadow.by), _NAMED)} is stricter wherever it matches"
        yield mode_outweighs_allow.finding(message, span, _to_the_mode(shadow, patterns), related=_related(shadow.by))


def _to_the_mode(shadow: ShadowedRule, patterns: tuple[PathPattern, ...]) -> str:
    """The way to say it to the mode. An ``allow`` never overrides a stricter rule, those of modes included."""
    from agentowners.policy.egress import EGRESS  # ninety patterns: imported where a mode outweighs something

    rule = shadow.by[0]
    if rule.mode is None:
        return "remove it"
    is_egress = rule.rule.patterns[: len(EGRESS)] == EGRESS
    paths = " ".join(quote(str(pattern)) for pattern in patterns[:3]) or "`**`"
    mode = rule.mode.mode
    match mode:
        case Mode.READ_ONLY | Mode.OBSERVE_ONLY:
            names = " ".join(str(principal) for principal in rule.mode.principals)
            return f"remove it, or the mode: `{mode.value}` leaves nothing to write for {names}"
        case Mode.APPROVED_ONLINE if is_egress:
            return f"list {paths} with what the mode approves"
        case Mode.REVIEWED_EGRESS if is_egress:
            return f"choose `{Mode.APPROVED_ONLINE.value}`, and list {paths} with what the mode approves"
        case Mode.WORKSPACE_WRITE | Mode.REVIEWED_EGRESS | Mode.APPROVED_ONLINE:
            return f"put {paths} into the mode's workspace"
        case _:
            assert_never(mode)


@check("builtin-outweighs-allow", "an `allow` for paths that are protected by default has no effect")
def builtin_outweighs_allow(subject: LintSubject) -> Iterator[LintFinding]:
    """Each ``allow`` that the built-in layer outweighs for every write of everybody whom it names."""
    for shadow in subject.outweighed:
        if shadow.why is ShadowReason.BUILTIN and shadow.rule.span is not None:
            names = _names(shadow.by)
            asks = "asks" if len(names) == 1 else "ask"
            message = f"this `allow` has no effect on a write: {listed(names, _NAMED)} {asks} for an approval wherever it matches"
            line = _unprotect_to_write(shadow.layer, shadow.rule.patterns, shadow.rule.principals)
            help = f"remove it; only an `unprotect` line lifts what is protected by default: {line}"
            yield builtin_outweighs_allow.finding(message, shadow.rule.span, help)


@check("allow-by-default", "an `allow` gives what the default gives already", Severity.NOTE)
def allow_by_default(subject: LintSubject) -> Iterator[LintFinding]:
    """Each ``allow`` whose principals certainly have the default ``allow``.

    An ``allow`` never outweighs a rule, so all it can do is to stand in place of a default. At a tool call it also answers for
    the tool; rules about those alone are left out.
    """
    message = "this `allow` changes no decision: no default restricts whom it names, so nothing is asked for without it"
    help = "an `allow` beside a stricter default makes an allow-list; this one only documents what is so without it"
    spoken_of = {id(shadow.rule) for shadow in subject.outweighed if shadow.only is None}
    for layer in subject.layers:
        for rule in layer.rules:
            if rule.decision.restricts or rule.span is None or id(rule) in spoken_of or not actions_of(rule) & WRITES:
                continue
            if all(_has_default_allow(subject, layer, principal) for principal in rule.named):
                yield allow_by_default.finding(message, rule.span, help)


def _has_default_allow(subject: LintSubject, layer: Layer, principal: PrincipalPattern) -> bool:
    """True if everybody whom a principal means certainly gets the default ``allow``."""
    restricted = {default.principal.group for default in layer.defaults if default.outcome.decision.restricts}
    if None in restricted:
        # it may name somebody whom the principal means too
        return False
    given = {default.principal.group for default in layer.defaults}
    group = subject.shadowing.inclusion.group(principal)
    groups = _DEFAULTS if group is None else (group,)
    return restricted.isdisjoint(next((word for word in _DEFAULTS[each] if word in given), None) for each in groups)


@check("useless-negation", "a negative pattern takes nothing out of its rule")
def useless_negation(subject: LintSubject) -> Iterator[LintFinding]:
    """Each negative pattern that its statement could as well do without."""
    prover = subject.shadowing.prover

    def outside(rest: PatternSet, text: str) -> bool:
        return prover.find([ALL_REFS, rest, PatternSet((text,))], domain=Domain.REFS) is Doubt.NONE

    for layer in subject.layers:
        places = subject.places(layer)
        statements: tuple[Rule | Unprotect, ...] = (*layer.rules, *layer.unprotects)
        for statement in statements:
            for index in _useless(statement.patterns, prover.are_apart):
                removal = places.removal_of_pattern(statement, index)
                summary = f"remove {quote(str(statement.patterns[index]))}"
                fix = None if removal is None else Fix(summary, (TextEdit(removal, ""),))
                yield _negation(statement.patterns, index, places.of(statement).patterns[index], fix)
        for mode in layer.modes:
            for index in _useless(mode.workspace, prover.are_apart):
                yield _negation(mode.workspace, index, places.of(mode).patterns[index])
        for rule in layer.rules:
            for index in _useless(rule.refs, outside):
                yield _negation(rule.refs, index, places.of(rule).refs[index])


def _useless(patterns: Sequence[_P], takes_nothing: Callable[[PatternSet, str], bool]) -> Iterator[int]:
    """Places of the negative patterns that take nothing out of what the others leave."""
    negative = [index for index, pattern in enumerate(patterns) if pattern.negative]
    if len(negative) == len(patterns):
        return
    gone: set[int] = set()
    for index in negative:
        rest = PatternSet.of([pattern for at, pattern in enumerate(patterns) if at != index and at not in gone])
        if takes_nothing(rest, patterns[index].text):
            gone.add(index)
            yield index


def _negation(patterns: Sequence[PathPattern | RefPattern], index: int, span: Span, fix: Fix | None = None) -> LintFinding:
    others = any(pattern.negative for at, pattern in enumerate(patterns) if at != index)
    why = "that the others do not take out as well" if others else "that a pattern beside it covers"
    message = f"{quote(str(patterns[index]))} takes nothing out: it covers nothing {why}"
    return useless_negation.finding(message, span, "remove it, or check how it is spelled", fix=fix)


def _names(by: Sequence[StricterRule]) -> list[str]:
    """Rules by their ids, modes by their names and lines; each once."""
    names = []
    for stricter in by:
        line = "" if stricter.mode is None or stricter.mode.span is None else f" of line {stricter.mode.span.line}"
        names.append(quote(stricter.rule.id) if stricter.mode is None else f"mode `{stricter.mode.mode.value}`{line}")
    return list(dict.fromkeys(names))


def _related(by: Sequence[StricterRule]) -> list[tuple[str, Span]]:
    """Places of stricter rules, as far as they stand in a file."""
    spans = dict.fromkeys(stricter.rule.span for stricter in by if stricter.rule.span is not None)
    return [("the stricter rule" if number == 0 else "another", span) for number, span in enumerate(spans)]


def _default_to_write(layer: Layer, principals: Sequence[PrincipalPattern], outcome: Outcome) -> str:
    """The defaults that say for these principals what a rule says, in the layer's syntax."""
    if isinstance(layer.tree, LineTree):
        text = default_text(Default(principals[0], outcome)).removeprefix(f"default {principals[0]} ")
        return f"`default {' '.join(map(str, principals))} {text}`"
    text = outcome.decision.value
    if outcome.count > 1 or outcome.approvers:
        parts = [f"decision: {text}"]
        parts += [f"approvals: {outcome.count}"] if outcome.count > 1 else []
        parts += [f"approvers: [{_strings(outcome.approvers)}]"] if outcome.approvers else []
        text = f"{{{', '.join(parts)}}}"
    return f"`defaults: {{{', '.join(f'{_string(principal)}: {text}' for principal in principals)}}}`"


def _unprotect_to_write(layer: Layer, patterns: tuple[PathPattern, ...], principals: tuple[PrincipalPattern, ...]) -> str:
    """The line that takes paths out of the built-in layer, in the layer's syntax."""
    if isinstance(layer.tree, LineTree):
        return f"`{unprotect_text(Unprotect(patterns, principals))}`"
    return f"`unprotect: [{{patterns: [{_strings(patterns)}], principals: [{_strings(principals)}]}}]`"


def _strings(values: Iterable[object]) -> str:
    return ", ".join(_string(value) for value in values)


def _string(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
