"""The contributors and the branches that a policy speaks of, where nobody says which to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from agentowners.engine.prepared import ref_matches
from agentowners.identity.declared import named
from agentowners.identity.index import index_of
from agentowners.identity.match import Names
from agentowners.identity.model import Group
from agentowners.identity.resolve import definitions
from agentowners.policy.model import Policy
from agentowners.policy.patterns import PrincipalPattern

_ANYBODY: Final = "@agents"
_SHOWN_GROUPS: Final = frozenset({Group.AGENTS, Group.BOTS})
_WILD: Final = frozenset("*?[\\")


def principals_of(policies: Iterable[Policy]) -> tuple[str, ...]:
    """Agents and other automation that policies name, after an unnamed agent."""
    names = {_ANYBODY: None}
    for policy in policies:
        known = definitions(policy)
        index, identities = index_of(known), Names(known, None)
        for pattern in _principals(policy):
            is_team = "/" in pattern.text and not identities.is_defined(pattern.key)
            if pattern.negative or pattern.is_wildcard or is_team or pattern.group in ("anyone", "humans", "unattributed"):
                continue
            if named(pattern.text, index).group in _SHOWN_GROUPS:
                names.setdefault(f"@{pattern.key}")
    return tuple(names)


def refs_of_interest(policies: Iterable[Policy], standard: str, branches: Sequence[str]) -> tuple[str, ...]:
    """The default branch, and the refs that policies name, of a pattern the first branch in it."""
    refs = {standard: None}
    for policy in policies:
        for pattern in (each for layer in policy.layers for rule in layer.rules for each in rule.refs if not each.negative):
            if _WILD.isdisjoint(pattern.text) and not pattern.text.endswith("/"):
                refs.setdefault(pattern.text)
            else:
                refs.update(dict.fromkeys([ref for ref in branches if ref_matches(pattern.text, ref)][:1]))
    return tuple(refs)


def _principals(policy: Policy) -> Iterator[PrincipalPattern]:
    for layer in (each for each in policy.layers if each.source is not None):
        yield from (who for rule in layer.rules for who in rule.principals)
        yield from (who for mode in layer.modes for who in mode.principals)
        yield from (default.principal for default in layer.defaults)
