"""Finds whom a policy takes the bearer of a token for: evidence, for the entries under ``oidc`` that the token fits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Evidence, Signal, Strength
from agentowners.policy.agent_names import is_github_issuer
from agentowners.policy.model import STANDARD_ALGORITHMS, AgentEntry, Layer, OidcClaims, Policy
from agentowners.policy.patterns import ascii_lower
from agentowners.tokens.keys import KeySet
from agentowners.tokens.verify import ExpectedToken, Refused, Verified, digest_of, unverified_claims, verify

KeysOf = Callable[[Layer, OidcClaims], KeySet]
"""Gets the keys of an entry's issuer, from the file that it names or from the issuer."""
_KEPT: Final = ("iss", "sub", "jti")


class Bearer(Struct, frozen=True):
    """Evidence of a token's bearer."""

    verified: Verified
    evidence: Evidence
    policy: Policy
    """The policy, less the entries under ``oidc`` that take another token: another audience, or another key."""


def bearer(policy: Policy, token: str, keys_of: KeysOf, audiences: tuple[str, ...], now: int) -> Bearer | Refused:
    """Evidence of a token's bearer; of one that fits no entry, somebody who is not named.

    Args:
        policy: names the issuers, and whom their tokens are for.
        token: its text.
        keys_of: may raise what it likes; only issuers that the policy names are asked for.
        audiences: names of this repository, for entries that name no audience.
        now: in seconds since 1970.
    """
    claims = unverified_claims(token)
    if isinstance(claims, Refused):
        return claims
    issuer = claims.get("iss")
    results: dict[tuple[str, OidcClaims], Verified | Refused] = {}

    def proves(layer: Layer, entry: OidcClaims) -> bool:
        key = (layer.name, replace(entry, claims=()))
        if entry.issuer == issuer and key not in results:
            names = audiences if entry.audience is None else (entry.audience,)
            by_github = is_github_issuer(entry.issuer)
            expected = ExpectedToken(entry.issuer, entry.algorithms or STANDARD_ALGORITHMS, names, by_github)
            results[key] = verify(token, keys_of(layer, entry), expected, now)
        return isinstance(results.get(key), Verified)

    layers = tuple(_fitting(layer, proves) for layer in policy.layers)
    proof = next((result for result in results.values() if isinstance(result, Verified)), None)
    if proof is None:
        nobody = Refused("no entry under `oidc` names its issuer")
        return next((result for result in results.values() if isinstance(result, Refused)), nobody)
    fitting = (entry for layer in layers for agent in layer.agents for entry in agent.oidc)
    evidence = _evidence(proof.claims, proof.digest, Strength.VERIFIED, fitting)
    return Bearer(proof, evidence, replace(policy, layers=layers))


def unproved(policy: Policy, token: str) -> Evidence | Refused:
    """Claims of a token about its bearer where the issuer's keys cannot be had: asserted, so that it can only restrict."""
    claims = unverified_claims(token)
    if isinstance(claims, Refused):
        return claims
    entries = [entry for layer in policy.layers for agent in layer.agents for entry in agent.oidc]
    return _evidence(
        claims, digest_of(token), Strength.ASSERTED, [entry for entry in entries if entry.issuer == claims.get("iss")]
    )


def _fitting(layer: Layer, proves: Callable[[Layer, OidcClaims], bool]) -> Layer:
    if not any(agent.oidc for agent in layer.agents):
        return layer

    def less(agent: AgentEntry) -> AgentEntry:
        return replace(agent, oidc=tuple(entry for entry in agent.oidc if proves(layer, entry)))

    return replace(layer, agents=tuple(map(less, layer.agents)))


def _evidence(claims: Mapping[str, object], digest: str, strength: Strength, entries: Iterable[OidcClaims]) -> Evidence:
    """Facts that may be shown of a token: who issued it for whom, what the policy asks about, and nothing else."""
    names = [*_KEPT, *(name for entry in entries for name, _ in entry.claims)]
    facts = {name: claims[name] for name in dict.fromkeys(names) if name in claims}
    return Evidence(Signal.TOKEN, strength, text=json.dumps(facts), where=f"token sha256:{digest}")


def standard_audiences(host: str, repository: str, id: int | None = None) -> tuple[str, ...]:
    """The audiences of a repository on a host, ``github.com`` and ``owner/name``, and by number where that is known."""
    by_name = ascii_lower(f"agentowners:{host}/{repository}")
    return (by_name,) if id is None else (by_name, ascii_lower(f"agentowners:{host}/id/{id}"))
