"""Expressions widened to other spellings of a path: bounds from both sides, since what NFC and case folding make of a text is out
of an automaton's reach. In ASCII the two bounds are the same."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, assert_never

from agentowners.proof.expressions import EVERYTHING, LAST, Chars, Choice, End, Part, Ranges, Repeat

_SLASH: Final = ((ord("/"), ord("/")),)
_LAST_ASCII: Final = 0x7F
_DROPPED: Final = Repeat(Chars(((ord(" "), ord(" ")), (ord("."), ord(".")))), optional=True, again=True)
"""What Windows takes away at a segment's end."""
_BEYOND: Final = (
    Repeat(Chars(EVERYTHING), optional=True, again=True),
    Chars(((_LAST_ASCII + 1, LAST),)),
    Repeat(Chars(EVERYTHING), optional=True, again=True),
)
"""Any path that is not in ASCII."""


class Spelling(Enum):
    """Which paths an expression is read to match."""

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
        case Spelling.CERTAIN:
            return (Choice((parts, _spelled(parts))),)
        case Spelling.POSSIBLE:
            return (Choice((parts, _spelled(parts), _BEYOND)),)
        case _:
            assert_never(spelling)


def _spelled(parts: Sequence[Part]) -> tuple[Part, ...]:
    found: list[Part] = []
    for part in parts:
        match part:
            case Chars(ranges):
                found += [_DROPPED, part] if ranges == _SLASH else [Chars(_either_case(ranges))]
            case End():
                found += [_DROPPED, part]
            case Repeat(inner, optional, again):
                (one, *more) = _spelled((inner,))
                found.append(Repeat(one, optional, again) if not more else part)
            case Choice(choices):
                found.append(Choice(tuple(_spelled(choice) for choice in choices)))
            case _:
                assert_never(part)
    return tuple(found)


def _either_case(ranges: Ranges) -> Ranges:
    codes = {code for low, high in ranges for code in range(low, min(high, _LAST_ASCII) + 1)}
    both = {ord(form) for code in codes for form in (chr(code).lower(), chr(code).upper())}
    return tuple((code, code) for code in sorted(both))
