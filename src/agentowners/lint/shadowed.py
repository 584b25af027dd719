"""For each rule that never decides, or never where its author means it to, the reason: one for each rule, so that no two checks
speak of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from agentowners.identity.match import Names
from agentowners.lint.shadowing import WRITES, Choose, Shadowing, StricterRule, actions_of
from agentowners.policy.model import Action, Decision, Layer, Policy, Rule
from agentowners.policy.warnings import outweighed_allows
from agentowners.proof.prover import Doubt, PatternSet


class ShadowReason(Enum):
    """Why a rule never decides."""

    EMPTY = "empty"
    """Its negative patterns take out all that its positive ones cover."""
    CATCH_ALL = "catch-all"
    """It is an ``allow``, and a rule for every path outweighs it."""
    MODE = "mode"
    """It is an ``allow``, and a mode of its layer outweighs it for every write."""
    BUILTIN = "builtin"
    """It is an ``allow``, and the built-in layer outweighs it for every write."""
    STRICTER = "stricter"
    """Stricter rules match wherever it does."""


class ShadowedRule(Struct, frozen=True):
    """A rule that never decides."""

    rule: Rule
    layer: Layer
    why: ShadowReason
    by: tuple[StricterRule, ...] = ()
    only: int | None = None
    """The number of the one pattern of which this is so, where it is not so of the whole rule."""


def outweighed_rules(policy: Policy, names: Names, shadowing: Shadowing) -> tuple[ShadowedRule, ...]:
    """Every rule of a policy's files of which it is certain that it never decides."""
    shadows: list[ShadowedRule] = []
    for layer in policy.layers:
        if layer.source is None:
            continue
        by_catch_all = {id(allow) for allow in outweighed_allows(layer, names.group_of)}
        for rule in layer.rules:
            if id(rule) in by_catch_all:
                shadows.append(ShadowedRule(rule, layer, ShadowReason.CATCH_ALL))
            else:
                shadows += _of_rule(rule, layer, shadowing)
    return tuple(shadows)


def _of_rule(rule: Rule, layer: Layer, shadowing: Shadowing) -> Iterator[ShadowedRule]:
    paths = PatternSet.of(rule.patterns)
    if paths.negative and shadowing.prover.find([paths]) is Doubt.NONE:
        yield ShadowedRule(rule, layer, ShadowReason.EMPTY)
        return
    if rule.decision is Decision.BLOCK:
        return
    actions = actions_of(rule)
    reasons: list[tuple[ShadowReason, frozenset[Action], Choose | None]] = [(ShadowReason.STRICTER, actions, None)]
    if rule.decision is Decision.ALLOW:
        writes = actions & WRITES
        if writes and not shadowing.by(rule, layer, writes):
            # what is not outweighed for writes is not outweighed
            yield from _parts(rule, layer, shadowing)
            return
        reasons.insert(0, (ShadowReason.MODE, writes, _mode_of(layer)))
        reasons.insert(1, (ShadowReason.BUILTIN, writes, lambda candidate: candidate.is_builtin))
    for why, about, choose in reasons:
        if by := shadowing.by(rule, layer, about, choose):
            yield ShadowedRule(rule, layer, why, by)
            return


def _parts(rule: Rule, layer: Layer, shadowing: Shadowing) -> Iterator[ShadowedRule]:
    """Single patterns that a mode outweighs, of an ``allow`` that is not outweighed as a whole."""
    if not layer.modes or sum(not pattern.negative for pattern in rule.patterns) < 2:
        return
    writes = actions_of(rule) & WRITES
    negative = tuple(pattern for pattern in rule.patterns if pattern.negative)
    for number, pattern in enumerate(rule.patterns):
        if not pattern.negative:
            by = shadowing.by(replace(rule, patterns=(pattern, *negative)), layer, writes, _mode_of(layer))
            if by:
                yield ShadowedRule(rule, layer, ShadowReason.MODE, by, number)


def _mode_of(layer: Layer) -> Choose:
    return lambda candidate: candidate.mode is not None and candidate.layer is layer
