"""Characters that show as nothing, or turn around the text beside them, so that a text is not what it looks like.

They are those with the property Default_Ignorable_Code_Point of Unicode (zero-width characters, joiners, fillers, variation
selectors, tags), separators of lines and paragraphs, marks of annotations and the empty Braille pattern. Inside an emoji they are
part of what can be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

BIDIRECTIONAL: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""For a character class: what turns around the text beside it."""
_NOTHING: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_PICTURE: Final = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff][\ufe0e\ufe0f]?"
)
_EMOJI: Final = (
    "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f"  # a region's flag
    f"|[0-9#*]\ufe0f\u20e3|{_PICTURE}(?:\u200d{_PICTURE})*"
)
_BIDIRECTIONAL: Final = re.compile(f"[{BIDIRECTIONAL}]")
_UNSEEN: Final = re.compile(f"[{_NOTHING}]")
_RUN: Final = re.compile(f"(?:{_EMOJI})|([{_NOTHING}]+)")


def shows(char: str) -> bool:
    """True if a character can be seen, by itself."""
    return char.isprintable() and _UNSEEN.match(char) is None


def visible(text: str) -> str:
    """One line in which everything can be seen: what cannot is an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join([char if shows(char) else char.encode("unicode_escape").decode("ascii") for char in text])


def unseen(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Runs of characters that show as nothing or turn the text around: begin and end of each."""
    if text.isascii():
        return
    for match in _RUN.finditer(text, start, len(text) if end is None else end):
        if match[1] is not None:
            yield match.span(1)


def turned_around(text: str) -> re.Match[str] | None:
    """The first character of a text that turns around what stands beside it."""
    return None if text.isascii() else _BIDIRECTIONAL.search(text)


def said_of(run: str) -> str:
    """Problem of a run of such characters, in words."""
    turns = turned_around(run) is not None
    if len(run) == 1:
        return f"character U+{ord(run):04X} {'turns the text around' if turns else 'shows as nothing'}"
    numbers = ", ".join(f"U+{ord(char):04X}" for char in run[:3])
    more = f" and {len(run) - 3:,} more" if len(run) > 3 else ""
    return f"characters {numbers}{more} {'turn the text around' if turns else 'show as nothing'}"
