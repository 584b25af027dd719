"""One entry of a log: its number, what it follows, and what is said in it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from agentowners.audit.canonical import Json, canonical
from agentowners.audit.redaction import redacted_value
from agentowners.diagnostics import AgentownersError
from agentowners.tokens.strict_json import once, refuse

VERSION: Final = 1
NOTHING: Final = "sha256:" + "0" * 64
"""Predecessor of the first entry of a log."""
MAX_ENTRY: Final = 64 << 20
"""Bytes of an entry that is read."""
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_UID: Final = re.compile(r"[0-9a-f]{64}")
_FIELDS: Final = frozenset({"v", "log", "n", "prev", "uid", "at", "events"})


class EntryError(AgentownersError):
    """Bytes that are no entry."""


class LogEntry(Struct, frozen=True):
    """Content of an entry."""

    log: str
    """``<host>/<repository id>``."""
    number: int
    """From 1."""
    previous: str
    """Digest of the entry before it; of the first one ``NOTHING``."""
    uid: str
    """The same for each try to write the same thing down."""
    at: int
    """In seconds since 1970."""
    events: tuple[Json, ...]
    why: str | None = None
    """Reason why the log begins again, in the first entry of a later epoch."""

    def stored(self) -> bytes:
        """The bytes that are stored."""
        head: Json = {"v": VERSION, "log": self.log, "n": self.number, "prev": self.previous, "uid": self.uid, "at": self.at}
        body: Json = {"events": [redacted_value(event) for event in self.events]}
        return canonical(head | body | ({} if self.why is None else {"why": self.why}))


class Receipt(Struct, frozen=True):
    """Receipt of an entry, shown elsewhere: whoever has it can tell if the entry is still there."""

    log: str
    number: int
    digest: str

    def __str__(self) -> str:
        return f"audit: {self.number} {self.digest}"

    def json(self) -> Json:
        """As in the JSON verdict."""
        return {"log": self.log, "n": self.number, "digest": self.digest}


def uid(repository_id: int, run_id: str, attempt: str, target: str, number: int) -> str:
    """The ``uid`` of the ``number``-th thing that an attempt of a run has to say about a target."""
    parts = "\n".join((str(repository_id), run_id, attempt, target, str(number)))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def read_entry(stored: bytes) -> LogEntry:
    """The entry that some bytes are.

    Raises:
        EntryError: they are none, or not as this tool writes one: who may add to a log may have added them.
    """
    try:
        value = json.loads(stored.decode(), object_pairs_hook=once, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise EntryError("it is not unambiguous JSON") from None
    if not isinstance(value, dict) or set(value) - {"why"} != _FIELDS or _number(value["v"]) != VERSION:
        raise EntryError("it does not have an entry's fields")
    entry = LogEntry(
        _required_text(value["log"]),
        _number(value["n"]),
        _like(_DIGEST, value["prev"]),
        _like(_UID, value["uid"]),
        _number(value["at"]),
        _events(value["events"]),
        _required_text(value["why"]) if "why" in value else None,
    )
    if canonical(value) != stored:
        raise EntryError("it is not written in canonical form")
    return entry


def said_log(stored: bytes) -> str | None:
    """The log that some bytes name as theirs, whatever else is wrong with them; None where they name none."""
    try:
        log = json.loads(stored.decode()).get("log")
    except (ValueError, RecursionError, AttributeError):
        return None
    return log if isinstance(log, str) else None


def _required_text(value: object) -> str:
    if not isinstance(value, str):
        raise EntryError("a field of it is not a text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise EntryError("a field of it is not a number")
    return value


def _like(pattern: re.Pattern[str], value: object) -> str:
    if not pattern.fullmatch(_required_text(value)):
        raise EntryError("a digest in it is none")
    return _required_text(value)


def _events(value: object) -> tuple[Json, ...]:
    if not isinstance(value, list) or not all(isinstance(event, dict) for event in value):
        raise EntryError("its events are none")
    return tuple(value)


LAST_NUMBER: Final = 999_999_999
_KEY: Final = re.compile(
    r"(?P<log>[A-Za-z0-9.-]+(?:/[0-9]{1,20}))/(?P<epoch>0|[1-9][0-9]{0,8})/(?P<a>[0-9]{3})/(?P<b>[0-9]{3})/(?P<c>[0-9]{3})\.json"
)


class EntryPlace(Struct, frozen=True):
    """Which entry of which log."""

    log: str
    epoch: int
    number: int

    def key(self, prefix: str) -> str:
        """The name of its object."""
        digits = f"{self.number:09}"
        return f"{epoch_prefix(prefix, self.log, self.epoch)}{digits[:3]}/{digits[3:6]}/{digits[6:]}.json"


def epoch_prefix(prefix: str, log: str, epoch: int) -> str:
    """Prefix of the names of an epoch's entries."""
    return f"{log_prefix(prefix, log)}{epoch}/"


def log_prefix(prefix: str, log: str) -> str:
    """Prefix of the names of a log's entries."""
    return f"{prefix}/{log}/" if prefix else f"{log}/"


def place_of(key: str, prefix: str) -> EntryPlace | None:
    """The place that a name below a prefix stands for; None where it is no entry's."""
    below = key.removeprefix(f"{prefix}/") if prefix else key
    match = _KEY.fullmatch(below)
    if match is None:
        return None
    return EntryPlace(match["log"], int(match["epoch"]), int(match["a"] + match["b"] + match["c"]))


_LINE: Final = re.compile(r"audit: ([1-9][0-9]{0,8}) (sha256:[0-9a-f]{64})")
_FIELD: Final = re.compile(
    r'"audit": ?\{"log": ?"(?P<log>[^"\\]{1,200})", ?"n": ?(?P<n>[1-9][0-9]{0,8}), ?"digest": ?"(?P<digest>sha256:[0-9a-f]{64})"'
)


def receipt_lines(receipts: Iterable[Receipt]) -> str:
    """Receipts for people and machines, one a line."""
    return "\n".join(f"`{receipt}`" for receipt in receipts)


def read_receipts(text: str, log: str = "") -> list[Receipt]:
    """Every receipt in a text: of a log that the text names, else of the given one."""
    lines = [Receipt(log, int(number), digest) for number, digest in _LINE.findall(text)]
    return lines + [Receipt(match["log"], int(match["n"]), match["digest"]) for match in _FIELD.finditer(text)]
