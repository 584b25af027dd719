"""Grants put into a policy: for one principal's tool calls only, and never for what the policy is by itself."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agentowners.policy.model import Layer, Policy
from agentowners.proposals.merge import merged_layers
from agentowners.proposals.model import Grant, ProposalError


def with_grants(policy: Policy, grants: Sequence[Grant]) -> tuple[Policy, tuple[str, ...]]:
    """The policy with the rules that grants give it, tried in their order, and the ids of those that fit; others are left out."""
    fitting = list(grants)
    layers = _layers(policy, fitting)
    if layers is None:
        fitting = []
        for grant in grants:
            if _layers(policy, [*fitting, grant]) is not None:
                fitting.append(grant)
        layers = _layers(policy, fitting) or ()
    if not fitting:
        return policy, ()
    new_layers = {layer.name: layer for layer in layers}
    old_layers = tuple(replace(layer, rules=new_layers.pop(layer.name, layer).rules) for layer in policy.layers)
    return replace(policy, layers=(*new_layers.values(), *old_layers)), tuple(grant.id for grant in fitting)


def _layers(policy: Policy, grants: Sequence[Grant]) -> tuple[Layer, ...] | None:
    """The layers that all grants together make; None where they do not fit."""
    try:
        return merged_layers(policy, [grant.operation for grant in grants])
    except ProposalError:
        return None
