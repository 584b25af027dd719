"""The public keys of an issuer, out of a JSON Web Key Set (RFC 7517)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from msgspec import Struct

from agentowners.diagnostics import AgentownersError
from agentowners.tokens.strict_json import read_object

MAX_KEY_SET: Final = 256 << 10
"""Bytes of a key set."""
MAX_KEYS: Final = 100
_MIN_RSA_BITS: Final = 2048
_MAX_RSA_BITS: Final = 8192
"""Beyond, one check costs more than the token is worth."""
_SECRET: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a key that only its owner may have."""
_CURVES: Final = {"P-256": ("ES256",), "P-384": ("ES384",), "P-521": ("ES512",)}
_RSA: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_MEMBERS: Final = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}


class KeySetError(AgentownersError):
    """A key set that is not one of public keys."""


class PublicKey(Struct, frozen=True):
    """A key that tokens may be checked with."""

    id: str | None
    algorithms: tuple[str, ...]
    """Those that it can be used with."""
    members: tuple[tuple[str, str], ...]
    """Its kind and its numbers, as the key set has them."""
    weak: bool = False
    """True if it is too short to prove anything, or too long to be worked with."""


class KeySet(Struct, frozen=True):
    """An issuer's keys, in their order; those that tokens are not signed by are left out."""

    keys: tuple[PublicKey, ...]

    def fitting(self, id: str | None, algorithm: str) -> tuple[PublicKey, ...]:
        """The keys of an id, or of any where the token names none, that an algorithm can be used with."""
        return tuple(key for key in self.keys if algorithm in key.algorithms and id in (None, key.id))

    def knows(self, id: str) -> bool:
        """True if a key has this id."""
        return any(key.id == id for key in self.keys)


def read_keys(data: bytes) -> KeySet:
    """The key set that some bytes are.

    Raises:
        KeySetError: they are none, too many, or hold a secret key: then no key of it is to be trusted.
        TokenJsonError: they are not JSON of one meaning.
    """
    if len(data) > MAX_KEY_SET:
        raise KeySetError(f"the key set is larger than {MAX_KEY_SET >> 10} KiB")
    items = read_object(data, "the key set").get("keys")
    if not isinstance(items, list) or not items:
        raise KeySetError("the key set has no keys")
    if len(items) > MAX_KEYS:
        raise KeySetError(f"the key set has more than {MAX_KEYS} keys")
    keys = [_public_key(item) for item in items]
    return KeySet(tuple(key for key in keys if key is not None))


def _public_key(item: object) -> PublicKey | None:
    if not isinstance(item, dict):
        raise KeySetError("a key of the key set is not a JSON object")
    kind = item.get("kty")
    if kind == "oct" or _SECRET & item.keys():
        raise KeySetError("the key set holds a secret key: whoever has read it can sign as the issuer")
    id, wanted, use, operations = (item.get(name) for name in ("kid", "alg", "use", "key_ops"))
    signs = use in (None, "sig") and (operations is None or (isinstance(operations, list) and "verify" in operations))
    if not signs or not isinstance(id, str | None) or not isinstance(kind, str):
        return None
    members = {name: item.get(name) for name in _MEMBERS.get(kind, ())}
    texts = {name: value for name, value in members.items() if isinstance(value, str)}
    if not texts or len(texts) < len(members):
        return None
    algorithms = _algorithms(kind, texts)
    algorithms = algorithms if wanted is None else tuple(name for name in algorithms if name == wanted)
    bits = int.from_bytes(unpack(texts["n"]) or b"").bit_length() if kind == "RSA" else _MIN_RSA_BITS
    weak = not _MIN_RSA_BITS <= bits <= _MAX_RSA_BITS
    return PublicKey(id, algorithms, (("kty", kind), *texts.items()), weak) if algorithms else None


def _algorithms(kind: str, members: dict[str, str]) -> tuple[str, ...]:
    if kind == "RSA":
        return _RSA
    if kind == "EC":
        return _CURVES.get(members["crv"], ())
    return ("EdDSA",) if members["crv"] in ("Ed25519", "Ed448") else ()


_URL_SAFE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def unpack(text: str) -> bytes | None:
    """The bytes that a base64url text stands for; None where it is empty, padded, or not the one way to write them."""
    if not _URL_SAFE.fullmatch(text):
        return None
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None
    return data if pack(data) == text else None


def pack(data: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
