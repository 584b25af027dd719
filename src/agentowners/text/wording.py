"""Words for messages: the user's text quoted, and the nearest of what might have been meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_SHOWN: Final = 80
_GUESSED: Final = 64
"""Longer words are nobody's slip of the finger, and comparing them takes quadratic time."""


def quote(text: str) -> str:
    """User text for a message: in backticks, of bounded length."""
    return f"`{text}`" if len(text) <= _SHOWN else f"`{text[: _SHOWN - 1]}…`"


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
