"""Expressions widened to other spellings of a path, from both sides: those that a path certainly has, and those that it may have.

In ASCII the two are the same. What NFC and case folding make of a text beyond that is out of an automaton's reach but for the few
characters that become ASCII by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final, assert_never

from agentowners.policy.spelling import IGNORED as IGNORED
from agentowners.proof.expressions import EVERYTHING, LAST, Chars, Choice, End, Part, Ranges, Repeat

_SLASH: Final = ((ord("/"), ord("/")),)
_LAST_ASCII: Final = 0x7F
FOLDED: Final = {
    "k": (0x212A,),
    "s": (0x17F,),
    ";": (0x37E,),
    "`": (0x1FEF,),
    "ss": (0xDF, 0x1E9E),
    "st": (0xFB05, 0xFB06),
    "ff": (0xFB00,),
    "fi": (0xFB01,),
    "fl": (0xFB02,),
    "ffi": (0xFB03,),
    "ffl": (0xFB04,),
}
"""Characters that become ASCII by NFC and case folding, by what it becomes."""
_TANGLED: Final = 8
"""Longest run of letters of which several may be one character that is followed in all ways."""
_DROPPED: Final = ((ord(" "), ord(" ")), (ord("."), ord(".")))
"""Characters that Windows takes away at a segment's end."""
_ANYTHING: Final = Repeat(Chars(((0, ord("/") - 1), (ord("/") + 1, LAST))), optional=True, again=True)


class Spelling(Enum):
    """Width with which an expression is read."""

    EXACT = "exact"
    CERTAIN = "certain"
    """Those that certainly are another spelling of one, too."""
    POSSIBLE = "possible"
    """Those that possibly are, too."""


def widened(parts: tuple[Part, ...], spelling: Spelling) -> tuple[Part, ...]:
    """The parts of an expression, read in such a way."""
    match spelling:
        case Spelling.EXACT:
            return parts
        case Spelling.CERTAIN | Spelling.POSSIBLE:
            return (Choice((parts, tuple(_spelled(parts, wide=spelling is Spelling.POSSIBLE)))),)
        case _:
            assert_never(spelling)


def _spelled(parts: Sequence[Part], *, wide: bool) -> Iterator[Part]:
    at = 0
    while at < len(parts):
        run = _letters(parts, at) if wide else ""
        if len(run) > 1:
            yield _ANYTHING if len(run) > _TANGLED else Choice(tuple(_ways(run)))
            at += len(run)
            continue
        yield from _one(parts[at], wide=wide)
        at += 1


def _one(part: Part, *, wide: bool) -> Iterator[Part]:
    match part:
        case Chars(ranges) if ranges == _SLASH:
            yield _some_of(_DROPPED, wide=wide)
            yield part
        case Chars(ranges):
            if wide and len(ranges) == 1 and ranges[0][0] == ranges[0][1] > _LAST_ASCII:
                yield _ANYTHING  # what folds to it is not listed here
                return
            yield Chars(_either_case(ranges, wide=wide))
            if wide:
                yield _some_of((), wide=True)
        case End():
            yield _some_of(_DROPPED, wide=wide)
            yield part
        case Repeat(inner, optional, again):
            first, *more = _one(inner, wide=False)
            yield part if more or wide else Repeat(first, optional, again)
        case Choice(choices):
            yield Choice(tuple(tuple(_spelled(choice, wide=wide)) for choice in choices))
        case _:
            assert_never(part)


def _some_of(ranges: Ranges, *, wide: bool) -> Repeat:
    return Repeat(Chars(tuple(sorted((*ranges, *IGNORED))) if wide else ranges), optional=True, again=True)


def _letters(parts: Sequence[Part], at: int) -> str:
    """The letters from a place on of which several may be one character."""
    letters = ""
    for part in parts[at:]:
        if not isinstance(part, Chars) or len(part.ranges) != 1 or part.ranges[0][0] != part.ranges[0][1]:
            break
        letter = chr(part.ranges[0][0]).lower()
        if letter not in "stfil":
            break
        letters += letter
    return letters


def _ways(run: str) -> Iterator[tuple[Part, ...]]:
    """The ways to write letters, some together as one character."""
    if not run:
        yield ()
        return
    for length in (1, 2, 3):
        head = run[:length]
        codes = FOLDED.get(head, ())
        if len(head) < length or (length > 1 and not codes):
            continue
        both = {ord(form) for form in (head, head.upper())} if length == 1 else set()
        chars = Chars(tuple((code, code) for code in sorted({*codes, *both})))
        for rest in _ways(run[length:]):
            yield (chars, _some_of((), wide=True), *rest)


def _either_case(ranges: Ranges, *, wide: bool) -> Ranges:
    codes = {code for low, high in ranges for code in range(low, min(high, _LAST_ASCII) + 1)}
    both = {ord(form) for code in codes for form in (chr(code).lower(), chr(code).upper())}
    if wide:
        both |= {code for letter in map(chr, set(both)) for code in FOLDED.get(letter.lower(), ())}
        if any(high > _LAST_ASCII for _, high in ranges):
            return EVERYTHING
    return tuple((code, code) for code in sorted(both))
