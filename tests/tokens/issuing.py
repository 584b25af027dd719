"""Tokens and key sets for tests: whatever an issuer, or somebody who would like to be one, may write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from jwt.algorithms import Algorithm, get_default_algorithms

from agentowners.policy.model import STANDARD_ALGORITHMS
from agentowners.tokens.keys import KeySet, pack, read_keys
from agentowners.tokens.verify import ExpectedToken

ISSUER: Final = "https://issuer.smoo.ai"
AUDIENCE: Final = "agentowners:github.com/acme/shop"
NOW: Final = 1_796_031_063
EXPECTED: Final = ExpectedToken(ISSUER, STANDARD_ALGORITHMS, (AUDIENCE, "agentowners:github.com/id/5"))
CLAIMS: Final[Mapping[str, Any]] = {
    "iss": ISSUER,
    "sub": "operative:alpha",
    "aud": AUDIENCE,
    "iat": NOW - 30,
    "exp": NOW + 600,
    "jti": "0123",
}


@cache
def private_key(kind: str) -> Any:
    """A key of a kind, always the same one: ``RSA``, ``RSA-1024``, ``P-256``, ``P-256-other``, ``P-384``, ``Ed25519``."""
    match kind.split("-"):
        case ["RSA", "1024"]:
            return rsa.generate_private_key(65537, 1024)
        case ["RSA", *_]:
            return rsa.generate_private_key(65537, 2048)
        case ["P", "256", *_]:
            return ec.generate_private_key(ec.SECP256R1())
        case ["P", "384"]:
            return ec.generate_private_key(ec.SECP384R1())
        case ["P", "256K"]:
            return ec.generate_private_key(ec.SECP256K1())
        case ["Ed448"]:
            return ed448.Ed448PrivateKey.generate()
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def algorithm(name: str) -> Algorithm:
    """PyJWT's own."""
    return get_default_algorithms()[name]


def _family(kind: str) -> str:
    return {"RSA": "RS256", "P": "ES256"}.get(kind.split("-")[0], "EdDSA")


def jwk(kind: str, *, secret: bool = False, **members: Any) -> dict[str, Any]:
    """A key as a key set has it; a member that is None is left out."""
    key = private_key(kind)
    written = algorithm(_family(kind)).to_jwk(key if secret else key.public_key(), as_dict=True)
    described: dict[str, Any] = {"kid": kind, **written, **members}
    described.pop("key_ops", None) if "key_ops" not in members else None
    return {name: value for name, value in described.items() if value is not None}


def key_set(*keys: Mapping[str, Any]) -> bytes:
    """A key set's text."""
    return json.dumps({"keys": keys}).encode()


@cache
def issuer_keys() -> KeySet:
    """What the issuer publishes."""
    return read_keys(key_set(*(jwk(kind) for kind in ("RSA", "RSA-1024", "P-256", "P-384", "Ed25519"))))


def text_of(value: object) -> bytes:
    """JSON, or bytes as they are."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def token(
    claims: object = CLAIMS,
    header: object = None,
    *,
    by: str = "P-256",
    alg: str = "ES256",
) -> str:
    """A token with a good signature over whatever it says; the header is standard unless given, whole."""
    head = {"alg": alg, "kid": by, "typ": "JWT"} if header is None else header
    signed = f"{pack(text_of(head))}.{pack(text_of(claims))}"
    return f"{signed}.{pack(algorithm(alg).sign(signed.encode(), private_key(by)))}"


def but(**changes: object) -> dict[str, Any]:
    """The usual claims with some others; one that is None is left out."""
    return {name: value for name, value in (dict(CLAIMS) | changes).items() if value is not None}


def head(**changes: object) -> dict[str, Any]:
    """The usual header of a token by the P-256 key, with some other members."""
    return {"alg": "ES256", "kid": "P-256", "typ": "JWT"} | changes
