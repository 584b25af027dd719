"""Principals that policies speak of, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from agentowners.policy.model import Layer, Mode, ModeLine, Policy, Rule, Unprotect
from agentowners.policy.patterns import PrincipalPattern


def principals_of(policy: Policy) -> Iterator[PrincipalPattern]:
    """Every principal of a policy, and every name that it defines."""
    for layer in policy.layers:
        for rule in layer.rules:
            yield from rule.principals
        for default in layer.defaults:
            yield default.principal
        for mode in layer.modes:
            yield from mode.principals
        for line in layer.unprotects:
            yield from line.principals
        for promise in layer.asserts:
            yield from promise.claim.principals
        for entry in layer.agents:
            yield PrincipalPattern(entry.name)


def observed(policies: Iterable[Policy]) -> list[PrincipalPattern]:
    """Principals whom a policy only observes."""
    modes = (mode for policy in policies for layer in policy.layers for mode in layer.modes if mode.mode is Mode.OBSERVE_ONLY)
    return [principal for mode in modes for principal in mode.principals]


def only_somewhere(policies: Sequence[Policy]) -> list[PrincipalPattern]:
    """Principals of the statements that not all of the policies have."""
    each = [
        dict.fromkeys((place, statement) for place, layer in enumerate(policy.layers) for statement in _statements(layer))
        for policy in policies
    ]
    alone = [statement for own in each for place, statement in own if not all((place, statement) in others for others in each)]
    return [principal for statement in alone for principal in statement.principals]


def _statements(layer: Layer) -> Iterator[Rule | ModeLine | Unprotect]:
    yield from layer.rules
    yield from layer.modes
    yield from layer.unprotects
