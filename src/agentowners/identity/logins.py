"""Entries that rest on logins alone, which accounts can give away and, with wildcards, anybody can have."""

from __future__ import annotations

from typing import Final

from agentowners.identity.accounts import BOT_SUFFIX
from agentowners.identity.globs import matches
from agentowners.identity.index import NAMESPACE
from agentowners.policy.model import AgentEntry, Policy
from agentowners.policy.patterns import PrincipalPattern, ascii_lower

_ANY_MEMBER: Final = "x"


def without_id(entry: AgentEntry) -> tuple[str, ...]:
    """Logins of an entry that can be given away: it has no id to compare, and they are no App's, which keeps its own."""
    if entry.ids:
        return ()
    return tuple(login for login in entry.logins if "*" not in login and not ascii_lower(login).endswith(BOT_SUFFIX))


def logins_without_id(policy: Policy) -> tuple[str, ...]:
    """The logins of all of a policy's entries that can be given away, each once, as first written: where no account has one of
    them now, whoever it was goes by another."""
    logins: dict[str, str] = {}
    for layer in policy.layers:
        for entry in layer.agents:
            for login in without_id(entry):
                logins.setdefault(ascii_lower(login), login)
    return tuple(logins.values())


def wildcards_without_id(entry: AgentEntry) -> tuple[str, ...]:
    """Logins of an entry that prove nothing which loosens: they have a wildcard, and there is no id beside them."""
    return () if entry.ids else tuple(login for login in entry.logins if "*" in login)


def names_member(pattern: PrincipalPattern, entry: AgentEntry) -> bool:
    """True if a principal means an identity of an entry's namespace."""
    name, own = ascii_lower(pattern.text), ascii_lower(entry.name)
    if not own.endswith(NAMESPACE):
        return name == own
    return name.startswith(own.removesuffix("*")) or (pattern.is_wildcard and matches(name, own.removesuffix("*") + _ANY_MEMBER))
