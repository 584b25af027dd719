"""Clauses of an explanation: why a rule matches or does not, what decides in a layer, and what would change it.

Each is prose as in error messages, user text in backticks, to be escaped for the place it goes to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never

from agentowners.engine.verdict import AppliedRule
from agentowners.explain.model import (
    Edit,
    EditKind,
    Explanation,
    LayerResult,
    NameAnswer,
    PatternAnswer,
    PrincipalAnswer,
    RuleStatus,
    Share,
    Statement,
    StatementResult,
    WhatIf,
    default_level,
)
from agentowners.identity.match import Match, Name
from agentowners.policy.model import Action, Decision, Default, ModeLine, Rule, Unprotect
from agentowners.report.shared.cut import count
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.advice import value
from agentowners.text.wording import listed, short_ref
from agentowners.values import gathered

_LEVELS: Final = {
    "named": "it names {0}",
    "group": "it is the group's default",
    "humans": "it is the humans' default, and so that of who is unattributed",
    "anyone": "it is anyone's default",
}


def because(result: StatementResult[Statement]) -> str:
    """Why a statement holds, or each reason why it does not."""
    match result.statement:
        case Rule():
            return _rule_because(result, result.statement)
        case Default():
            return _default_because(result, result.statement)
        case Unprotect():
            return _unprotect_because(result)
        case ModeLine():
            return _observer_because(result)
        case _:
            assert_never(result.statement)


def _rule_because(result: StatementResult[Statement], rule: Rule) -> str:
    if result.status is RuleStatus.NO:
        failing = [] if result.path else [_outside(result.patterns)]
        failing += [] if result.ref else [f"ref: {_outside(result.refs)}"]
        failing += [] if result.applies else [_nobody(result.principals)]
        failing += [] if result.action else [f"only {listed([a.value for a in Action if a in rule.actions], limit=7)}"]
        return "; ".join(failing)
    parts = [_inside(result.patterns) or "every path"]
    if result.refs:
        parts.append(f"ref {_inside(result.refs) or 'not excluded'}")
    parts += dict.fromkeys(_meaning(answer) for answer in result.principals if answer.applies or answer.withheld)
    return ", ".join(parts)


def _default_because(result: StatementResult[Statement], default: Default) -> str:
    chosen_for = result.holds_for
    if chosen_for:
        levels = [_LEVELS[default_level(default, principal)].format(value(principal.name)) for principal in chosen_for]
        chosen = listed(list(dict.fromkeys(levels)))
        if len(chosen_for) < len(result.principals):
            chosen += f", for {listed([value(principal.name) for principal in chosen_for], limit=3)}"
        return f"{chosen}; a rule matches, so it is not used" if result.status is RuleStatus.UNUSED else chosen
    if result.status is RuleStatus.WITHHELD:
        return "not proved who acts, so it does not allow"
    return "another default of the layer comes first" if result.applies else _nobody(result.principals)


def _unprotect_because(result: StatementResult[Statement]) -> str:
    if result.status is RuleStatus.LIFTED:
        meaning = _meaning(next(answer for answer in result.principals if answer.applies))
        return f"{_inside(result.patterns) or 'every path'}, {meaning}"
    reasons = [] if result.path else [_outside(result.patterns)]
    if not result.applies:
        reasons.append("not proved who acts, so it takes nothing out" if result.withheld else _nobody(result.principals))
    return "; ".join(reasons) or "nothing built in is to be taken out here"


def _observer_because(result: StatementResult[Statement]) -> str:
    principals = [value(answer.principal) for answer in result.principals if answer.applies]
    if principals:
        return f"nothing of this layer is enforced for {listed(principals, limit=3)}"
    return "not proved who acts, so it is enforced" if result.withheld else _nobody(result.principals)


def nothing_decides(explanation: Explanation) -> str:
    """The clause for where no rule and no default carries the decision."""
    used = explanation.verdict.files[0].judgement.unprotected
    if used:
        return f"none is left: `unprotect` {listed([value(id) for id in used], limit=3)} takes it out of what is built in"
    return "none matches, and no default says otherwise"


def why(result: StatementResult[Statement], explanation: Explanation, reason: str | None = None) -> str:
    """The reason, ``because`` or another; before it what becomes of a statement that holds and does not decide."""
    became = _becomes(result, explanation)
    reason = because(result) if reason is None else reason
    return f"{became}: {reason}" if became else reason


def _becomes(result: StatementResult[Statement], explanation: Explanation) -> str | None:
    match result.status:
        case RuleStatus.OUTWEIGHED:
            stronger = explanation.deciding
            named = [value(rule.id) for rule in stronger[:3]]
            # not `listed`: there may be as many of these lines as there are stronger rules
            few = listed(named) if len(stronger) < 4 else f"{named[0]}, {named[1]} and {len(stronger) - 2:,} more"
            return f"outweighed by {few}" if stronger else "outweighed"
        case RuleStatus.OBSERVED:
            return "only observed, not enforced"
        case RuleStatus.LIFTED if isinstance(result.statement, Rule):
            lines = (line for layer in explanation.layers for line in layer.unprotects)
            used = [value(line.statement.id) for line in lines if line.status is RuleStatus.LIFTED]
            return f"taken out by `unprotect` {listed(used, limit=3)}"
        case RuleStatus.WITHHELD if isinstance(result.statement, Rule):
            return "would allow it if it were proved who acts"
        case _:
            return None


def layer_says(layer: LayerResult) -> list[str]:
    """Each of a layer's decisions and what makes it, once for all principals for whom it is the same."""
    by_words = gathered((_share(share), value(share.principal)) for share in layer.shares)
    if len(by_words) == 1:
        return list(by_words)
    return [f"{listed(names, limit=3)}: {words}" for words, names in by_words.items()]


