"""Changes that would change a decision. Each is put to the engine before it is told: nothing here reasons about rules.

The engine is asked with the rules left out whose paths are others: they match whoever acts, wherever and whatever is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Change, Evidence, FileChange, Signal, Strength
from agentowners.diagnostics import AgentownersError
from agentowners.engine.facts import Need, Reply
from agentowners.engine.path_changes import STATUS_OF
from agentowners.engine.prepared import ref_matches
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.explain.edits import edited
from agentowners.explain.model import Edit, EditKind, LayerResult, StatementResult, WhatIf, carrying
from agentowners.identity.match import Name
from agentowners.identity.model import Group
from agentowners.policy.model import WRITE_KINDS, Action, Decision, Policy, Rule
from agentowners.policy.patterns import RefPattern

MOST: Final = 4
"""Changes told of."""
_EACH: Final = 2
"""Refs, principals and actions told of."""
_TRIED: Final = 12
"""Refs, principals and actions asked about."""
_ELSEWHERE: Final = "refs/heads/elsewhere"
Answer = Callable[[Need], Reply]


class Scenario(Struct, frozen=True):
    """The policy and the change that a supposition departs from."""

    policy: Policy
    change: Change
    verdict: Verdict
    layers: tuple[LayerResult, ...]
    answer: Answer

    def what_if(self, *edits: Edit, policy: Policy | None = None, change: Change | None = None) -> Iterator[WhatIf]:
        """The engine's decision if some things are different; nothing where it cannot tell."""
        try:
            verdict = inquire(policy or self.policy, change or self.change, self.answer)
        except AgentownersError:
            return
        rules = tuple(rule for rule in carrying(verdict) if rule.id)
        required = verdict.approvals.required
        changes = _effect(self.verdict) != _effect(verdict)
        yield WhatIf(edits, verdict.decision, verdict.observed_only, required, rules, changes)

    def rules(self) -> Iterator[StatementResult[Rule]]:
        """The rules about this path."""
        return (result for layer in self.layers for result in layer.rules if result.path)


def suppose(
    policy: Policy, change: Change, verdict: Verdict, layers: tuple[LayerResult, ...], answer: Answer
) -> tuple[WhatIf, ...]:
    """The changes most worth telling, in order: of the policy, of who acts, of where and what."""
    scenario = Scenario(_about_path(policy, layers), change, verdict, layers, answer)
    restricts = verdict.decision.restricts
    kinds = [_edited, _proved, _others, _elsewhere, _otherwise] if restricts else [_elsewhere, _others, _otherwise]
    if not restricts:
        something = carrying(verdict) or verdict.files[0].judgement.unprotected
        kinds.insert(0 if something else len(kinds), _edited)
    chosen: list[WhatIf] = []
    for kind in kinds:
        # That the deciding rule's going changes nothing is worth knowing; of other things it goes without saying.
        worth = (each for each in kind(scenario) if each.changes or (restricts and each.edits[0].kind is EditKind.WITHOUT))
        chosen += islice(worth, min(_EACH, MOST - len(chosen)))
    return tuple(chosen)


def _effect(verdict: Verdict) -> tuple[Decision, bool, int]:
    asks = verdict.decision is Decision.REQUIRE_APPROVAL
    return verdict.decision, verdict.observed_only, verdict.approvals.required if asks else 0


def _about_path(policy: Policy, layers: Sequence[LayerResult]) -> Policy:
    """The policy less the rules whose paths are others; the built-in layer stays, since it bounds the workspace of modes."""
    short = (
        replace(layer, rules=tuple(result.statement for result in its.rules if result.path and result.mode is None))
        if layer.source is not None
        else layer
        for layer, its in zip(policy.layers, layers, strict=True)
    )
    return Policy(tuple(short))


def _edited(scenario: Scenario) -> Iterator[WhatIf]:
    for policy, edits in edited(scenario.policy, scenario.layers, scenario.verdict, scenario.change.files[0].path):
        yield from scenario.what_if(*edits, policy=policy)


def _proved(scenario: Scenario) -> Iterator[WhatIf]:
    """If it were proved who acts."""
    asserted = [principal for principal in scenario.verdict.principals if principal.strength is Strength.ASSERTED]
    if asserted:
        evidence = tuple(replace(each, strength=Strength.VERIFIED) for each in scenario.change.evidence)
        edits = [Edit(EditKind.VERIFIED, principal.name) for principal in asserted]
        yield from scenario.what_if(*edits, change=replace(scenario.change, evidence=evidence))


def _others(scenario: Scenario) -> Iterator[WhatIf]:
    """If somebody else acted: a human in place of whoever is restricted; whoever is named by rules that mean others here."""
    names: dict[str, None] = {}
    if scenario.verdict.decision.restricts:
        if any(principal.group is not Group.HUMANS for principal in scenario.verdict.principals):
            names["humans"] = None
    else:
        for result in scenario.rules():
            if result.ref and result.action and not result.applies:
                teams = {name.pattern for answer in result.principals for name in answer.names if name.by is Name.TEAM}
                for pattern in result.statement.principals:
                    if not pattern.is_wildcard and pattern.group != "anyone" and str(pattern) not in teams:
                        names[pattern.text] = None
    for name in list(names)[:_TRIED]:
        evidence = (Evidence(Signal.DECLARED, Strength.VERIFIED, name=name),)
        edit = Edit(EditKind.AS, f"@{name}")
        yield from scenario.what_if(edit, change=replace(scenario.change, evidence=evidence, author=None))


def _elsewhere(scenario: Scenario) -> Iterator[WhatIf]:
    """If the change went to a ref that a rule names and this one is not, or to one that no rule names."""
    refs: dict[str, str | None] = {}
    for result in scenario.rules():
        for pattern in result.statement.refs if result.action else ():
            example = _example(pattern)
            if result.ref or pattern.negative:
                refs.setdefault(_ELSEWHERE, None)
            if example is not None and example != scenario.change.ref:
                refs.setdefault(example, pattern.text if pattern.text != example else None)
    for ref, written in list(refs.items())[:_TRIED]:
        if ref != scenario.change.ref:
            edit = Edit(EditKind.REF, ref, pattern=written)
            yield from scenario.what_if(edit, change=replace(scenario.change, ref=ref))


def _otherwise(scenario: Scenario) -> Iterator[WhatIf]:
    """If something else were done, of which a rule speaks that does not speak of this."""
    actions: dict[Action, None] = {}
    for result in scenario.rules():
        rule = result.statement
        if not result.ref or not rule.actions:
            continue
        if not result.action:
            named = WRITE_KINDS if Action.FILE_WRITE in rule.actions else rule.actions
            actions[next(action for action in (Action.FILE_MODIFY, *Action) if action in named)] = None
        elif rule.decision.restricts:
            actions[Action.FILE_MODIFY] = None
    (file,) = scenario.change.files
    for action in actions:
        variant = FileChange(file.path, STATUS_OF[action], before=file.before, after=file.after)
        yield from scenario.what_if(Edit(EditKind.ACTION, action.value), change=replace(scenario.change, files=(variant,)))


def _example(pattern: RefPattern) -> str | None:
    """A ref that a pattern matches, the pattern itself where it is one; None where none is found at once."""
    text = pattern.text.replace("**", "*").replace("*", "x").replace("?", "x").replace("\\", "")
    ref = text + "x" if text.endswith("/") else text
    return ref if ref_matches(pattern.text, ref) else None
