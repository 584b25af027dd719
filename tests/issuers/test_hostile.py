"""Issuers that are not what they should be: whatever they answer, no keys come of it, in bounded time and size."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
import trustme

from agentowners.issuers.keys import STANDARD_LIMITS, Fetcher, IssuerKeys, KeysUnavailableError, TimeLimits
from agentowners.tokens.keys import MAX_KEY_SET
from tests.issuers.servers import LoopbackIssuer, document_of, issuer
from tests.tokens.issuing import jwk, key_set

CONFIGURATION = "/.well-known/openid-configuration"
GOOD = key_set(jwk("P-256"))


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * (64 << 10))


def drip(stop: threading.Event) -> Callable[[BaseHTTPRequestHandler], None]:
    """A byte now and then, each in time, and never the last."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not stop.wait(0.02):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    return answer


def drip_of_headers(stop: threading.Event) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-A: ")
        while not stop.wait(0.02):
            handler.wfile.write(b"a")
            handler.wfile.flush()

    return answer


def why(issuer_name: str, limits: TimeLimits = STANDARD_LIMITS) -> str:
    with pytest.raises(KeysUnavailableError) as caught:
        IssuerKeys(Fetcher(limits)).of(issuer_name, None)
    message = caught.value.message
    assert message.startswith(f"the keys of `{issuer_name}` cannot be had: ")
    assert "\n" not in message
    return message.partition("cannot be had: ")[2]


def test_an_honest_one(honest: LoopbackIssuer) -> None:
    assert IssuerKeys().of(honest.url, "P-256").knows("P-256")
    assert honest.asked == [CONFIGURATION, "/keys"]


def test_an_honest_one_with_a_slash_at_its_end(honest: LoopbackIssuer) -> None:
    honest.publishes(GOOD, issuer=honest.url + "/")
    assert IssuerKeys().of(honest.url + "/", "P-256").knows("P-256")


@pytest.mark.parametrize(
    ("reason", "answer"),
    [
        ("answers with status 302", document_of(b"", 302, Location="https://evil.example/")),
        ("answers with status 404", document_of(b"", 404)),
        ("answers with status 503", document_of(b"", 503, Retry_After="1")),
        ("more than 256 KiB", document_of(b" " * (5 << 20))),
        ("more than 256 KiB", endless),
        ("not JSON", document_of(b"<html><body>log in</body></html>", Content_Type="text/html")),
        ("not JSON", document_of(b"")),
        ("a compressed document", document_of(gzip.compress(b" " * (100 << 20), 1)[:1000], Content_Encoding="gzip")),
        ("not JSON", document_of(gzip.compress(b"{}"))),
        ("names `issuer` twice", document_of(b'{"issuer": "a", "issuer": "b"}')),
        ("another issuer's", document_of(b'{"issuer": "https://evil.example", "jwks_uri": "https://localhost/keys"}')),
        ("cannot be asked", lambda handler: None),
        ("cannot be asked", lambda handler: handler.wfile.write(b"\x16\x03\x01 nonsense\r\n\r\n") and None),
    ],
)
@pytest.mark.parametrize("path", [CONFIGURATION, "/keys"])
def test_an_answer_that_is_none(honest: LoopbackIssuer, reason: str, answer: Callable[..., None], path: str) -> None:
    honest.answers[path] = answer
    said = why(honest.url)
    if path == "/keys" and "another issuer" in reason:
        reason = "the key set has no keys"
    if path == "/keys" and "twice" in reason:
        reason = "names `issuer` twice"
    assert reason in said


@pytest.mark.parametrize("slow", [drip, drip_of_headers])
def test_a_byte_now_and_then(honest: LoopbackIssuer, slow: Callable[[threading.Event], Callable[..., None]]) -> None:
    stop = threading.Event()
    honest.answers["/keys"] = slow(stop)
    try:
        assert "takes longer than 0.5 seconds" in why(honest.url, TimeLimits(read=3, whole=0.5))
    finally:
        stop.set()


def test_no_byte_at_all(honest: LoopbackIssuer) -> None:
    stop = threading.Event()

    def silence(handler: BaseHTTPRequestHandler) -> None:
        stop.wait()

    honest.answers["/keys"] = silence
    try:
        assert "does not answer in time" in why(honest.url, TimeLimits(read=0.2, whole=10))
    finally:
        stop.set()


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        (key_set(jwk("P-256", secret=True)), "secret key"),
        (key_set(jwk("P-256"), {"kty": "oct", "k": "AAAA"}), "secret key"),
        (b'{"keys": []}', "no keys"),
        (b'{"keys": [' + b" " * MAX_KEY_SET + b"]}", "more than 256 KiB"),
    ],
)
def test_a_key_set_that_is_none(honest: LoopbackIssuer, keys: bytes, reason: str) -> None:
    honest.publishes(keys)
    assert reason in why(honest.url)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("http://localhost/keys", "begins with `https://`"),
        ("file:///etc/passwd", "begins with `https://`"),
        ("//localhost/keys", "begins with `https://`"),
        ("ftp://localhost/keys", "begins with `https://`"),
        ("https://127.0.0.1/keys", "by its number"),
        ("https://127.1/keys", "by its number"),
        ("https://2130706433/keys", "by its number"),
        ("https://0x7f000001/keys", "by its number"),
        ("https://169.254.169.254./keys", "by its number"),
        ("https://[::1]/keys", "by its number"),
        ("https://[::1/keys", "not an address"),
        ("https://user:secret@localhost/keys", "more than a server and a path"),
        ("https://localhost:99999/keys", "not an address"),
        ("https://localhost/keys#x", "more than a server and a path"),
        ("https://localhost/ke ys", "begins with `https://`"),
        ("https://löcalhost/keys", "begins with `https://`"),
        ("https:///keys", "begins with `https://`"),
    ],
)
def test_cve_2026_48522_a_place_that_is_not_asked(honest: LoopbackIssuer, place: str, reason: str) -> None:
    honest.publishes(GOOD, jwks_uri=place)
    assert reason in why(honest.url)
    assert honest.asked == [CONFIGURATION]


def test_a_place_that_is_no_text(honest: LoopbackIssuer) -> None:
    honest.answers[CONFIGURATION] = document_of(json.dumps({"issuer": honest.url, "jwks_uri": ["/keys"]}).encode())
    assert "no `jwks_uri`" in why(honest.url)


@pytest.mark.parametrize("name", ["http://issuer.example", "https://127.0.0.1", "issuer.example", "https://a@issuer.example"])
def test_an_issuer_that_is_not_asked(name: str) -> None:
    why(name)


def test_plain_http(trusted: trustme.LeafCert) -> None:
    with issuer(None) as server:
        server.publishes(GOOD)
        why(server.url)
        why(server.url.replace("http:", "https:"))
        assert server.asked == []


def test_a_certificate_that_nobody_vouches_for(trusted: trustme.LeafCert) -> None:
    with issuer(trustme.CA().issue_cert("localhost")) as server:
        server.publishes(GOOD)
        assert "its certificate is not trusted" in why(server.url)
        assert server.asked == []


def test_a_certificate_for_another_name(authority: trustme.CA, trusted: trustme.LeafCert) -> None:
    with issuer(authority.issue_cert("issuer.example")) as server:
        server.publishes(GOOD)
        assert "its certificate is not trusted" in why(server.url)


def test_nobody_there(honest: LoopbackIssuer) -> None:
    assert "cannot be asked" in why("https://localhost:1")
