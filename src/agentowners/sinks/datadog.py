"""Events to Datadog, as they happen. No store: what is there is what was sent, and the receipt tells of which entry it is."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import urllib3

from agentowners.audit.canonical import Json, whole
from agentowners.audit.entry import LogEntry, Receipt
from agentowners.audit.events import shortened
from agentowners.audit.redaction import redacted_value
from agentowners.sinks.store import StoreError

MAX_EVENT: Final = 1_000_000
"""Bytes of an event; what is beyond is cut off without a word."""
_SHORT: Final = 1_000
_FILES: Final = (50, 10, 0)
"""Number of files listed, and the number where that is too much."""
_WHOLE: Final = 20.0
"""Seconds in which it has to be taken."""
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})


class DatadogEvents:
    """Sends events to the site of one organisation."""

    def __init__(
        self,
        site: str,
        key: str,
        *,
        url: str | None = None,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Name the site and its API key; ``url`` is where a test listens."""
        self._url = url or f"https://http-intake.logs.{site}/api/v2/logs"
        self._key = key
        self._pause = pause
        self._clock = clock
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=3, read=5))

    def send(self, entry: LogEntry, receipt: Receipt | None) -> None:
        """Send an entry's events, each with the receipt of the entry where there is one.

        Raises:
            StoreError: they are not taken.
        """
        events = [_payload(event, entry, receipt) for event in entry.events]
        body = gzip.compress(b"[" + b",".join(events) + b"]", mtime=0)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "DD-API-KEY": self._key}
        end, pause = self._clock() + _WHOLE, 0.5
        while True:
            why, wait = self._post(body, headers)
            if why is None:
                return
            if wait is None or self._clock() + max(wait, pause) > end:
                raise StoreError(f"Datadog does not take the events: {why}")
            self._pause(max(wait, pause))
            pause *= 2

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[str | None, float | None]:
        """Why it was not taken, and how long to wait before it is tried again, None where that is of no use."""
        try:
            answer = self._pool.request("POST", self._url, body=body, headers=headers, redirect=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return f"no connection ({type(error).__name__})", 0.0
        if answer.status in (200, 202):
            return None, None
        if answer.status not in _AGAIN:
            return f"status {answer.status}", None
        after = answer.headers.get("Retry-After", "0")
        return f"status {answer.status}", float(after) if after.isascii() and after.isdecimal() else 0.0


def _payload(event: Json, entry: LogEntry, receipt: Receipt | None) -> bytes:
    """An event as it is sent: shortened until it is taken whole."""
    envelope: Json = {"ddsource": "agentowners", "service": "agentowners", "ddtags": f"log:{entry.log}"}
    if receipt is not None:
        envelope["audit"] = receipt.json()
    sizes: Sequence[int] = _FILES
    for files in sizes:
        value: Any = redacted_value(whole(shortened(event, files) | envelope))
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        if len(data) <= MAX_EVENT:
            return data
    few: Json = {name: event[name] for name in ("class_uid", "time") if name in event}
    few["message"] = str(event.get("message", ""))[:_SHORT]
    head: Any = redacted_value(whole(few | envelope))
    return json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
