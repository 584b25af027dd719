"""Very many patterns, by those of them that may match a path, found by what the path would have to hold.

An RE2 set of patterns that may match anywhere costs as much for a path as it has patterns, so that asking one path for each of
thousands of rules takes quadratic time. Here a pattern waits for the rarest word in it, and the few that a path wakes are tried.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_WILD: Final = re.compile(r"[*?]+")
_ODD: Final = ("[", "\\")
_LONGEST: Final = 12
_Word = tuple[int, str]
"""A text with where it has to be: one of these."""
_START, _SEGMENT, _PART = range(3)


class PatternIndex(Generic[T]):
    """Things by their patterns. Whoever asks gets all whose patterns match a path, and perhaps more."""

    def __init__(self, things: Iterable[tuple[str, T]]) -> None:
        """Take up things, each with the text of a path pattern; one may come with several."""
        every = [(_words(text), thing) for text, thing in things]
        counts = Counter(word for words, _ in every for word in words)
        self._waiting: dict[_Word, list[T]] = {}
        self._always: list[T] = []
        for words, thing in every:
            if words:
                self._waiting.setdefault(min(words, key=lambda word: (counts[word], word[0])), []).append(thing)
            else:
                self._always.append(thing)
        self._lengths = sorted({len(text) for kind, text in self._waiting if kind == _PART})

    def add_always(self, thing: T) -> None:
        """Take up a thing that is given for every path."""
        self._always.append(thing)

    def near(self, path: str) -> Iterator[T]:
        """Things that may match a path, those first that say most of it."""
        waiting = self._waiting
        at = len(path)
        while at > 0:
            yield from waiting.get((_START, path[:at]), ())
            at = path.rfind("/", 0, at)
        for segment in dict.fromkeys(path.split("/")):
            yield from waiting.get((_SEGMENT, segment), ())
        for length in self._lengths:
            for word in dict.fromkeys([path[start : start + length] for start in range(len(path) - length + 1)]):
                yield from waiting.get((_PART, word), ())
        yield from self._always


def _words(text: str) -> list[_Word]:
    """Words that every path holds that the pattern matches. A class, or an escape, says nothing here."""
    body = text.rstrip("/")
    anchored = "/" in body
    segments = body.removeprefix("/").split("/")
    words: list[_Word] = []
    start: list[str] = []
    for segment in segments:
        if "[" in segment or "\\" in segment:
            anchored = False
        elif "*" in segment or "?" in segment:
            anchored = False
            words += [(_PART, part[-_LONGEST:]) for part in _WILD.split(segment) if part]
        else:
            words.append((_SEGMENT, segment))
            if anchored:
                start.append(segment)
    if start:
        words.append((_START, "/".join(start)))
    return words
