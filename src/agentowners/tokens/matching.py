"""Principals that a token's claims name, by the policy's entries for its issuer.

A claim is compared as a whole, letter case included; ``*`` in a pattern is any run of characters, ``/`` and ``:`` among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agentowners.policy.model import OidcClaims
from agentowners.policy.patterns import ascii_lower

Claims = Mapping[str, object]
"""Claims of a token, as JSON has them."""
_LONGEST_MEMBER: Final = 100


def accepts(oidc: OidcClaims, claims: Claims) -> bool:
    """True if a token is from the issuer, and has every claim that is asked for; of a list one element is enough."""
    if claims.get("iss") != oidc.issuer:
        return False
    return all(any(_rest(pattern, text) is not None for text in _texts(claims.get(name))) for name, pattern in oidc.claims)


def member(oidc: OidcClaims, claims: Claims) -> str | None:
    """Member of a namespace that an accepted token is for: the text under the last ``*`` of the pattern for ``sub``.

    None where it is for nobody in particular: the pattern does not end in ``*``, or what stands there is no plain name. A ``:``
    or ``/`` in it separates parts that somebody else than the issuer may choose, as the name of a branch.
    """
    pattern, subject = dict(oidc.claims).get("sub", ""), claims.get("sub")
    if not pattern.endswith("*") or not isinstance(subject, str):
        return None
    name = ascii_lower(_rest(pattern, subject) or "")
    plain = name.isprintable() and 0 < len(name) <= _LONGEST_MEMBER and not any(char in ":/*[] " for char in name)
    return name if plain else None


def _rest(pattern: str, text: str) -> str | None:
    """Longest text under the last ``*`` of a pattern, where the pattern describes the whole text; empty where
    it has none. Takes time linear in the text."""
    head, *parts = pattern.split("*")
    if not parts:
        return "" if pattern == text else None
    if not text.startswith(head):
        return None
    at = len(head)
    *middle, tail = parts
    for part in middle:
        index = text.find(part, at)
        if index < 0:
            return None
        at = index + len(part)
    return text[at : len(text) - len(tail)] if text.endswith(tail) and len(text) - len(tail) >= at else None


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item) for item in values if isinstance(item, str | int) and not isinstance(item, bool)]
