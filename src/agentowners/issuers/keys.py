"""The keys of the issuers that a policy names: kept in memory, asked for again when they turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

from agentowners.diagnostics import AgentownersError
from agentowners.issuers.fetch import Fetcher, KeysUnavailableError
from agentowners.tokens.keys import KeySet, read_keys
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
