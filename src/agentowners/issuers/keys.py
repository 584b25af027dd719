"""The keys of the issuers that a policy names: kept in memory, asked for again when they turn.

A server may be anybody's: its document is had over verified TLS, within bounds of size and time, or not at all.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Final, Protocol
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass  # noqa: TID251 (what the machine says of proxies; nothing is asked by it)

import urllib3
from msgspec import Struct

from agentowners.diagnostics import AgentownersError
from agentowners.tokens.keys import MAX_KEY_SET, KeySet, read_keys
from agentowners.tokens.strict_json import read_object

MAX_AGE: Final = 60 * 60
"""Seconds after which keys are asked for again."""
PAUSE: Final = 60
"""Seconds between two questions to an issuer, whatever tokens ask for."""
_DISCOVERY: Final = "/.well-known/openid-configuration"


class Documents(Protocol):
    """Adapter that gets documents."""

    def get(self, url: str) -> bytes:
        """The document at an address, or ``KeysUnavailableError``."""
        ...


class _IssuerState:
    def __init__(self) -> None:
        self.keys: KeySet | None = None
        self.fetched = 0.0
        self.asked: float | None = None
        self.error: KeysUnavailableError | None = None


class IssuerKeys:
    """Asks issuers for their keys. Keys that are there survive an issuer's outage."""

    def __init__(self, documents: Documents | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing known; ``clock`` counts seconds."""
        self._documents = documents or Fetcher()
        self._clock = clock
        self._known: dict[str, _IssuerState] = {}

    def of(self, issuer: str, key_id: str | None) -> KeySet:
        """The keys of an issuer, asked for anew where none has this id or they are old, at most once a minute.

        Raises:
            KeysUnavailableError: there never were any, and they cannot be had.
        """
        known, now = self._known.setdefault(issuer, _IssuerState()), self._clock()
        keys = known.keys
        fresh = keys is not None and now - known.fetched < MAX_AGE and (key_id is None or keys.knows(key_id))
        if not fresh and (known.asked is None or now - known.asked >= PAUSE):
            known.asked = now
            try:
                known.keys, known.fetched, known.error = self._ask(issuer), now, None
            except KeysUnavailableError as error:
                known.error = error
        if known.keys is None:
            raise known.error or KeysUnavailableError(f"the keys of `{issuer}` cannot be had")
        return known.keys

    def _ask(self, issuer: str) -> KeySet:
        try:
            document = read_object(self._documents.get(issuer.removesuffix("/") + _DISCOVERY), "its configuration")
            if document.get("issuer") != issuer:
                raise KeysUnavailableError("its configuration is another issuer's")
            place = document.get("jwks_uri")
            if not isinstance(place, str):
                raise KeysUnavailableError("its configuration has no `jwks_uri`")
            return read_keys(self._documents.get(place))
        except AgentownersError as error:
            raise KeysUnavailableError(f"the keys of `{issuer}` cannot be had: {error.message}", help=error.help) from None


_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "agentowners"}


class KeysUnavailableError(AgentownersError):
    """An issuer's keys cannot be had."""


class TimeLimits(Struct, frozen=True):
    """Seconds that a server may take."""

    read: float = 3
    """For each part of its answer."""
    whole: float = 10
    """For all of it, the search for its address included."""


STANDARD_LIMITS: Final = TimeLimits()


class Fetcher:
    """Fetches documents."""

    def __init__(self, limits: TimeLimits = STANDARD_LIMITS, proxies: Callable[[], Mapping[str, str]] = getproxies) -> None:
        """Take the certificates that this machine trusts; ``proxies`` says through which servers others are asked."""
        self._limits = limits
        self._proxies = proxies
        self._trusted = ssl.create_default_context()

    def get(self, url: str) -> bytes:
        """The document at an address.

        Raises:
            KeysUnavailableError: there is none, or the server does not give it as it should.
        """
        host = _checked(url)
        answer: list[bytes | KeysUnavailableError] = []
        # A thread, because nothing else ends a search for an address, or an answer that comes byte by byte.
        asking = Thread(target=lambda: answer.append(self._ask(url, host)), daemon=True)
        asking.start()
        asking.join(self._limits.whole)
        if not answer:
            raise KeysUnavailableError(f"`{host}` takes longer than {self._limits.whole:g} seconds to answer")
        if isinstance(answer[0], KeysUnavailableError):
            raise answer[0]
        return answer[0]

    def _ask(self, url: str, host: str) -> bytes | KeysUnavailableError:
        try:
            return self._fetched(url, host)
        except KeysUnavailableError as error:
            return error
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return KeysUnavailableError(f"`{host}` cannot be asked: {_reason(error)}")

    def _fetched(self, url: str, host: str) -> bytes:
        timeout = urllib3.Timeout(connect=self._limits.read, read=self._limits.read)
        with self._pool(host) as pool:
            response = pool.request(
                "GET",
                url,
                headers=_HEADERS,
                redirect=False,
                retries=False,
                timeout=timeout,
                preload_content=False,
                decode_content=False,
            )
            try:
                return _body(response, host)
            finally:
                response.close()

    def _pool(self, host: str) -> urllib3.PoolManager:
        proxy = None if proxy_bypass(host) else self._proxies().get("https")
        if proxy is None:
            return urllib3.PoolManager(ssl_context=self._trusted)
        return urllib3.ProxyManager(proxy, ssl_context=self._trusted)


def _body(response: urllib3.BaseHTTPResponse, host: str) -> bytes:
    if response.status != 200:
        raise KeysUnavailableError(f"`{host}` answers with status {response.status}, not with a document")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise KeysUnavailableError(f"`{host}` answers with a compressed document")
    data = bytearray()
    while part := response.read(min(16 << 10, MAX_KEY_SET + 1 - len(data)), decode_content=False):
        data += part
        if len(data) > MAX_KEY_SET:
            raise KeysUnavailableError(f"`{host}` answers with more than {MAX_KEY_SET >> 10} KiB")
    return bytes(data)


def _checked(url: str) -> str:
    """The name of the server at an address that may be asked."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise KeysUnavailableError(f"`{url}` is not an address") from None
    if parts.scheme != "https" or not host or not (url.isascii() and url.isprintable()) or " " in url:
        raise KeysUnavailableError(f"`{url}` is not an address that begins with `https://`")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise KeysUnavailableError(f"`{url}` holds more than a server and a path")
    last = host.rstrip(".").rpartition(".")[2]
    if ":" in host or last.isdigit() or last.startswith("0x"):
        raise KeysUnavailableError(f"`{url}` names a server by its number", help="issuers are named, as certificates are")
    return host


def _reason(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.SSLError | ssl.SSLError):
        return "its certificate is not trusted, or it speaks no TLS"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "it does not answer in time"
    return "no connection" if isinstance(error, urllib3.exceptions.HTTPError | OSError) else "it does not speak HTTP"