def _share(share: Share) -> str:
    how = {
        "rules": f"by {count(len(share.rules), 'rule')}",
        "default": "by default, no rule matches",
        "lifted": f"taken out by `unprotect` {listed([value(id) for id in share.unprotected_by], limit=3)}",
        "nothing": "no rule matches, no default",
    }
    observed = "; only observed, not enforced" if share.observes and share.decision is not Decision.ALLOW else ""
    return f"{share.decision.value} ({how[share.by]}{observed})"


def if_only(edit: Edit) -> str:
    """One thing that might be different, as a clause."""
    where = value(edit.rule) if edit.rule else ""
    match edit.kind:
        case EditKind.WITHOUT:
            return f"without {where}"
        case EditKind.EXCEPT:
            return f"with {quoted(edit.text)} in {where}"
        case EditKind.WRITE:
            under = f"under `{edit.section}` of" if edit.section else "in"
            return f"with the line {quoted(('- ' if edit.section else '') + edit.text)} {under} {value(edit.source or '')}"
        case EditKind.AS:
            return f"as {value(edit.text)}"
        case EditKind.VERIFIED:
            return f"if it were proved that it is {value(edit.text)}"
        case EditKind.REF:
            of = f", one of {value(edit.pattern)}" if edit.pattern else ""
            branch = "branch " if short_ref(edit.text) != edit.text else ""
            return f"on {branch}{value(short_ref(edit.text))}{of}"
        case EditKind.ACTION:
            return f"for the action {value(edit.text)}"
        case _:
            assert_never(edit.kind)


def then(what_if: WhatIf) -> str:
    """The decision that there would be."""
    match what_if.decision:
        case Decision.ALLOW:
            return "allowed"
        case Decision.REQUIRE_APPROVAL:
            words = f"{count(what_if.required, 'approval')} needed"
        case Decision.BLOCK:
            words = "blocked"
        case _:
            assert_never(what_if.decision)
    still = "" if what_if.changes else "still "
    observed = "not enforced, only observed: " if what_if.observed_only else ""
    return f"{still}{observed}{words}{_by(what_if.rules)}"


def _by(rules: Sequence[AppliedRule]) -> str:
    names = [f"{value(rule.id)}{' (default)' if rule.is_default else ''}" for rule in rules]
    return f", by {listed(names, limit=3)}" if names else ""


def _inside(patterns: Sequence[PatternAnswer]) -> str:
    """The first positive pattern that matches; nothing where none has to."""
    matching = [pattern for pattern in patterns if pattern.matches and not pattern.negative]
    if not matching:
        return ""
    spelling = " in another spelling" if matching[0].respelled else ""
    return value(matching[0].text) + spelling + (f" and {len(matching) - 1} more" if matching[1:] else "")


def _outside(patterns: Sequence[PatternAnswer]) -> str:
    exclusion = next((pattern for pattern in patterns if pattern.negative and pattern.matches), None)
    if exclusion is not None:
        return f"{value(exclusion.text)} takes it out"
    positive = [pattern for pattern in patterns if not pattern.negative]
    return f"{value(positive[0].text)} does not match" if len(positive) == 1 else f"none of {len(positive):,} patterns matches"


def _meaning(answer: PrincipalAnswer) -> str:
    """The pattern that means a principal, and how; a certain one before a doubtful one."""
    candidates = (name for name in answer.names if name.match is not Match.NO and not name.negative)
    names = sorted(candidates, key=lambda name: name.match is not Match.YES)
    if not names:
        return "nobody"
    return _how(names[0]) if names[0].match is Match.YES else f"{_how(names[0])}, which is enough to restrict"


def _how(name: NameAnswer) -> str:
    pattern = value(name.pattern)
    match name.by:
        case Name.GROUP if name.pattern.lower() == "@anyone":
            return pattern
        case Name.TEAM if name.match is not Match.YES:
            return f"{pattern}: the team cannot be read here"
        case Name.GROUP | Name.IDENTITY | Name.LOGIN | Name.TEAM:
            return f"{pattern} by {name.by.value}"
        case Name.OTHER_LOGIN:
            return f"{pattern} may be its login"
        case _:
            assert_never(name.by)


def _nobody(answers: Sequence[PrincipalAnswer]) -> str:
    """Why a statement applies to nobody here."""
    alone = value(answers[0].principal) if len(answers) == 1 else None
    names = [name for answer in answers for name in answer.names]
    exclusion = next((name for name in names if name.negative and name.match is not Match.NO), None)
    if exclusion is not None:
        return f"{value(exclusion.pattern)} takes {alone or 'somebody'} out"
    positive = [name for name in names if not name.negative]
    doubtful = next((name for name in positive if name.match is Match.MAYBE), None)
    if doubtful is not None:
        return f"{_how(doubtful)}, which is not enough to allow"
    patterns = list(dict.fromkeys(name.pattern for name in positive))
    whom = alone or "anyone here"
    return (
        f"{value(patterns[0])} does not mean {whom}" if len(patterns) == 1 else f"none of {len(patterns)} principals means {whom}"
    )
