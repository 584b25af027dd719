"""Reads the expressions that patterns become, as far as ``policy.expressions`` writes RE2, and nothing beyond.

What is proved about a pattern is proved about the very expression that the engine compiles, so the two cannot mean different
things. An expression of any other form is refused, and then nothing is proved.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

LAST: Final = 0x10FFFF
"""The last code point."""

Ranges = tuple[tuple[int, int], ...]
"""Characters, as inclusive ranges of code points in order."""

EVERYTHING: Final[Ranges] = ((0, LAST),)
_SURROGATES: Final = range(0xD800, 0xE000)
_HEAD: Final = "(?s)"
_TOKEN: Final = re.compile(
    r"(?P<plain>[^\\.\[\](){}|?*+^$])|\\(?P<escaped>[^A-Za-z0-9])|(?P<set>\[\^?(?:\\x\{[0-9a-f]+\}(?:-\\x\{[0-9a-f]+\})?|/)+\])"
    r"|(?P<open>\(\?:)|(?P<other>[.|?*+$)])",
    re.DOTALL,
)
_RANGE: Final = re.compile(r"\\x\{([0-9a-f]+)\}(?:-\\x\{([0-9a-f]+)\})?|(/)")


ENTRY: Final = "(?:/|$)"
"""End of the expression of a pattern that matches what it names, and all below."""
LEVEL: Final = "[^/]*$"
"""End of the expression of a pattern such as ``docs/*``: everything in a directory, and nothing below that."""
_LEADING: Final = re.compile(r"\(\?s\)\^((?:[^\\.\[\](){}|?*+^$]|\\[^A-Za-z0-9])+)(?![?*+])(.*)", re.DOTALL)


def leading(expression: str) -> tuple[str, str]:
    """The text with which everything begins that an expression matches, and the rest of the expression. Both are empty where
    there is no such text."""
    match = _LEADING.fullmatch(expression)
    if match is None:
        return "", ""
    start = match[1]
    return (re.sub(r"\\(.)", r"\1", start, flags=re.DOTALL) if "\\" in start else start), match[2]


class Unreadable(ValueError):  # noqa: N818 (says what the expression is)
    """An expression of a form that is not known here."""


class Chars(Struct, frozen=True):
    """One character out of some."""

    ranges: Ranges


class End(Struct, frozen=True):
    """The end of the text."""


class Repeat(Struct, frozen=True):
    """A part that may be missing, or may come again, or both."""

    part: Part
    optional: bool
    again: bool


class Choice(Struct, frozen=True):
    """One of several sequences."""

    choices: tuple[tuple[Part, ...], ...]


Part = Chars | End | Repeat | Choice


def read(expression: str, *, whole: bool) -> tuple[Part, ...]:
    """Read an expression in which a dot is any character.

    Args:
        expression: it is matched from the text's start; with ``^`` missing it is searched for.
        whole: the text is matched whole, so that nothing is searched for.

    Raises:
        Unreadable: it is of another form.
    """
    if not expression.startswith(_HEAD):
        raise Unreadable(expression)
    at = len(_HEAD)
    anchored = expression.startswith("^", at)
    if whole and not anchored:
        raise Unreadable(expression)
    choices, at = _choices(expression, at + anchored, depth=0)
    if at != len(expression):
        raise Unreadable(expression)
    parts = choices[0] if len(choices) == 1 else (Choice(choices),)
    return parts if anchored else (Repeat(Chars(EVERYTHING), optional=True, again=True), *parts)


def _choices(text: str, at: int, depth: int) -> tuple[tuple[tuple[Part, ...], ...], int]:
    """``sequence ("|" sequence)*`` up to the end or the parenthesis that closes it."""
    choices: list[tuple[Part, ...]] = []
    sequence: list[Part] = []
    repeatable = False
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise Unreadable(text)
        piece = token[0]
        if piece == ")":
            if depth == 0:
                raise Unreadable(text)
            break
        at = token.end()
        if piece in ("?", "*", "+"):
            if not repeatable:
                raise Unreadable(text)
            sequence[-1] = Repeat(sequence[-1], optional=piece != "+", again=piece != "?")
            repeatable = False
            continue
        if piece == "|":
            choices.append(tuple(sequence))
            sequence = []
            repeatable = False
            continue
        if piece == "(?:":
            inner, at = _choices(text, at, depth + 1)
            if text[at : at + 1] != ")":
                raise Unreadable(text)
            at += 1
            sequence.append(Choice(inner))
        else:
            sequence.append(_one(token))
        repeatable = piece != "$"
    return (*choices, tuple(sequence)), at


def _one(token: re.Match[str]) -> Part:
    match token.lastgroup:
        case "set":
            return Chars(_set(token["set"]))
        case "other":
            return Chars(EVERYTHING) if token[0] == "." else End()
        case _:
            code = ord(token[0][-1])
            return Chars(((code, code),))


def _set(text: str) -> Ranges:
    ranges: list[tuple[int, int]] = []
    for low, high, slash in _RANGE.findall(text):
        first = ord("/") if slash else int(low, 16)
        last = int(high, 16) if high else first
        if first in _SURROGATES or last in _SURROGATES or not first <= last <= LAST:
            raise Unreadable(text)
        ranges.append((first, last))
    return _complement(ranges) if text.startswith("[^") else tuple(sorted(ranges))


def _complement(ranges: list[tuple[int, int]]) -> Ranges:
    outside: list[tuple[int, int]] = []
    free = 0
    for low, high in sorted(ranges):
        if low > free:
            outside.append((free, low - 1))
        free = max(free, high + 1)
    if free <= LAST:
        outside.append((free, LAST))
    return tuple(outside)
