"""Characters that are not what they look like."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BLANKS: Final = re.compile(
    "(?<![^\\x00-\\x7f])[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u00a0\u2000-\u200a\u202f](?=[!-~])"
)
"""Characters beside ASCII that look like a blank and separate nothing; between ideographs it is how they are spaced."""

_CYRILLIC: Final = dict(zip("АВЕЅІЈКМНОРСТУХаеоіјѕрсухһԁԛԝ", "ABESIJKMHOPCTYXaeoijspcyxhdqw", strict=True))
_GREEK: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυ", "ABEZHIKMNOPTYXaikvopu", strict=True))
_LOOKS_LIKE: Final = {**_CYRILLIC, **_GREEK}
_LIKE_CYRILLIC: Final = frozenset(_CYRILLIC.values())
_LIKE_GREEK: Final = frozenset(_GREEK.values())
_WORD: Final = re.compile(r"[^\W\d_]+")


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
