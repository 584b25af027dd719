"""Contributors as each layer sees them: a layer says for itself in which group an identity is."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from agentowners.identity.catalogue import CATALOGUE
from agentowners.identity.index import NAMESPACE
from agentowners.identity.model import Group, Principal
from agentowners.policy.model import AgentEntry, AgentGroup, Policy
from agentowners.policy.patterns import ascii_lower

_BOTS = frozenset(definition.name for definition in CATALOGUE if definition.group is Group.BOTS)


def groups(entries: Sequence[AgentEntry]) -> dict[str, Group]:
    """The group that entries put each name into, in lower case: agents, unless every entry of the name says bots."""
    found: dict[str, Group] = {}
    for entry in entries:
        key = ascii_lower(entry.name)
        bots = entry.group is AgentGroup.BOTS and found.get(key) is not Group.AGENTS
        found[key] = Group.BOTS if bots else Group.AGENTS
    return found


def seen_by_layer(policy: Policy, principals: tuple[Principal, ...]) -> dict[int, tuple[Principal, ...]]:
    """The principals as each layer sees them that sees them otherwise than they are shown, by its index: ``group=bots`` holds in
    the layers that say it. Shown is the stricter group, agents, if any layer says so."""
    said = [groups(layer.agents) for layer in policy.layers]
    if not any(group is Group.BOTS for layer in said for group in layer.values()):
        return {}
    everywhere = groups([entry for layer in policy.layers for entry in layer.agents])
    found: dict[int, tuple[Principal, ...]] = {}
    for place, own in enumerate(said):
        seen = tuple([_seen(principal, own, everywhere) for principal in principals])
        if seen != principals:
            found[place] = seen
    return found


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
