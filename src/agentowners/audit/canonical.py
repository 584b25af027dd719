"""One text for each value (RFC 8785): what an entry's digest is of. There are no fractions in an entry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Final

Json = dict[str, "JsonValue"]
JsonValue = str | int | bool | None | list["JsonValue"] | Json

_CONTEXT: Final = b"agentowners-audit-v1\n"


def canonical(value: Json) -> bytes:
    """The value as UTF-8: names sorted, no blanks. Half a character stands as its escape, ``\\udc80``, in plain text."""
    return json.dumps(whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(stored: bytes) -> str:
    """Identity of an entry: ``sha256:`` and 64 hex digits over its bytes as they are stored."""
    return f"sha256:{hashlib.sha256(_CONTEXT + stored).hexdigest()}"


def whole(value: JsonValue) -> JsonValue:
    """The value, with bytes of names that are not UTF-8 written out."""
    return mapped(value, lambda text: text.encode("utf-8", "backslashreplace").decode())


def mapped(value: JsonValue, text: Callable[[str], str]) -> JsonValue:
    """The value with every text in it put through a function, names included."""
    match value:
        case str():
            return text(value)
        case list():
            return [mapped(item, text) for item in value]
        case dict():
            return {text(name): mapped(item, text) for name, item in value.items()}
        case _:
            return value
