"""What would decide otherwise. Each supposition is put to the engine before it is told: nothing here reasons about rules.

The engine is asked with the rules left out whose paths are others: they match whoever acts, wherever and whatever is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agentowners.change.model import Change, Evidence, FileChange, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.engine.explanation import Edit, EditKind, LayerAnswer, RuleAnswer, WhatIf, carrying
from agentowners.engine.facts import Need, Reply
from agentowners.engine.path_changes import STATUS_OF
from agentowners.engine.prepared import ref_matches
from agentowners.engine.rewrite import mended
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.identity.match import Name
from agentowners.identity.model import Group
from agentowners.policy.model import WRITE_KINDS, Action, Decision, Policy
from agentowners.policy.patterns import RefPattern
from agentowners.records import replace

MOST = 4
"""Suppositions told."""
_EACH = 2
"""Refs, principals and actions told of."""
_TRIED = 12
"""Refs, principals and actions asked about."""
_ELSEWHERE = "refs/heads/elsewhere"
Answer = Callable[[Need], Reply]


@dataclass(frozen=True)
class Scenario:
    """The policy and the change that a supposition departs from."""

    policy: Policy
    change: Change
    verdict: Verdict
    layers: tuple[LayerAnswer, ...]
    answer: Answer

    def claim(self, steps: Sequence[Edit], *, policy: Policy | None = None, change: Change | None = None) -> WhatIf | None:
        """What the engine decides if some things are different; None where it cannot tell."""
        try:
            verdict = inquire(policy or self.policy, change or self.change, self.answer)
        except AgentownersError:
            return None
        # a line that is only supposed has no place in its file, and so no id
        rules = tuple(rule for rule in carrying(verdict) if rule.id)
        changes = _said(self.verdict) != _said(verdict)
        return WhatIf(tuple(steps), verdict.decision, verdict.observed_only, verdict.approvals.required, rules, changes)


def suppose(
    policy: Policy, change: Change, verdict: Verdict, layers: tuple[LayerAnswer, ...], answer: Answer
) -> tuple[WhatIf, ...]:
    """The suppositions most worth telling, in order: about the policy, about who acts, about where and what."""
    case = Scenario(_about(policy, layers), change, verdict, layers, answer)
    restricts = verdict.decision.restricts
    if restricts:
        kinds = [_edited, _proved, _others, _elsewhere, _otherwise]
    else:
        kinds = [_elsewhere, _others, _otherwise]
        something = carrying(verdict) or verdict.files[0].judgement.unprotected
        kinds.insert(0 if something else len(kinds), _edited)
    found: list[WhatIf] = []
    for kind in kinds:
        told = 0
        for claim in kind(case):
            # That the deciding rule's going changes nothing is worth knowing; of other things it goes without saying.
            if claim is None or not (claim.changes or (restricts and claim.steps[0].kind is EditKind.WITHOUT)):
                continue
            found.append(claim)
            told += 1
            if told == _EACH or len(found) == MOST:
                break
        if len(found) == MOST:
            break
    return tuple(found)


def _said(verdict: Verdict) -> tuple[Decision, bool, int]:
    asks = verdict.decision is Decision.REQUIRE_APPROVAL
    return verdict.decision, verdict.observed_only, verdict.approvals.required if asks else 0


def _about(policy: Policy, layers: Sequence[LayerAnswer]) -> Policy:
    """The policy less the rules whose paths are others; the built-in layer stays, since it bounds the workspace of modes."""
    short = []
    for layer, answers in zip(policy.layers, layers, strict=True):
        if layer.source is None:
            short.append(layer)
            continue
        covering = {id(answer.rule) for answer in answers.rules if answer.path}
        short.append(replace(layer, rules=tuple(rule for rule in layer.rules if id(rule) in covering)))
    return Policy(tuple(short))


def _edited(case: Scenario) -> Iterator[WhatIf | None]:
    for policy, steps in mended(case.policy, case.layers, case.verdict, case.change.files[0].path):
        yield case.claim(steps, policy=policy)


def _proved(case: Scenario) -> Iterator[WhatIf | None]:
    """If it were proved who acts."""
    asserted = [who for who in case.verdict.principals if who.strength is Strength.ASSERTED]
    if asserted:
        evidence = tuple(replace(each, strength=Strength.VERIFIED) for each in case.change.evidence)
        steps = [Edit(EditKind.VERIFIED, who.name) for who in asserted]
        yield case.claim(steps, change=replace(case.change, evidence=evidence))


def _others(case: Scenario) -> Iterator[WhatIf | None]:
    """If somebody else acted: a human in place of whoever is restricted; whoever is named by rules that mean others here."""
    names: dict[str, None] = {}
    if case.verdict.decision.restricts:
        if any(who.group is not Group.HUMANS for who in case.verdict.principals):
            names["humans"] = None
    else:
        for rule in _rules(case, lambda rule: rule.ref and rule.action and not rule.applies):
            teams = {name.pattern for answer in rule.principals for name in answer.names if name.by is Name.TEAM}
            for pattern in rule.rule.principals:
                if not pattern.is_wildcard and pattern.group != "anyone" and str(pattern) not in teams:
                    names[pattern.text] = None
    for name in list(names)[:_TRIED]:
        evidence = (Evidence(Signal.DECLARED, Strength.VERIFIED, name=name),)
        yield case.claim([Edit(EditKind.AS, f"@{name}")], change=replace(case.change, evidence=evidence, author=None))


def _elsewhere(case: Scenario) -> Iterator[WhatIf | None]:
    """If the change went to a ref that a rule names and this one is not, or to one that no rule names."""
    refs: dict[str, str | None] = {}
    for rule in _rules(case, lambda rule: rule.action and bool(rule.refs)):
        for pattern in rule.rule.refs:
            example = _example(pattern)
            if rule.ref or pattern.negative:
                refs.setdefault(_ELSEWHERE, None)
            if example is not None and example != case.change.ref:
                refs.setdefault(example, pattern.text if pattern.text != example else None)
    for ref, written in list(refs.items())[:_TRIED]:
        if ref != case.change.ref:
            yield case.claim([Edit(EditKind.REF, ref, pattern=written)], change=replace(case.change, ref=ref))


def _otherwise(case: Scenario) -> Iterator[WhatIf | None]:
    """If something else were done, of which a rule speaks that does not speak of this."""
    actions: dict[Action, None] = {}
    for rule in _rules(case, lambda rule: rule.ref and bool(rule.rule.actions)):
        if not rule.action:
            named = WRITE_KINDS if Action.FILE_WRITE in rule.rule.actions else rule.rule.actions
            first = next(action for action in (Action.FILE_MODIFY, *Action) if action in named)
            actions[first] = None
        elif rule.rule.decision.restricts:
            actions[Action.FILE_MODIFY] = None
    (file,) = case.change.files
    for action in actions:
        done = FileChange(file.path, STATUS_OF[action], before=file.before, after=file.after)
        yield case.claim([Edit(EditKind.ACTION, action.value)], change=replace(case.change, files=(done,)))


def _rules(case: Scenario, where: Callable[[RuleAnswer], bool]) -> Iterator[RuleAnswer]:
    """Rules about this path of which something holds."""
    return (rule for layer in case.layers for rule in layer.rules if rule.path and where(rule))


def _example(pattern: RefPattern) -> str | None:
    """A ref that a pattern matches, the pattern itself where it is one; None where none is found at once."""
    text = pattern.text.replace("**", "*").replace("*", "x").replace("?", "x").replace("\\", "")
    ref = text + "x" if text.endswith("/") else text
    return ref if ref_matches(pattern.text, ref) else None
