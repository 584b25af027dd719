"""For each rule that never decides, or never where its author means it to, the reason: one for each rule, so that no two checks
speak of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from agentowners.identity.match import Names
from agentowners.lint.outweigh import WRITES, Choose, Outweigh, Stricter, actions_of
from agentowners.policy.model import Decision, Layer, Policy, Rule
from agentowners.policy.warnings import outweighed_allows
from agentowners.proof.prover import PatternSet
from agentowners.records import record, replace


class Why(Enum):
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


@record
class Outweighed:
    """A rule that never decides."""

    rule: Rule
    layer: Layer
    why: Why
    by: tuple[Stricter, ...] = ()
    only: int | None = None
    """The number of the one pattern of which this is so, where it is not so of the whole rule."""


def outweighed_rules(policy: Policy, names: Names, outweigh: Outweigh) -> tuple[Outweighed, ...]:
    """Every rule of a policy's files of which it is certain that it never decides."""
    found: list[Outweighed] = []
    for layer in policy.layers:
        if layer.source is None:
            continue
        by_catch_all = {id(allow) for allow in outweighed_allows(layer, names.group_of)}
        for rule in layer.rules:
            if id(rule) in by_catch_all:
                found.append(Outweighed(rule, layer, Why.CATCH_ALL))
            else:
                found += _of_rule(rule, layer, outweigh)
    return tuple(found)


def _of_rule(rule: Rule, layer: Layer, outweigh: Outweigh) -> Iterator[Outweighed]:
    paths = PatternSet.of(rule.patterns)
    if paths.negative and outweigh.atlas.is_empty(paths):
        yield Outweighed(rule, layer, Why.EMPTY)
        return
    if rule.decision is Decision.BLOCK:
        return
    actions = actions_of(rule)
    if rule.decision is not Decision.ALLOW:
        by = outweigh.by(rule, layer, actions)
        if by:
            yield Outweighed(rule, layer, Why.STRICTER, by)
        return
    writes = actions & WRITES
    if writes and not outweigh.by(rule, layer, writes):
        # what is not outweighed for writes is not outweighed
        yield from _parts(rule, layer, outweigh)
        return
    for why, choose in ((Why.MODE, _mode_of(layer)), (Why.BUILTIN, _is_builtin)):
        by = outweigh.by(rule, layer, writes, choose)
        if by:
            yield Outweighed(rule, layer, why, by)
            return
    by = outweigh.by(rule, layer, actions)
    if by:
        yield Outweighed(rule, layer, Why.STRICTER, by)


def _parts(rule: Rule, layer: Layer, outweigh: Outweigh) -> Iterator[Outweighed]:
    """Single patterns that a mode outweighs, of an ``allow`` that is not outweighed as a whole."""
    if not layer.modes or sum(not pattern.negative for pattern in rule.patterns) < 2:
        return
    writes = actions_of(rule) & WRITES
    negative = tuple(pattern for pattern in rule.patterns if pattern.negative)
    for number, pattern in enumerate(rule.patterns):
        if not pattern.negative:
            by = outweigh.by(replace(rule, patterns=(pattern, *negative)), layer, writes, _mode_of(layer))
            if by:
                yield Outweighed(rule, layer, Why.MODE, by, number)


def _mode_of(layer: Layer) -> Choose:
    return lambda one: one.mode is not None and one.layer is layer


def _is_builtin(one: Stricter) -> bool:
    return one.is_builtin
