"""The token by which a person says what was read: a digest of exactly what was shown."""

from __future__ import annotations

import hashlib
from typing import Final

_LENGTH: Final = 16


def review_token(shown: str, version: str) -> str:
    """The token of a text; another engine, which might decide otherwise, makes another one of the same text."""
    total = hashlib.sha256()
    for part in (b"agentowners review 1", version.encode(), shown.encode("utf-8", "surrogatepass")):
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()[:_LENGTH]
