"""The table of tokens: what is made of each, and what PyJWT alone makes of it, so that an upgrade that changes it is seen.

CVE-2026-48522 and 48524 are about fetching keys: see tests/issuers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Final, NamedTuple

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from agentowners.tokens.bearer import standard_audiences
from agentowners.tokens.keys import pack
from agentowners.tokens.verify import (
    MAX_LIFE,
    MAX_TOKEN,
    SKEW,
    ExpectedToken,
    Refused,
    Verified,
    digest_of,
    key_id,
    unverified_claims,
    verify,
)
from tests.tokens.issuing import AUDIENCE, CLAIMS, EXPECTED, NOW, but, head, issuer_keys, jwk, private_key, text_of, token

TAKES, REFUSES = True, False


class Row(NamedTuple):
    text: str
    why: str | None
    """Part of the reason for which it is refused; None where it is verified."""
    pyjwt: bool
    """Whether PyJWT alone, asked for the same issuer, audience and algorithms, takes it."""


def public_pem() -> bytes:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return bytes(private_key("RSA").public_key().public_bytes(serialization.Encoding.PEM, kind))


def by_secret(secret: bytes, alg: str = "HS256", **more: object) -> str:
    signed = f"{pack(text_of(head(alg=alg, kid='RSA') | more))}.{pack(text_of(CLAIMS))}"
    return f"{signed}.{pack(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def unsigned(alg: object, signature: str = "") -> str:
    return f"{pack(text_of(head(alg=alg)))}.{pack(text_of(CLAIMS))}.{signature}"


def padded(text: str) -> str:
    return ".".join(part + "=" * (-len(part) % 4) for part in text.split("."))


def resigned(text: str, signature: bytes) -> str:
    return f"{text.rpartition('.')[0]}.{pack(signature)}"


def written(claims: dict[str, object], **raw: str) -> bytes:
    """Claims as JSON in which some values are written as they are given here."""
    parts = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in claims.items() if name not in raw]
    return ("{" + ", ".join([*parts, *(f'"{name}": {value}' for name, value in raw.items())]) + "}").encode()


GOOD: Final = token()
TWICE: Final = json.dumps(CLAIMS)[:-1].encode() + b', "sub": "operative:root"}'
CURVE: Final = jwk("P-256-other")

TWO_FIT: Final = token(by="RSA", alg="RS256", header={"alg": "RS256"})
OTHERS: Final = base64.urlsafe_b64decode(token(but(jti="1")).rpartition(".")[2] + "==")
OTHER_NAME: Final = token(header={"alg": "RS256", "kid": "RSA"}, by="RSA", alg="RS512")
PEM: Final = by_secret(public_pem())
JWK: Final = by_secret(json.dumps(jwk("RSA")).encode())

ROWS: Final = {
    # what a token is
    "a good one": Row(GOOD, None, TAKES),
    "RS256": Row(token(by="RSA", alg="RS256", header={"alg": "RS256", "kid": "RSA"}), None, TAKES),
    "PS256": Row(token(by="RSA", alg="PS256", header={"alg": "PS256", "kid": "RSA"}), None, TAKES),
    "ES384": Row(token(by="P-384", alg="ES384"), None, TAKES),
    "EdDSA": Row(token(by="Ed25519", alg="EdDSA"), None, TAKES),
    "no key id, and one key that fits": Row(token(header={"alg": "ES256"}), None, TAKES),
    "one audience in a list": Row(token(but(aud=[AUDIENCE])), None, TAKES),
    "the audience by number": Row(token(but(aud="agentowners:github.com/id/5")), None, TAKES),
    "expired within the skew": Row(token(but(iat=NOW - 700, exp=NOW - SKEW + 1)), None, TAKES),
    "issued within the skew": Row(token(but(iat=NOW + SKEW, exp=NOW + 600)), None, TAKES),
    "a day's life": Row(token(but(iat=NOW, exp=NOW + MAX_LIFE)), None, TAKES),
    "other claims beside": Row(token(but(repository="acme/shop", extra={"a": [1, None]})), None, TAKES),
    # its three parts
    "nothing": Row("", "three parts", REFUSES),
    "two parts": Row(GOOD.rpartition(".")[0], "three parts", REFUSES),
    "four parts": Row(GOOD + ".", "three parts", REFUSES),
    "an encrypted one": Row(GOOD + ".x.y", "three parts", REFUSES),
    "padding": Row(padded(GOOD), "three parts", REFUSES),
    "a line break behind it": Row(GOOD + "\n", "three parts", REFUSES),
    "a line break within": Row(GOOD[:40] + "\n" + GOOD[40:], "three parts", REFUSES),
    "a blank in front": Row(" " + GOOD, "three parts", REFUSES),
    "the other base64 alphabet": Row(GOOD.replace("-", "+").replace("_", "/") + "+/", "three parts", REFUSES),
    "letters that only look so": Row("\uff25" + GOOD[1:], "three parts", REFUSES),
    "half a character": Row("\udc80" + GOOD, "three parts", REFUSES),
    "too large": Row(token(but(extra="x" * MAX_TOKEN)), "larger than 16 KiB", TAKES),
    "JSON serialization": Row(json.dumps({"payload": pack(text_of(CLAIMS)), "signatures": []}), "three parts", REFUSES),
    # its text
    "a claim twice": Row(token(TWICE), "names `sub` twice", TAKES),
    "a claim twice, further in": Row(token(written(but(), x='[{"a": 1, "a": 2}]')), "names `a` twice", TAKES),
    "a header twice": Row(token(header=b'{"alg": "ES256", "kid": "x", "kid": "P-256"}'), "header names `kid` twice", TAKES),
    "claims in UTF-16": Row(token(json.dumps(CLAIMS).encode("utf-16")), "not JSON in UTF-8", TAKES),
    "claims with a byte order mark": Row(token(b"\xef\xbb\xbf" + text_of(CLAIMS)), "not JSON in UTF-8", TAKES),
    "claims not in UTF-8": Row(token(text_of(CLAIMS)[:-1] + b', "x": "\xff"}'), "not JSON in UTF-8", REFUSES),
    "half a character in a claim": Row(token(written(but(), x=r'"\ud800"')), "not JSON in UTF-8", TAKES),
    "a list of claims": Row(token([CLAIMS]), "not a JSON object", REFUSES),
    "no JSON": Row(token(b"operative:alpha"), "not JSON", REFUSES),
    "a number that is none": Row(token(written(but(), x="NaN")), "not JSON", TAKES),
    "a number of 5,000 digits": Row(token(written(but(), x="9" * 5000)), "not JSON", REFUSES),
    "100 arrays and objects in each other": Row(token(written(but(), x="[" * 99 + "]" * 99)), None, TAKES),
    "one more": Row(token(written(but(), x="[" * 100 + "]" * 100)), "nests deeper than 100", TAKES),
    # its header
    "CVE-2022-29217, CVE-2024-33663, CVE-2017-11424: the public key as a secret": Row(
        by_secret(public_pem()), "signed by `HS256`", REFUSES
    ),
    "CVE-2026-48526: the public key's JSON as a secret": Row(JWK, "signed by `HS256`", REFUSES),
    "an empty secret": Row(by_secret(b""), "signed by `HS256`", REFUSES),
    "no signature: none": Row(unsigned("none"), "three parts", REFUSES),
    "no signature: None": Row(unsigned("None", "AA"), "signed by `None`", REFUSES),
    "no algorithm": Row(token(header={"kid": "P-256"}), "signed by nothing", REFUSES),
    "several algorithms": Row(token(header=head(alg=["ES256"])), "signed by nothing", REFUSES),
    "an algorithm in small letters": Row(token(header=head(alg="es256")), "signed by `es256`", REFUSES),
    "an algorithm of another key": Row(token(header=head(kid="RSA")), "no key for ES256 called `RSA`", REFUSES),
    "CVE-2026-48523: an algorithm under another's name": Row(OTHER_NAME, "not the issuer's", REFUSES),
    "an algorithm that the policy does not take": Row(token(by="RSA", alg="RS512"), "signed by `RS512`", REFUSES),
    "a key that the issuer has not": Row(token(by="P-256-other"), "no key for ES256 called `P-256-other`", REFUSES),
    "a key id that is a path": Row(token(header=head(kid="../../dev/null")), "no key for ES256", REFUSES),
    "a key id that is a number": Row(token(header=head(kid=5)), "`kid` is not a text", REFUSES),
    "no key id, and two keys that may be meant": Row(
        token(by="RSA", alg="RS256", header={"alg": "RS256"}), "several keys", TAKES
    ),
    "a key of 1,024 bits": Row(token(by="RSA-1024", alg="RS256"), "no RSA key of 2,048", TAKES),
    "CVE-2026-27962: a key in the header": Row(token(by="P-256-other", header=head(jwk=CURVE)), "header has `jwk`", REFUSES),
    "a key in the header, and a good signature": Row(token(header=head(jwk=CURVE)), "header has `jwk`", TAKES),
    "a place for keys": Row(token(header=head(jku="https://evil.example/keys")), "header has `jku`", TAKES),
    "a certificate's place": Row(token(header=head(x5u="https://evil.example/c")), "header has `x5u`", TAKES),
    "a certificate": Row(token(header=head(x5c=["MII"])), "header has `x5c`", TAKES),
    "compressed": Row(token(header=head(zip="DEF")), "header has `zip`", TAKES),
    "CVE-2026-32597, CVE-2025-59420: critical extensions": Row(token(header=head(crit=["exp"], exp=1)), "header has", REFUSES),
    "critical extensions, none": Row(token(header=head(crit=[])), "header has `crit`", REFUSES),
    "CVE-2026-48525: detached contents": Row(token(header=head(b64=False)), "header has `b64`", REFUSES),
    "another kind of token": Row(token(header=head(typ="at+jwt")), "`typ` is not `JWT`", TAKES),
    "a kind in small letters": Row(token(header=head(typ="jwt")), "`typ` is not `JWT`", TAKES),
    "claims in the header": Row(token(header=head(sub="operative:root")), "header has `sub`", TAKES),
    # its signature
    "no signature": Row(resigned(GOOD, b"") + "AA", "not the issuer's", REFUSES),
    "a signature of nothing": Row(resigned(GOOD, bytes(64)), "not the issuer's", REFUSES),
    "a signature as certificates have it": Row(resigned(GOOD, b"\x30" + bytes(70)), "not the issuer's", REFUSES),
    "another token's signature": Row(resigned(GOOD, OTHERS), "not the issuer's", REFUSES),
    # its claims
    "another issuer": Row(token(but(iss="https://evil.example")), "its issuer is `https://evil.example`", REFUSES),
    "CVE-2024-53861: a part of the issuer": Row(token(but(iss="https://issuer")), "its issuer is", REFUSES),
    "a slash behind the issuer": Row(token(but(iss="https://issuer.smoo.ai/")), "its issuer is", REFUSES),
    "several issuers": Row(token(but(iss=["https://issuer.smoo.ai"])), "`iss` is not a text", REFUSES),
    "no issuer": Row(token(but(iss=None)), "`iss` is not a text", REFUSES),
    "no subject": Row(token(but(sub=None)), "`sub` is not a text", REFUSES),
    "an empty subject": Row(token(but(sub="")), "`sub` is not a text", TAKES),
    "a subject that is a number": Row(token(but(sub=7)), "`sub` is not a text", REFUSES),
    "another audience": Row(token(but(aud="agentowners:github.com/acme/other")), "it is for `agentowners", REFUSES),
    "a part of the audience": Row(token(but(aud="agentowners:github.com/acme")), "it is for", REFUSES),
    "several audiences": Row(token(but(aud=[AUDIENCE, "https://evil.example"])), "several audiences", TAKES),
    "no audience": Row(token(but(aud=None)), "`aud` is not a text", REFUSES),
    "an empty list of audiences": Row(token(but(aud=[])), "`aud` is not a text", REFUSES),
    "an audience that is a mapping": Row(token(but(aud={AUDIENCE: 1})), "`aud` is not a text", REFUSES),
    "expired": Row(token(but(iat=NOW - 700, exp=NOW - SKEW)), "expired", REFUSES),
    "not issued yet": Row(token(but(iat=NOW + SKEW + 1, exp=NOW + 600)), "not valid yet", REFUSES),
    "not valid yet": Row(token(but(nbf=NOW + SKEW + 1)), "not valid yet", REFUSES),
    "no time of issue": Row(token(but(iat=None)), "`iat` is not a whole number", REFUSES),
    "no end": Row(token(but(exp=None)), "`exp` is not a whole number", REFUSES),
    "an end as a text": Row(token(but(exp=str(NOW + 600))), "`exp` is not a whole number", TAKES),
    "a time of issue as a text": Row(token(but(iat=str(NOW))), "`iat` is not a whole number", TAKES),
    "an end that is true": Row(token(but(exp=True)), "`exp` is not a whole number", REFUSES),
    "an end that is no whole number": Row(token(written(but(), exp="1e12")), "`exp` is not a whole number", TAKES),
    "a beginning as a text": Row(token(but(nbf="0")), "`nbf` is not a whole number", TAKES),
    "ten years' life": Row(token(but(exp=NOW + 315_000_000)), "does not live", TAKES),
    "a second too much": Row(token(but(iat=NOW - 1, exp=NOW + MAX_LIFE)), "does not live", TAKES),
    "an end before the issue": Row(token(but(iat=NOW + 30, exp=NOW + 30)), "does not live", TAKES),
}


def pyjwt_takes(row: Row, monkeypatch: pytest.MonkeyPatch) -> bool:
    """What PyJWT makes of a token, with the options that its documentation advises."""

    fixed = type("Fixed", (), {"now": staticmethod(lambda tz=None: _fromtimestamp(NOW, tz))})
    _fromtimestamp = jwt.api_jwt.datetime.fromtimestamp  # type: ignore[attr-defined]
    monkeypatch.setattr(jwt.api_jwt, "datetime", fixed)
    try:
        header = jwt.get_unverified_header(row.text)
        by_id = {key["kid"]: key for key in map(jwk, ("RSA", "RSA-1024", "P-256", "P-384", "Ed25519"))}
        named = header.get("kid", "RSA" if str(header.get("alg", "")).startswith("RS") else "P-256")
        key = jwt.PyJWK(by_id[named]).key
        jwt.decode(
            row.text,
            key,
            algorithms=EXPECTED.algorithms,
            audience=EXPECTED.audiences,
            issuer=EXPECTED.issuer,
            leeway=SKEW,
            options={"require": ["iss", "sub", "aud", "iat", "exp"]},
        )
    except (jwt.PyJWTError, KeyError, ValueError, TypeError, RecursionError, AttributeError):
        return REFUSES
    return TAKES


@pytest.mark.parametrize("name", ROWS)
def test_a_token_is_what_the_table_says(name: str) -> None:
    row = ROWS[name]
    found = verify(row.text, issuer_keys(), EXPECTED, NOW)
    if row.why is None:
        assert isinstance(found, Verified)
        assert found.subject == "operative:alpha"
        assert found.digest == hashlib.sha256(row.text.encode()).hexdigest()
    else:
        assert isinstance(found, Refused)
        assert row.why in found.why
        assert "\n" not in found.why
        assert "eyJ" not in found.why


def test_nesting_beyond_what_some_parsers_take_is_refused_by_every_python() -> None:
    assert isinstance(verify(token(written(but(), x="[" * 5000 + "]" * 5000)), issuer_keys(), EXPECTED, NOW), Refused)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("name", ROWS)
def test_pyjwt_alone_makes_of_it_what_the_table_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pyjwt_takes(ROWS[name], monkeypatch) is ROWS[name].pyjwt


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_any_one_byte_changed_and_it_proves_nothing(place: int, by: int) -> None:
    data = bytearray(GOOD.encode())
    data[place] ^= by
    changed = data.decode("utf-8", "surrogateescape")
    assert isinstance(verify(changed, issuer_keys(), EXPECTED, NOW), Refused)


@given(st.text(max_size=200) | st.builds(lambda a, b: f"{pack(a)}.{pack(b)}.AA", st.binary(), st.binary()))
def test_no_text_breaks_anything(text: str) -> None:
    assert isinstance(verify(text, issuer_keys(), EXPECTED, NOW), Refused)
    assert isinstance(unverified_claims(text), Refused | dict)
    key_id(text)
    digest_of(text)


def test_a_workflow_that_strangers_start_proves_nothing() -> None:
    github = ExpectedToken(EXPECTED.issuer, EXPECTED.algorithms, EXPECTED.audiences, by_github=True)
    for event, type in (("pull_request_target", Refused), ("push", Verified)):
        text = token(but(event_name=event))
        assert isinstance(verify(text, issuer_keys(), github, NOW), type)
        assert isinstance(verify(text, issuer_keys(), EXPECTED, NOW), Verified)


def test_what_a_token_says_of_itself_is_told_apart_from_what_it_proves() -> None:
    text = token(but(iss="https://evil.example"), by="P-256-other")
    assert unverified_claims(text) == but(iss="https://evil.example")
    assert key_id(text) == "P-256-other"
    assert unverified_claims("x") == Refused("it is not three parts of base64url with dots between them")


def test_the_audience_of_a_repository() -> None:
    assert standard_audiences("github.com", "Acme/Shop", 5) == ("agentowners:github.com/acme/shop", "agentowners:github.com/id/5")
    assert standard_audiences("ghes.acme.example", "a/b") == ("agentowners:ghes.acme.example/a/b",)
