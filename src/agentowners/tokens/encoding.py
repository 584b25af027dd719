"""Base64 as tokens have it: without padding, and each text the only one for its bytes."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

_URL_SAFE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def unpack(text: str) -> bytes | None:
    """The bytes that a base64url text stands for; None where it is empty, padded, or not the one way to write them."""
    if not _URL_SAFE.fullmatch(text):
        return None
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None
    return data if pack(data) == text else None


def pack(data: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
