"""Character classes of path patterns, ``[a-z]`` and ``[!a]``, as git reads them.

``pathspec`` copies a class into its expression as it stands; there a negated class, or a range such as ``[+-9]``, would match
``/``, which no class does in git. So classes are read here and written for RE2 by this module.
"""

from __future__ import annotations

from typing import Final

from agentowners.text.problems import TextError

_POSIX: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "digit": ((0x30, 0x39),),
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": ((0x41, 0x5A),),
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}
_SLASH = 0x2F
_UNCLOSED: Final = "write `\\[` for the character itself"


class PatternError(TextError):
    """A pattern that must not be written."""


def read_class(pattern: str, start: int) -> tuple[str, int]:
    """Read the class whose ``[`` stands at ``start``.

    Returns the class as RE2 text, which never matches ``/``, and the offset just after its ``]``.

    Raises:
        PatternError: the class is not closed, holds a ``/`` or an unknown ``[:name:]``, or has a range that runs backwards.
    """
    ranges: list[tuple[int, int]] = []
    at = start + 1
    negated = pattern[at : at + 1] in ("!", "^")
    at += negated
    first = True
    while True:
        char = pattern[at : at + 1]
        if char == "":
            raise PatternError("unclosed `[`", start, _UNCLOSED)
        if char == "]" and not first:
            break
        first = False
        if pattern.startswith("[:", at):
            end = pattern.find(":]", at + 2)
            name = pattern[at + 2 : end] if end >= 0 else ""
            if name not in _POSIX:
                raise PatternError("unknown character class name", at)
            ranges.extend(_POSIX[name])
            at = end + 2
            continue
        low, at = _one(pattern, at, start)
        high = low
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("]", ""):
            high, at = _one(pattern, at + 1, start)
            if high < low:
                raise PatternError("range of a character class runs backwards", at - 1)
        ranges.append((low, high))
    return _expression(ranges, negated=negated), at + 1


def _one(pattern: str, at: int, start: int) -> tuple[int, int]:
    if pattern[at] == "\\":
        at += 1
    if at >= len(pattern):
        raise PatternError("unclosed `[`", start, _UNCLOSED)
    if pattern[at] == "/":
        raise PatternError("`/` in a character class", at)
    return ord(pattern[at]), at + 1


def _expression(ranges: list[tuple[int, int]], *, negated: bool) -> str:
    if negated:
        return "[^" + "".join(_range(low, high) for low, high in [*ranges, (_SLASH, _SLASH)]) + "]"
    parts = [part for low, high in ranges for part in ((low, min(high, _SLASH - 1)), (max(low, _SLASH + 1), high))]
    return "[" + "".join(_range(low, high) for low, high in parts if low <= high) + "]"


def _range(low: int, high: int) -> str:
    return f"\\x{{{low:x}}}" if low == high else f"\\x{{{low:x}}}-\\x{{{high:x}}}"
