"""Claims become principals: one for each identity, one for each account that is none, one for each unnamed group.

What is asserted may join what is verified and never changes it; among what is only asserted, nothing is joined that differs in
login or group, so that a further claim never takes a principal away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agentowners.change.model import Account, AccountType, Signal, Strength
from agentowners.identity.accounts import group_of
from agentowners.identity.claims import Claim
from agentowners.identity.index import NAMESPACE, UNNAMED
from agentowners.identity.model import Group, Principal
from agentowners.policy.patterns import ascii_lower
from agentowners.text.wording import shorten
from agentowners.values import gathered

MAX_PHRASES: Final = 20
"""As many reasons are given for one principal; how many more there are is said."""

_MAX_PHRASE: Final = 120
_SIGNALS: Final = list(Signal)
_STRENGTHS: Final = list(Strength)
"""Surest first; of several that show one principal the surest counts."""

Key = tuple[str, ...]
"""Key that tells principals apart; its first part is its kind."""


def merge(claims: Sequence[Claim]) -> tuple[Principal, ...]:
    """The principals of some claims: the verified author, then who is verified, then the rest, each in order of appearance."""
    proven = _Proven(claims)
    held = gathered((key, claim) for claim in claims for key in proven.keys(claim))
    _place_unnamed(held)
    _join_without_id(held)
    ranked = sorted(held.values(), key=_rank)
    return tuple(_principal(group) for group in ranked)


class _Proven:
    """The accounts that the platform vouches for, and the principals that they are."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        verified = [
            (claim, claim.account) for claim in claims if claim.strength is Strength.VERIFIED and claim.account is not None
        ]
        self._ids = gathered((ascii_lower(account.login), account.id) for _, account in verified if account.id is not None)
        self._roots: set[Key] = {("id", str(id)) for ids in self._ids.values() for id in ids}
        self._homes: dict[Key, dict[Key, None]] = {}
        for claim, account in verified:
            root = self._root(account) or ("login", ascii_lower(account.login))
            self._roots.add(root)
            self._homes.setdefault(root, {})[_identity_key(claim) or root] = None

    def keys(self, claim: Claim) -> list[Key]:
        """The principals that a claim belongs to."""
        identity = _identity_key(claim)
        if identity is not None:
            return [identity]
        if claim.account is None:
            return [("group", claim.group.value)]
        root = self._root(claim.account)
        if root is None:
            id = "" if claim.account.id is None else str(claim.account.id)
            return [("account", claim.group.value, ascii_lower(claim.account.login), id)]
        return [root] if claim.strength is Strength.VERIFIED else list(self._homes[root])

    def _root(self, account: Account) -> Key | None:
        login = ascii_lower(account.login)
        id = min(self._ids.get(login, ()), default=None) if account.id is None else account.id
        return next((root for root in (("id", str(id)), ("login", login)) if root in self._roots), None)


def _identity_key(claim: Claim) -> Key | None:
    return None if claim.identity is None else ("identity", ascii_lower(claim.identity))


def _place_unnamed(held: dict[Key, list[Claim]]) -> None:
    """Claims on a namespace go to whoever in it is verified, else to nobody in particular."""
    open_to_all = [key for key in held if key[0] == "identity" and key[1].endswith(NAMESPACE)]
    if not open_to_all:
        return
    proven = [
        key for key, claims in held.items() if key[0] == "identity" and any(c.strength is Strength.VERIFIED for c in claims)
    ]
    for key in open_to_all:
        claims = held.pop(key)
        space = key[1].removesuffix("*")
        members = [other for other in proven if other[1].startswith(space) and other != key]
        for member in members or [("identity", space + UNNAMED)]:
            held.setdefault(member, []).extend(claims)


def _join_without_id(held: dict[Key, list[Claim]]) -> None:
    """An asserted account without an id is the one of its login and group that has one."""
    with_id: dict[Key, Key] = {}
    for key in held:
        if key[0] == "account" and key[3] != "":
            known = with_id.setdefault(key[:3], key)
            if int(key[3]) < int(known[3]):
                with_id[key[:3]] = key
    for key in [key for key in held if key[0] == "account" and key[3] == ""]:
        if key[:3] in with_id:
            held[with_id[key[:3]]].extend(held.pop(key))


def _rank(claims: Sequence[Claim]) -> tuple[bool, bool, int]:
    verified = [claim for claim in claims if claim.strength is Strength.VERIFIED]
    author = any(claim.evidence.signal is Signal.AUTHOR for claim in verified)
    return not author, not verified, min(claim.order for claim in claims)


def _principal(claims: Sequence[Claim]) -> Principal:
    best = min(claims, key=_weight)
    strength = best.strength
    identity = best.identity
    if identity is not None and identity.endswith(NAMESPACE):
        identity = next((c.identity for c in claims if c.identity is not None and not c.identity.endswith(NAMESPACE)), None)
        identity = identity or f"{best.identity}".removesuffix("*") + UNNAMED
    account = min((c for c in claims if c.account is not None), key=_weight, default=best).account
    return Principal(best.group, strength, identity, account, _phrases(claims), _commits(claims), _itself(claims))


def _itself(claims: Sequence[Claim]) -> frozenset[Group]:
    """The groups of accounts that are an identity's by nothing but a login with a wildcard."""
    wild = [claim for claim in claims if claim.by_wildcard]
    if not wild or any(claim.strength is Strength.VERIFIED and not claim.by_wildcard for claim in claims):
        return frozenset()
    return frozenset(Group.AGENTS if claim.account is None else group_of(claim.account) for claim in wild)


def _weight(claim: Claim) -> tuple[int, bool, bool, bool, str, int, str, str]:
    """The surest first, a known type before an unknown, agents before others, an id before none; then by name."""
    account = claim.account or Account("")
    return (
        _STRENGTHS.index(claim.strength),
        account.type is AccountType.UNKNOWN,
        claim.group is not Group.AGENTS,
        account.id is None,
        account.login,
        account.id or 0,
        account.type.value,
        claim.identity or "",
    )


def _commits(claims: Sequence[Claim]) -> tuple[str, ...] | None:
    """The commits on whose paths alone the claims count; None where one of them counts on every path."""
    commits: dict[str, None] = {}
    for claim in claims:
        if claim.evidence.commits is None:
            return None
        commits.update(dict.fromkeys(claim.evidence.commits))
    return tuple(commits)


def _phrases(claims: Sequence[Claim]) -> tuple[str, ...]:
    ordered = sorted(claims, key=lambda c: (c.strength is not Strength.VERIFIED, _SIGNALS.index(c.evidence.signal), c.order))
    phrases = tuple(dict.fromkeys(shorten(claim.phrase, _MAX_PHRASE) for claim in ordered))
    more = len(phrases) - MAX_PHRASES
    return phrases if more <= 0 else (*phrases[:MAX_PHRASES], f"and {more} more")
