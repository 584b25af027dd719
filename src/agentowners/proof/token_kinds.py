"""Tokens as the entries of policies can tell them apart, by their claims: one of each kind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice, product
from typing import Final

from agentowners.change.model import Evidence, Signal, Strength
from agentowners.policy.model import OidcClaims, Policy
from agentowners.proof.kinds import kinds_of

_MANY: Final = 500
_OTHER: Final = "-"
"""A claim's value that hardly any pattern describes."""


def tokens_of(policies: Sequence[Policy], issuers: Iterable[str]) -> tuple[list[tuple[Evidence, str]], list[str]]:
    """Tokens of issuers as evidence, each with a name for people; and reasons why there may be others."""
    each = [_entries(policy) for policy in policies]
    found: list[tuple[Evidence, str]] = []
    doubts: list[str] = []
    for issuer in issuers:
        checks = {frozenset((one.keys, one.algorithms, one.audience) for one in own.get(issuer, ())) for own in each}
        if len(checks - {frozenset()}) > 1:
            doubts.append("how tokens of an issuer are checked is not the same")
        patterns: dict[str, list[str]] = {}
        for oidc in dict.fromkeys(oidc for own in each for oidc in own.get(issuer, ())):
            for name, pattern in oidc.claims:
                patterns.setdefault(name, []).append(pattern)
        choices: list[list[tuple[str, str]]] = []
        for name, some in patterns.items():
            values, complete = _values(some)
            choices.append([(name, value) for value in values])
            doubts += [] if complete else ["more kinds of claims than are told apart"]
        combined = product(*choices)
        found += [_token(issuer, dict(claims)) for claims in islice(combined, _MANY)]
        if next(combined, None) is not None:
            doubts.append("more kinds of tokens than are told apart")
    return found, doubts


def _entries(policy: Policy) -> dict[str, list[OidcClaims]]:
    """Entries of a policy for each issuer."""
    found: dict[str, list[OidcClaims]] = {}
    for oidc in (oidc for layer in policy.layers for entry in layer.agents for oidc in entry.oidc):
        found.setdefault(oidc.issuer, []).append(oidc)
    return found


def _token(issuer: str, claims: dict[str, str]) -> tuple[Evidence, str]:
    subject = claims.get("sub", _OTHER)
    text = json.dumps({"iss": issuer, **claims})
    name = f"a token of {issuer if subject == _OTHER else subject}"
    return Evidence(Signal.TOKEN, Strength.VERIFIED, text=text), name


def _values(patterns: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """A value of each kind of a claim, a literal one being a kind of its own, and whether these are all."""
    plain = tuple(dict.fromkeys(pattern for pattern in patterns if "*" not in pattern))
    found = kinds_of([pattern for pattern in dict.fromkeys(patterns) if "*" in pattern], plain, any_run=True)
    return (*plain, *found.texts, _OTHER), found.complete
