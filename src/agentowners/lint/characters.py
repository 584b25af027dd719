"""Characters that are not what they look like."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BIDIRECTIONAL: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ZERO_WIDTH: Final = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_JOINERS: Final = "\u200c\u200d"
_VARIATIONS: Final = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Joiners and variation selectors belong to the writing of many languages, and to emoji: they count only beside ASCII."""
_FLAG: Final = "\U0001f3f4[\U000e0020-\U000e007f]+"
_INVISIBLE: Final = re.compile(
    f"{_FLAG}|[{_BIDIRECTIONAL}{_ZERO_WIDTH}]|(?<![^\\x00-\\x7f])[{_JOINERS}]|[{_JOINERS}](?=[!-~])"
    f"|(?<![^\\x00-\\x7f])[{_VARIATIONS}](?!\u20e3)"
)
BLANKS: Final = re.compile(
    "(?<![^\\x00-\\x7f])[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]|[\u00a0\u2000-\u200a\u202f](?=[!-~])"
)
"""What looks like a blank and separates nothing, beside ASCII; between ideographs it is how they are spaced."""

_CYRILLIC: Final = dict(zip("АВЕЅІЈКМНОРСТУХаеоіјѕрсухһԁԛԝ", "ABESIJKMHOPCTYXaeoijspcyxhdqw", strict=True))
_GREEK: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυ", "ABEZHIKMNOPTYXaikvopu", strict=True))
_LOOKS_LIKE: Final = {**_CYRILLIC, **_GREEK}
_LIKE_CYRILLIC: Final = frozenset(_CYRILLIC.values())
_LIKE_GREEK: Final = frozenset(_GREEK.values())
_WORD: Final = re.compile(r"[^\W\d_]+")


def invisible(text: str, start: int = 0, end: int | None = None) -> list[int]:
    """Offsets of what cannot be seen, or turns around what stands beside it."""
    found = _INVISIBLE.finditer(text, start, len(text) if end is None else end)
    return [match.start() for match in found if match[0][0] != _FLAG[0]]


def described(char: str) -> str:
    """A character by its number and its name: ``U+0435 CYRILLIC SMALL LETTER IE``."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def confusable(text: str) -> tuple[int, str] | None:
    """The first letter that stands among others of another script and looks like one of them: its offset, and the ASCII letter
    that it looks like. None for words wholly of one script, and for mixtures that can be seen."""
    if text.isascii():
        return None
    for word in _WORD.finditer(text):
        found = None if word[0].isascii() else _intruder(word[0])
        if found is not None:
            return word.start() + found, looks_like(word[0][found])
    return None


def looks_like(char: str) -> str:
    """The ASCII letter that a character looks like; itself where there is none."""
    return _LOOKS_LIKE.get(char) or unicodedata.normalize("NFKC", char)


def _intruder(word: str) -> int | None:
    latin = [char for char in word if char.isascii()]
    for script, like in (("CYRILLIC", _LIKE_CYRILLIC), ("GREEK", _LIKE_GREEK)):
        others = [at for at, char in enumerate(word) if unicodedata.name(char, "").startswith(script)]
        if not latin or not others:
            continue
        if all(word[at] in _LOOKS_LIKE for at in others):
            return others[0]
        if all(char in like for char in latin):
            return next(at for at, char in enumerate(word) if char.isascii())
    wide = [at for at, char in enumerate(word) if not char.isascii() and unicodedata.normalize("NFKC", char) in _ASCII_LETTERS]
    return wide[0] if wide and latin else None


_ASCII_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
