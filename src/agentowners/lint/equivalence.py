"""Proof that two policies decide alike, which makes a fix safe."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from agentowners.lint.shadowing import actions_of
from agentowners.policy.expressions import path_regex
from agentowners.policy.model import Layer, ModeLine, Outcome, Policy, Rule, Unprotect
from agentowners.policy.patterns import PathPattern, PrincipalPattern
from agentowners.proof.prover import PatternSet, Prover


def equivalent(before: Policy, after: Policy) -> bool:
    """True if two policies of the same files certainly decide the same, whatever the change.

    They do where they say the same, in whatever order, however often, and for whatever reason; and where the one has negative
    patterns besides, of which it is proved that they take nothing out.
    """
    if [layer.name for layer in before.layers] != [layer.name for layer in after.layers]:
        return False
    return all(_alike(layer, other) for layer, other in zip(before.layers, after.layers, strict=True))


class _StatementKey(Struct, frozen=True):
    """A statement by what of it can matter to a decision."""

    positive: frozenset[str]
    negative: frozenset[str]
    """Both by what they match, not by how they are written."""
    rest: Hashable


def _alike(before: Layer, after: Layer) -> bool:
    if _rest(before) != _rest(after):
        return False
    old, new = _sayings(before), _sayings(after)
    changed = [(saying, patterns) for saying, patterns in new.items() if saying not in old]
    explained: set[_StatementKey] = set()
    for saying in old.keys() - new.keys():
        key = (saying.positive, saying.rest)
        fewer = [
            candidate
            for candidate in changed
            if (candidate[0].positive, candidate[0].rest) == key and candidate[0].negative < saying.negative
        ]
        successor = next(
            (other for other, patterns in fewer if _are_apart(patterns, old[saying], saying.negative - other.negative)), None
        )
        if successor is None:
            return False
        explained.add(successor)
    return len(explained) == len(changed)


def _are_apart(left: tuple[PathPattern, ...], patterns: tuple[PathPattern, ...], gone: frozenset[str]) -> bool:
    """True if each pattern that is gone had nothing in common with what is left."""
    prover = Prover()
    return all(
        prover.are_apart(PatternSet.of(left), pattern.text)
        for pattern in patterns
        if pattern.negative and path_regex(pattern.text) in gone
    )


def _sayings(layer: Layer) -> dict[_StatementKey, tuple[PathPattern, ...]]:
    """Keys of the rules and ``unprotect`` lines, each with the patterns as one of them writes it."""
    sayings: dict[_StatementKey, tuple[PathPattern, ...]] = {}
    for rule in layer.rules:
        sayings.setdefault(rule_key(rule), rule.patterns)
    for line in layer.unprotects:
        sayings.setdefault(unprotect_key(line), line.patterns)
    return sayings


def rule_key(rule: Rule) -> _StatementKey:
    """Everything that a rule says, whatever the order, the spelling and the case of its parts."""
    rest = (frozenset(rule.refs), _keys(rule.principals), _outcome(rule.outcome), actions_of(rule))
    return _saying(rule.patterns, rest)


def unprotect_key(line: Unprotect) -> _StatementKey:
    """The same of an ``unprotect`` line."""
    return _saying(line.patterns, _keys(line.principals))


def mode_key(mode: ModeLine) -> Hashable:
    """The same of a mode."""
    return mode.mode, _keys(mode.principals), _saying(mode.workspace, None), _saying(mode.approved, None)


def _keys(principals: Iterable[PrincipalPattern]) -> frozenset[str]:
    """Principals in whatever order and spelling."""
    return frozenset(principal.key for principal in principals)


def _saying(patterns: Iterable[PathPattern], rest: Hashable) -> _StatementKey:
    regexes = [(path_regex(pattern.text), pattern.negative) for pattern in patterns]
    positive = frozenset(regex for regex, negative in regexes if not negative)
    return _StatementKey(positive, frozenset(regex for regex, negative in regexes if negative), rest)


def _rest(layer: Layer) -> Hashable:
    """Settings of a layer beside its rules and ``unprotect`` lines."""
    return (
        frozenset((default.principal.key, _outcome(default.outcome)) for default in layer.defaults),
        frozenset(map(mode_key, layer.modes)),
        tuple(replace(agent, span=None) for agent in layer.agents),
        layer.approvals,
        layer.dispatch,
    )


def _outcome(outcome: Outcome) -> Hashable:
    return outcome.decision, outcome.count, frozenset(approver.key for approver in outcome.approvers)
