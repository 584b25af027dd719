"""True if a JSON Web Token (RFC 7519, RFC 8725) proves who runs a workload.

PyJWT checks the signature and nothing else: by itself it takes names that stand twice, headers that bring a key of their own,
other audiences beside the one expected, and times that are texts. What is not expected here is refused, whatever it may mean
elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import ClassVar, Final

from msgspec import Struct

from agentowners.diagnostics import AgentownersError
from agentowners.tokens.keys import KeySet, PublicKey, unpack
from agentowners.tokens.strict_json import TokenJsonError, read_object
from agentowners.values import PartlyCompared

MAX_TOKEN: Final = 16 << 10
"""Bytes of a token."""
MAX_LIFE: Final = 24 * 60 * 60
"""Seconds that a token may live."""
SKEW: Final = 60
"""Seconds by which clocks may differ."""
_HEADER: Final = frozenset({"alg", "kid", "typ"})
_SHOWN: Final = 120


class ExpectedToken(Struct, frozen=True):
    """Requirements on a token."""

    issuer: str
    algorithms: tuple[str, ...]
    audiences: tuple[str, ...]
    """Names for one audience; the token has to be for one of them and nobody else."""
    by_github: bool = False
    """True if the issuer speaks for GitHub's workflows."""


class Verified(PartlyCompared, frozen=True):
    """Proof by a token."""

    uncompared: ClassVar = frozenset({"claims"})

    issuer: str
    subject: str
    claims: Mapping[str, object]
    """All of its claims."""
    expires: int
    """In seconds since 1970."""
    digest: str
    """The token's SHA-256, in hex: what may be written down of it."""


class Refused(Struct, frozen=True):
    """Why a token proves nothing."""

    why: str


class _RefusedError(AgentownersError):
    pass


def verify(token: str, keys: KeySet, expect: ExpectedToken, now: int) -> Verified | Refused:
    """Proof of a token for whoever expects this, ``now`` in seconds since 1970."""
    try:
        return _verified(token, keys, expect, now)
    except (_RefusedError, TokenJsonError) as error:
        return Refused(error.message)


def unverified_claims(token: str) -> Mapping[str, object] | Refused:
    """Unverified claims of a token, which anybody may have written: to find out whose keys to ask for, and no more."""
    try:
        return _parts(token)[1]
    except (_RefusedError, TokenJsonError) as error:
        return Refused(error.message)


def key_id(token: str) -> str | None:
    """The id of the key by which a token says that it is signed."""
    try:
        id = _parts(token)[0].get("kid")
    except (_RefusedError, TokenJsonError):
        return None
    return id if isinstance(id, str) else None


def digest_of(token: str) -> str:
    """A token's SHA-256, in hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _verified(token: str, keys: KeySet, expect: ExpectedToken, now: int) -> Verified:
    header, claims, signature = _parts(token)
    algorithm = _algorithm(header, expect)
    _check_signature(token.rpartition(".")[0], signature, _key_for(header, algorithm, keys), algorithm)
    issuer, subject = _text_claim(claims, "iss"), _text_claim(claims, "sub")
    if issuer != expect.issuer:
        raise _RefusedError(f"its issuer is {_shown(issuer)}, not {_shown(expect.issuer)}")
    _check_audience(claims, expect)
    expires = _check_times(claims, now)
    if expect.by_github and claims.get("event_name") == "pull_request_target":
        raise _RefusedError("it was made for `pull_request_target`, where whoever opens a pull request may have a say")
    return Verified(issuer, subject, claims, expires, digest_of(token))


def _parts(token: str) -> tuple[dict[str, object], dict[str, object], bytes]:
    if len(token.encode("utf-8", "surrogateescape")) > MAX_TOKEN:
        raise _RefusedError(f"it is larger than {MAX_TOKEN >> 10} KiB")
    parts = token.split(".")
    header, claims, signature = map(unpack, parts) if len(parts) == 3 else (None, None, None)
    if header is None or claims is None or signature is None:
        raise _RefusedError("it is not three parts of base64url with dots between them")
    read = read_object(header, "its header")
    if set(read) - _HEADER:
        raise _RefusedError(f"its header has {_shown(min(set(read) - _HEADER))}, which nothing here reads")
    if read.get("typ", "JWT") != "JWT":
        raise _RefusedError("its `typ` is not `JWT`")
    if not isinstance(read.get("kid", ""), str):
        raise _RefusedError("its `kid` is not a text")
    return read, read_object(claims, "its claims"), signature


def _algorithm(header: Mapping[str, object], expect: ExpectedToken) -> str:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in expect.algorithms:
        name = _shown(algorithm) if isinstance(algorithm, str) else "nothing"
        raise _RefusedError(f"it is signed by {name}, and the policy takes {', '.join(expect.algorithms)} of this issuer")
    return algorithm


def _key_for(header: Mapping[str, object], algorithm: str, keys: KeySet) -> PublicKey:
    id = header.get("kid")
    fitting = keys.fitting(id if isinstance(id, str) else None, algorithm)
    if not fitting:
        raise _RefusedError(f"the issuer has no key for {algorithm}" + (f" called {_shown(id)}" if isinstance(id, str) else ""))
    if len(fitting) > 1:
        raise _RefusedError("the issuer has several keys that may be meant")
    if fitting[0].weak:
        raise _RefusedError("the issuer's key is no RSA key of 2,048 to 8,192 bits")
    return fitting[0]


def _check_signature(signed: str, signature: bytes, key: PublicKey, algorithm: str) -> None:
    # Imported where there is a token: it costs more than all that is done for a usual change.
    from jwt.algorithms import get_default_algorithms
    from jwt.exceptions import PyJWTError

    method = get_default_algorithms()[algorithm]
    try:
        good = method.verify(signed.encode("ascii"), method.from_jwk(dict(key.members)), signature)
    except (PyJWTError, ValueError):
        raise _RefusedError("the issuer's key cannot be used") from None
    if not good:
        raise _RefusedError("its signature is not the issuer's")


def _check_audience(claims: Mapping[str, object], expect: ExpectedToken) -> None:
    audience = claims.get("aud")
    values = audience if isinstance(audience, list) else [audience]
    if not values or not all(isinstance(value, str) for value in values):
        raise _RefusedError("its `aud` is not a text")
    if len(values) > 1:
        raise _RefusedError("it is for several audiences")
    if not expect.audiences:
        raise _RefusedError("whom it has to be for is not known here; the policy may name an `audience`")
    if values[0] not in expect.audiences:
        raise _RefusedError(f"it is for {_shown(str(values[0]))}, not for {' or '.join(map(_shown, expect.audiences))}")


def _check_times(claims: Mapping[str, object], now: int) -> int:
    issued, expires = _time(claims, "iat"), _time(claims, "exp")
    if not 0 < expires - issued <= MAX_LIFE:
        raise _RefusedError(f"it does not live from one second to {MAX_LIFE // 3600} hours")
    if now >= expires + SKEW:
        raise _RefusedError("it has expired")
    begins = max(issued, _time(claims, "nbf")) if "nbf" in claims else issued
    if now < begins - SKEW:
        raise _RefusedError("it is not valid yet")
    return expires


def _text_claim(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise _RefusedError(f"its `{name}` is not a text")
    return value


def _time(claims: Mapping[str, object], name: str) -> int:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _RefusedError(f"its `{name}` is not a whole number of seconds")
    return value


def _shown(text: str) -> str:
    cut = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return f"`{cut}`"
