from __future__ import annotations

import json
from typing import Any

import pytest

from agentowners.diagnostics import AgentownersError
from agentowners.tokens.keys import MAX_KEY_SET, MAX_KEYS, read_keys
from agentowners.tokens.verify import Refused, Verified, verify
from tests.tokens.issuing import EXPECTED, NOW, jwk, key_set, token


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"keys": [], "keys": []}', "names `keys` twice"),
        (b"{}", "no keys"),
        (b'{"keys": []}', "no keys"),
        (b'{"keys": {}}', "no keys"),
        (b'{"keys": [5]}', "not a JSON object"),
        (b'{"keys": [' + b" " * MAX_KEY_SET + b"]}", "larger than 256 KiB"),
        (json.dumps({"keys": [{"kty": "RSA"}] * (MAX_KEYS + 1)}).encode(), "more than 100 keys"),
        (key_set(jwk("P-256"), {"kty": "oct", "k": "AAAA"}), "secret key"),
        (key_set(jwk("P-256"), {"kty": "oct"}), "secret key"),
        (key_set(jwk("P-256"), jwk("RSA", secret=True)), "secret key"),
        (key_set(jwk("P-256", secret=True)), "secret key"),
        (key_set({"kty": "other", "d": "x"}), "secret key"),
    ],
)
def test_a_key_set_that_is_none_is_refused_whole(data: bytes, why: str) -> None:
    with pytest.raises(AgentownersError) as caught:
        read_keys(data)
    assert why in caught.value.message


@pytest.mark.parametrize(
    "key",
    [
        jwk("P-256", use="enc"),
        jwk("P-256", use=["sig"]),
        jwk("P-256", key_ops=["encrypt"]),
        jwk("P-256", key_ops="verify"),
        jwk("P-256", alg="ES384"),
        jwk("P-256", alg=5),
        jwk("P-256", kid=5),
        jwk("P-256", kty=["EC"]),
        jwk("P-256", x=None),
        jwk("P-256", y=5),
        jwk("P-256", crv="P-384"),
        jwk("P-256", crv="X25519"),
        jwk("P-256", x="AA"),
        jwk("P-256", y="!"),
        jwk("P-256K"),
        {"kty": "RSA", "kid": "P-256", "n": "", "e": "AQAB"},
        {"kty": "AKP", "kid": "P-256"},
    ],
)
def test_a_key_that_is_not_for_a_token_proves_nothing(key: dict[str, object]) -> None:
    assert isinstance(verify(token(), read_keys(key_set(key)), EXPECTED, NOW), Refused)


@pytest.mark.parametrize("members", [{}, {"use": "sig"}, {"key_ops": ["verify"]}, {"alg": "ES256"}, {"x5c": ["MII"]}])
def test_a_key_that_is_for_a_token(members: dict[str, Any]) -> None:
    assert isinstance(verify(token(), read_keys(key_set(jwk("P-256", **members))), EXPECTED, NOW), Verified)


def test_a_key_beyond_any_use_is_not_worked_with() -> None:
    huge = {"kty": "RSA", "kid": "RSA", "n": "x" * 20_000, "e": "AQAB"}
    found = verify(token(by="RSA", alg="RS256"), read_keys(key_set(huge)), EXPECTED, NOW)
    assert found == Refused("the issuer's key is no RSA key of 2,048 to 8,192 bits")


def test_one_id_for_two_kinds_of_keys_is_clear_and_for_two_of_a_kind_is_not() -> None:
    two_kinds = key_set(jwk("RSA", kid="k"), jwk("P-256", kid="k"))
    text = token(header={"alg": "ES256", "kid": "k"})
    assert isinstance(verify(text, read_keys(two_kinds), EXPECTED, NOW), Verified)
    two = key_set(jwk("P-256-other", kid="k"), jwk("P-256", kid="k"))
    assert verify(text, read_keys(two), EXPECTED, NOW) == Refused("the issuer has several keys that may be meant")
