"""The words of an explanation: why a rule matches or does not, what decides in a layer, and what would change it.

Everything is a clause as in error messages, user text in backticks, to be escaped for the place it goes to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from agentowners.engine.explanation import (
    DecidedBy,
    DefaultAnswer,
    DefaultLevel,
    Edit,
    EditKind,
    Explanation,
    LayerAnswer,
    NameAnswer,
    ObserverAnswer,
    PatternAnswer,
    PrincipalAnswer,
    RuleAnswer,
    RuleStatus,
    Share,
    UnprotectAnswer,
    WhatIf,
)
from agentowners.engine.verdict import AppliedRule
from agentowners.identity.match import Match, Name
from agentowners.policy.model import Action, Decision
from agentowners.report.shared.cut import count, listed
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.advice import short_ref, value

_RUNGS = {
    DefaultLevel.NAMED: "it names {0}",
    DefaultLevel.GROUP: "it is the group's default",
    DefaultLevel.HUMANS: "it is the humans' default, and so that of who is unattributed",
    DefaultLevel.ANYONE: "it is anyone's default",
}


def because(answer: RuleAnswer) -> str:
    """Why a rule matches, or each reason why it does not."""
    if not answer.matches and answer.standing is not RuleStatus.WITHHELD:
        return "; ".join(_failing(answer))
    parts = [_inside(answer.patterns) or "every path"]
    if answer.refs:
        parts.append(f"ref {_inside(answer.refs) or 'not excluded'}")
    meant = [_meaning(one) for one in answer.principals if one.applies or one.withheld]
    parts += dict.fromkeys(meant)
    return ", ".join(parts)


def default_because(answer: DefaultAnswer) -> str:
    """Why a default is the one that holds, or why it is not."""
    if answer.chosen_for:
        chosen = listed(list(dict.fromkeys(_RUNGS[rung].format(value(who.name)) for who, rung in answer.chosen_for)))
        if len(answer.chosen_for) < len(answer.principals):
            chosen += f", for {listed([value(who.name) for who, _ in answer.chosen_for], limit=3)}"
        return f"{chosen}; a rule matches, so it is not used" if answer.standing is RuleStatus.UNUSED else chosen
    if answer.standing is RuleStatus.WITHHELD:
        return "not proved who acts, so it does not allow"
    if any(one.applies for one in answer.principals):
        return "another default of the layer comes first"
    return _nobody(answer.principals)


def lift_because(answer: UnprotectAnswer) -> str:
    """Why an ``unprotect`` line is used, or why not."""
    if answer.used:
        return f"{_inside(answer.patterns) or 'every path'}, {_meaning(next(p for p in answer.principals if p.applies))}"
    reasons = [] if answer.path else [_outside(answer.patterns)]
    if not any(one.applies for one in answer.principals):
        unproved = any(one.withheld for one in answer.principals)
        reasons.append("not proved who acts, so it takes nothing out" if unproved else _nobody(answer.principals))
    return "; ".join(reasons) or "nothing built in is to be taken out here"


def observer_because(answer: ObserverAnswer) -> str:
    """For whom a layer is only observed, or why for nobody."""
    meant = [one for one in answer.principals if one.applies]
    if meant:
        return f"nothing of this layer is enforced for {listed([value(one.principal.name) for one in meant], limit=3)}"
    if any(one.withheld for one in answer.principals):
        return "not proved who acts, so it is enforced"
    return _nobody(answer.principals)


def nothing_decides(explanation: Explanation) -> str:
    """What to say where no rule and no default carries the decision."""
    used = explanation.verdict.files[0].judgement.unprotected
    if used:
        return f"none is left: `unprotect` {listed([value(id) for id in used], limit=3)} takes it out of what is built in"
    return "none matches, and no default says otherwise"


def becomes(answer: RuleAnswer | DefaultAnswer, explanation: Explanation) -> str | None:
    """What becomes of a statement that holds and does not decide."""
    match answer.standing:
        case RuleStatus.OUTWEIGHED:
            stronger = explanation.deciding
            named = [value(rule.id) for rule in stronger[:3]]
            # not `listed`: there may be as many of these lines as there are stronger rules
            few = listed(named) if len(stronger) < 4 else f"{named[0]}, {named[1]} and {len(stronger) - 2:,} more"
            return f"outweighed by {few}" if stronger else "outweighed"
        case RuleStatus.OBSERVED:
            return "only observed, not enforced"
        case RuleStatus.LIFTED:
            used = [value(lift.line.id) for layer in explanation.layers for lift in layer.unprotects if lift.used]
            return f"taken out by `unprotect` {listed(used, limit=3)}"
        case RuleStatus.WITHHELD:
            return "would allow it if it were proved who acts" if isinstance(answer, RuleAnswer) else None
        case RuleStatus.DECIDES | RuleStatus.UNUSED | RuleStatus.NO:
            return None
        case _:
            assert_never(answer.standing)


def layer_says(layer: LayerAnswer) -> list[str]:
    """What a layer decides and by what, once for all principals for whom it is the same."""
    said: dict[str, list[str]] = {}
    for share in layer.shares:
        said.setdefault(_share(share), []).append(value(share.principal.name))
    if len(said) == 1:
        return list(said)
    return [f"{listed(names, limit=3)}: {words}" for words, names in said.items()]


def _share(share: Share) -> str:
    match share.by:
        case DecidedBy.RULES:
            how = f"by {count(len(share.rules), 'rule')}"
        case DecidedBy.DEFAULT:
            how = "by default, no rule matches"
        case DecidedBy.LIFTED:
            how = f"taken out by `unprotect` {listed([value(id) for id in share.lifted_by], limit=3)}"
        case DecidedBy.NOTHING:
            how = "no rule matches, no default"
        case _:
            assert_never(share.by)
    observed = "; only observed, not enforced" if share.observes and share.decision is not Decision.ALLOW else ""
    return f"{share.decision.value} ({how}{observed})"


def if_only(step: Edit) -> str:
    """A step of a supposition, as a clause."""
    where = f"{value(step.rule)}" if step.rule else ""
    match step.kind:
        case EditKind.WITHOUT:
            return f"without {where}"
        case EditKind.EXCEPT:
            return f"with {quoted(step.text)} in {where}"
        case EditKind.WRITE:
            under = f"under `{step.section}` of" if step.section else "in"
            return f"with the line {quoted(('- ' if step.section else '') + step.text)} {under} {value(step.source or '')}"
        case EditKind.AS:
            return f"as {value(step.text)}"
        case EditKind.VERIFIED:
            return f"if it were proved that it is {value(step.text)}"
        case EditKind.REF:
            of = f", one of {value(step.pattern)}" if step.pattern else ""
            branch = "branch " if short_ref(step.text) != step.text else ""
            return f"on {branch}{value(short_ref(step.text))}{of}"
        case EditKind.ACTION:
            return f"for the action {value(step.text)}"
        case _:
            assert_never(step.kind)


def then(claim: WhatIf) -> str:
    """What would be decided."""
    match claim.decision:
        case Decision.ALLOW:
            return "allowed"
        case Decision.REQUIRE_APPROVAL:
            words = f"{count(claim.required, 'approval')} needed"
        case Decision.BLOCK:
            words = "blocked"
        case _:
            assert_never(claim.decision)
    still = "" if claim.changes else "still "
    observed = "not enforced, only observed: " if claim.observed_only else ""
    return f"{still}{observed}{words}{_by(claim.rules)}"


def _by(rules: Sequence[AppliedRule]) -> str:
    if not rules:
        return ""
    names = [f"{value(rule.id)}{' (default)' if rule.is_default else ''}" for rule in rules]
    return f", by {listed(names, limit=3)}"


def _failing(answer: RuleAnswer) -> list[str]:
    failing = [] if answer.path else [_outside(answer.patterns)]
    if not answer.ref:
        failing.append(f"ref: {_outside(answer.refs)}")
    if not answer.applies:
        failing.append(_nobody(answer.principals))
    if not answer.action:
        failing.append(f"only {listed([a.value for a in Action if a in answer.rule.actions], limit=7)}")
    return failing


def _inside(patterns: Sequence[PatternAnswer]) -> str:
    """The first positive pattern that matches; nothing where none has to."""
    found = [pattern for pattern in patterns if pattern.matches and not pattern.negative]
    if not found:
        return ""
    spelling = " in another spelling" if found[0].respelled else ""
    return value(found[0].text) + spelling + (f" and {len(found) - 1} more" if found[1:] else "")


def _outside(patterns: Sequence[PatternAnswer]) -> str:
    taken = next((pattern for pattern in patterns if pattern.negative and pattern.matches), None)
    if taken is not None:
        return f"{value(taken.text)} takes it out"
    positive = [pattern for pattern in patterns if not pattern.negative]
    return f"{value(positive[0].text)} does not match" if len(positive) == 1 else f"none of {len(positive):,} patterns matches"


def _meaning(answer: PrincipalAnswer) -> str:
    """Which pattern means a principal, and how; a certain one before a doubtful one."""
    meant = (one for one in answer.names if one.match is not Match.NO and not one.negative)
    names = sorted(meant, key=lambda one: one.match is not Match.YES)
    if not names:
        return "nobody"
    return _how(names[0]) if names[0].match is Match.YES else f"{_how(names[0])}, which is enough to restrict"


def _how(name: NameAnswer) -> str:
    pattern = value(name.pattern)
    match name.by:
        case Name.GROUP:
            return f"{pattern}" if name.pattern.lower() == "@anyone" else f"{pattern} by group"
        case Name.IDENTITY:
            return f"{pattern} by identity"
        case Name.LOGIN:
            return f"{pattern} by login"
        case Name.TEAM:
            return f"{pattern} by team" if name.match is Match.YES else f"{pattern}: the team cannot be read here"
        case Name.OTHER_LOGIN:
            return f"{pattern} may be its login"
        case _:
            assert_never(name.by)


def _nobody(answers: Sequence[PrincipalAnswer]) -> str:
    """Why a statement applies to nobody here."""
    taken = next((one for answer in answers for one in answer.names if one.negative and one.match is not Match.NO), None)
    if taken is not None:
        return f"{value(taken.pattern)} takes {value(answers[0].principal.name) if len(answers) == 1 else 'somebody'} out"
    doubtful = next((one for answer in answers for one in answer.names if one.match is Match.MAYBE and not one.negative), None)
    if doubtful is not None:
        return f"{_how(doubtful)}, which is not enough to allow"
    names = list(dict.fromkeys(one.pattern for answer in answers for one in answer.names if not one.negative))
    whom = value(answers[0].principal.name) if len(answers) == 1 else "anyone here"
    return f"{value(names[0])} does not mean {whom}" if len(names) == 1 else f"none of {len(names)} principals means {whom}"
