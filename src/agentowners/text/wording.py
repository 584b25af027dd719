"""Words for messages: the user's text quoted, and the nearest of what might have been meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

_SHOWN: Final = 80
_GUESSED: Final = 64
"""Longer words are nobody's slip of the finger, and comparing them takes quadratic time."""


def shorten(text: str, limit: int) -> str:
    """The text, or as much of its beginning as fits into ``limit`` characters with an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def quote(text: str) -> str:
    """User text for a message: in backticks, of bounded length."""
    return f"`{shorten(text, _SHOWN)}`"


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was most likely meant, if any is near enough."""
    if len(word) > _GUESSED:
        return None
    from difflib import get_close_matches

    close = get_close_matches(word.lower().replace("-", "_"), [choice.replace("-", "_") for choice in choices], 1, 0.6)
    return next((choice for choice in choices if choice.replace("-", "_") in close), None)


def suggest(word: str, choices: Iterable[str]) -> str:
    """Help for a word that is none of the choices."""
    choices = list(choices)
    near = nearest(word, choices)
    return f"did you mean `{near}`?" if near is not None else "write " + alternatives(choices)


def alternatives(choices: Iterable[str]) -> str:
    """``a``, ``b`` or ``c``."""
    *others, last = (f"`{choice}`" for choice in choices)
    return f"{', '.join(others)} or {last}" if others else last


def listed(words: Sequence[str], limit: int = 5, word: str = "and") -> str:
    """``a, b and c``; of more than ``limit`` the first few: ``a, b and 7 more``. Nothing for none."""
    items = list(words) if len(words) <= limit else [*words[: limit - 1], f"{len(words) - limit + 1:,} more"]
    return f" {word} ".join([*([", ".join(items[:-1])] if items[1:] else []), *items[-1:]])


def short_ref(ref: str) -> str:
    """A branch as people call it; any other ref in full."""
    return ref.removeprefix("refs/heads/")


def reason(error: OSError | ValueError) -> str:
    """Why a file could not be read or written, in lower case."""
    words = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return words[:1].lower() + words[1:]
