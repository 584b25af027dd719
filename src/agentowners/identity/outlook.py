"""The view of each layer on the contributors. Layers come from two sources, the repository and its organisation, and an entry
of one source only restricts in the layers of the other: what loosens there goes by that source's own entries and the catalogue.

So a layer judges whoever its own source knows as ever, and everybody else only as far as that restricts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Account, Evidence
from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.index import NAMESPACE
from agentowners.identity.model import AgentDefinition, Group, Principal
from agentowners.identity.resolve import definitions, groups, resolve
from agentowners.policy.model import Policy
from agentowners.policy.patterns import ascii_lower
from agentowners.values import gathered

_BOTS = frozenset(definition.name for definition in CATALOGUE if definition.group is Group.BOTS)


class Outlook(Struct, frozen=True):
    """View of one layer on the principals of a change; each tuple is in their order."""

    principals: tuple[Principal, ...]
    """With the groups that the layer puts them into."""
    definitions: tuple[AgentDefinition, ...] | None = None
    """By which names mean whom where that loosens; None for those of all layers."""
    restricted_only: frozenset[int] = frozenset()
    """Indices of principals whom the layer's own source does not know as they are: nothing is loosened for them."""
    not_judged: frozenset[int] = frozenset()
    """Indices of principals who are how another source alone sees somebody."""


def contributors(
    policy: Policy, evidence: Sequence[Evidence], definitions: tuple[AgentDefinition, ...], author: Account | None
) -> tuple[Principal, ...]:
    """The principals behind a change by the entries of all layers; after them, where there are two sources of layers, whoever is
    somebody else by the entries of one alone.

    Raises:
        AgentownersError: as for ``resolve``.
    """
    principals = resolve(evidence, definitions, author)
    sources = _sources(policy)
    known = _KnownPrincipals(principals) if sources else None
    more = [
        principal
        for _, own in sources
        for principal in resolve(evidence, own, author)
        if known is not None and principal not in known
    ]
    return (*principals, *dict.fromkeys(more))


def outlooks(
    policy: Policy, evidence: Sequence[Evidence], author: Account | None, principals: tuple[Principal, ...]
) -> Mapping[int, Outlook]:
    """View of each layer, by its index, on the principals that ``contributors`` returned, where it differs from the one they are
    shown."""
    seen = _seen_by_layer(policy, principals)
    views = {place: Outlook(principal) for place, principal in seen.items()}
    sources = _sources(policy)
    if not sources:
        return views
    everybody = resolve(evidence, definitions(policy), author)
    apart = frozenset(range(len(everybody), len(principals)))
    for places, own in sources:
        known = _KnownPrincipals(resolve(evidence, own, author))
        whole = {index for index, principal in enumerate(principals) if principal in known}
        for place in places:
            views[place] = Outlook(
                seen.get(place, principals), own, frozenset(range(len(everybody))) - whole, frozenset(apart - whole)
            )
    for place, layer in enumerate(policy.layers):
        if layer.source is None and apart:
            views[place] = Outlook(seen.get(place, principals), not_judged=apart)
    return views


def _seen_by_layer(policy: Policy, principals: tuple[Principal, ...]) -> dict[int, tuple[Principal, ...]]:
    """The principals as each layer sees them that sees them otherwise than they are shown, by its index: ``group=bots`` holds in
    the layers that say it. Shown is the stricter group, agents, if any layer says so."""
    layer_groups = [groups(layer.agents) for layer in policy.layers]
    if not any(group is Group.BOTS for layer in layer_groups for group in layer.values()):
        return {}
    everywhere = groups([entry for layer in policy.layers for entry in layer.agents])
    seen = (tuple([_seen(principal, own, everywhere) for principal in principals]) for own in layer_groups)
    return {place: those for place, those in enumerate(seen) if those != principals}


def _seen(principal: Principal, own: dict[str, Group], everywhere: dict[str, Group]) -> Principal:
    if principal.identity is None:
        return principal
    key = ascii_lower(principal.identity)
    name = next((name for name in (key, key.rpartition("/")[0] + NAMESPACE) if name in everywhere), None)
    if name is None:
        return principal
    otherwise = Group.BOTS if name in _BOTS and everywhere[name] is Group.BOTS else Group.AGENTS
    group = own.get(name, otherwise)
    return principal if group is principal.group else replace(principal, group=group)


def _sources(policy: Policy) -> list[tuple[list[int], tuple[AgentDefinition, ...]]]:
    """The indices of each source's layers, with what its own entries and the catalogue define; nothing where only one source has
    layers, or no layer an entry."""
    layers = enumerate(policy.layers)
    places = gathered((layer.organisation, place) for place, layer in layers if layer.source is not None)
    if len(places) < 2 or not any(layer.agents for layer in policy.layers):
        return []
    return [(own, definitions(replace(policy, layers=tuple(policy.layers[place] for place in own)))) for own in places.values()]


class _KnownPrincipals:
    """Principals, to be asked whether somebody is known among them as who this is, at least where this one is judged."""

    def __init__(self, principals: Sequence[Principal]) -> None:
        self._commits = gathered(
            (_identity_key(principal), None if principal.commits is None else frozenset(principal.commits))
            for principal in principals
        )

    def __contains__(self, principal: Principal) -> bool:
        return any(
            commits is None or (principal.commits is not None and commits.issuperset(principal.commits))
            for commits in self._commits.get(_identity_key(principal), ())
        )


def _identity_key(principal: Principal) -> tuple[object, ...]:
    identity = None if principal.identity is None else ascii_lower(principal.identity)
    return identity, principal.account, principal.strength, principal.itself, None if identity is not None else principal.group
