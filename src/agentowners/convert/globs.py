"""Globs of picomatch as path patterns that match the same files."""

from __future__ import annotations

import re
from typing import Final

from agentowners.policy.patterns import PathPattern, PatternError

_MAX: Final = 64
"""Patterns that one glob may become."""
_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_NOT_UNDERSTOOD: Final = re.compile(r"[()|{}!+@\\]|\[\^|\[:")


def glob_patterns(glob: str) -> tuple[str, ...] | None:
    """Patterns for a glob over paths from the root; None where it says more than they can.

    A name matches from the root on, ``x/**`` matches ``x`` too, and dot files are files like others.
    """
    texts = [glob]
    while True:
        text_with_braces = next((text for text in texts if "{" in text), None)
        if text_with_braces is None:
            break
        braces = _BRACES.search(text_with_braces)
        if braces is None or ".." in braces[1] or "," not in braces[1]:
            return None
        texts.remove(text_with_braces)
        texts += [
            text_with_braces[: braces.start()] + choice + text_with_braces[braces.end() :] for choice in braces[1].split(",")
        ]
        if len(texts) > _MAX:
            return None
    patterns = dict.fromkeys(map(_pattern, texts))
    return None if None in patterns else tuple(pattern for pattern in patterns if pattern is not None)


def _pattern(text: str) -> str | None:
    text = text.removeprefix("./")
    if not text or text.startswith("/") or text.endswith("/") or "//" in text or _NOT_UNDERSTOOD.search(text):
        return None
    while text.endswith("/**"):
        text = text.removesuffix("/**")
    if text in ("**", "**/*"):
        return "**"
    try:
        return PathPattern.parse(text if text.startswith("**/") else f"/{text}").text
    except PatternError:
        return None
