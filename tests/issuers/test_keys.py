"""Keys turn, issuers fail, and tokens name keys that there are not: what is known stays known, and nobody is asked in a hurry."""

from __future__ import annotations

import json

import pytest

from agentowners.issuers.keys import MAX_AGE, PAUSE, IssuerKeys, KeysUnavailableError
from tests.tokens.issuing import ISSUER, jwk, key_set


class Documents:
    """An issuer that can be taken away, and a clock."""

    def __init__(self) -> None:
        self.keys = key_set(jwk("P-256"))
        self.down = False
        self.asked = 0
        self.now = 1000.0

    def get(self, url: str) -> bytes:
        self.asked += 1
        if self.down:
            raise KeysUnavailableError("no connection")
        if url.endswith("/keys"):
            return self.keys
        return json.dumps({"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}).encode()


@pytest.fixture
def documents() -> Documents:
    return Documents()


@pytest.fixture
def keys(documents: Documents) -> IssuerKeys:
    return IssuerKeys(documents, lambda: documents.now)


def test_they_are_asked_for_once(documents: Documents, keys: IssuerKeys) -> None:
    for _ in range(10):
        assert keys.of(ISSUER, "P-256").knows("P-256")
    assert keys.of(ISSUER, None).knows("P-256")
    assert documents.asked == 2


def test_a_key_that_is_new_is_found(documents: Documents, keys: IssuerKeys) -> None:
    keys.of(ISSUER, "P-256")
    documents.keys = key_set(jwk("P-256-other"))
    documents.now += PAUSE
    assert keys.of(ISSUER, "P-256-other").knows("P-256-other")
    assert not keys.of(ISSUER, "P-256-other").knows("P-256")


def test_cve_2026_48524_fifty_ids_that_are_nobodys_cost_no_request(documents: Documents, keys: IssuerKeys) -> None:
    keys.of(ISSUER, "P-256")
    for number in range(50):
        assert not keys.of(ISSUER, f"junk-{number}").knows(f"junk-{number}")
    assert documents.asked == 2
    documents.now += PAUSE
    for number in range(50):
        keys.of(ISSUER, f"junk-{number}")
    assert documents.asked == 4


def test_keys_outlive_an_outage(documents: Documents, keys: IssuerKeys) -> None:
    keys.of(ISSUER, "P-256")
    documents.down = True
    for _ in range(3):
        documents.now += MAX_AGE
        assert keys.of(ISSUER, "P-256").knows("P-256")
    documents.down, documents.keys = False, key_set(jwk("Ed25519"))
    documents.now += PAUSE
    assert not keys.of(ISSUER, "P-256").knows("P-256")


def test_a_key_that_is_taken_back_is_gone_within_the_hour(documents: Documents, keys: IssuerKeys) -> None:
    keys.of(ISSUER, "P-256")
    documents.keys = key_set(jwk("Ed25519"))
    documents.now += MAX_AGE
    assert not keys.of(ISSUER, "P-256").knows("P-256")


def test_an_issuer_that_never_answered_is_asked_once_a_minute(documents: Documents, keys: IssuerKeys) -> None:
    documents.down = True
    for _ in range(5):
        with pytest.raises(KeysUnavailableError, match=f"the keys of `{ISSUER}` cannot be had: no connection"):
            keys.of(ISSUER, None)
    assert documents.asked == 1
    documents.down = False
    documents.now += PAUSE
    assert keys.of(ISSUER, None).knows("P-256")
