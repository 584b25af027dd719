"""Names as YAML scalars, also in a list between brackets."""

from __future__ import annotations

import json
import re
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def scalar(text: str) -> str:
    """The text by itself where that is a string to every reader of YAML, else in quotes."""
    if _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
