"""Redacts texts that look like secrets, and people's addresses."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from agentowners.audit.canonical import JsonValue, mapped

_KINDS: Final = {
    "private-key": r"-----BEGIN [A-Z0-9 ]{1,40}-----(?:[^-]*-----END [A-Z0-9 ]{1,40}-----)?",
    "github-token": r"gh[pousr]_[A-Za-z0-9_]+|github_pat_[A-Za-z0-9_]+",
    "aws-key": r"AKIA[A-Z0-9]{8,}",
    "jwt": r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_.-]{5,}|eyJ[A-Za-z0-9_-]{16,}[A-Za-z0-9_.-]*",
    "slack-token": r"xox[a-z]-[A-Za-z0-9-]+",
    "api-key": r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{8,}",
}
_SECRET: Final = re.compile("|".join(f"(?P<{name.replace('-', '_')}>{pattern})" for name, pattern in _KINDS.items()))
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\]:,;\"`/]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")


def redacted(text: str) -> str:
    """The text, with ``[redacted:<kind>:<sha256-8>]`` for each part that looks like a secret."""
    return _SECRET.sub(lambda match: _mark((match.lastgroup or "").replace("_", "-"), match[0]), text)


def without_addresses(text: str) -> str:
    """The text, redacted, and without e-mail addresses."""
    return _ADDRESS.sub(lambda match: _mark("email", match[0]), redacted(text))


def redacted_value(value: JsonValue) -> JsonValue:
    """A value of which every text is redacted, names included."""
    return mapped(value, redacted)


def _mark(kind: str, text: str) -> str:
    return f"[redacted:{kind}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}]"
