"""A pattern's text: what must not be written is refused, the rest made canonical.

A path pattern becomes a regular expression in ``pathspec``; this closes the places where ``pathspec``, git and CODEOWNERS differ
(see docs/policy-reference.md, "Patterns"), and refuses what cannot be meant.
"""

from __future__ import annotations

import re
from typing import Final

from agentowners.policy.classes import PatternError as PatternError
from agentowners.policy.classes import read_class
from agentowners.policy.expressions import PRIVATE
from agentowners.text.unseen import said_of, unseen

MAX_PATTERN_BYTES: Final = 4096
_MATCH_IT: Final = "a path that has it is matched with `?`"
_BLANK: Final = "take it away; where it is part of a path, write `\\ `"
_CONTROL: Final = re.compile("\\\\[^\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]|([\0-\x1f\x7f-\x9f\u2028\u2029])")
"""In a group: control characters and line breaks, but a tab that is escaped."""
_LINE_BREAKS: Final = "\n\x0b\x0c\r\x85\u2028\u2029"
_ESCAPED_END: Final = re.compile(r"(?<!\\)(?:\\\\)*\\.\Z", re.DOTALL)
_PLAIN: Final = re.compile("[^\0\\\\[\ud800-\udc7f\U0010f800-\U0010ffff]*")
"""A pattern's text in which nothing needs a closer look."""
_SIGNS: Final = re.compile(r"[*?\[\\]")
"""Characters that stand for themselves only behind a backslash."""
_KEPT_IN_CLASS: Final = "]\\-!^[:"
"""Characters of a class whose escape can mean something."""
_NO_REF: Final = re.compile(
    r"(?P<char>[\0-\x20\x7f~^:])|(?P<dots>\.\.)|(?P<at>@\{)|(?P<hidden>/\.)|(?P<lock>\.lock(?=/|$))|(?P<end>\.$)"
)
"""See git-check-ref-format; control characters, backslashes and empty parts are refused elsewhere."""
_IN_NO_REF: Final = {
    "dots": "`..` is in no ref",
    "at": "`@{` is in no ref",
    "hidden": "no part of a ref begins with `.`",
    "lock": "no part of a ref ends in `.lock`",
    "end": "no ref ends in `.`",
}
_LIKE_GIT: Final = "git takes no such name, so that it matches nothing"


def literal(path: str) -> str:
    """The text of the pattern that matches this path alone."""
    return "/" + _SIGNS.sub(r"\\\g<0>", path)


def read_pattern(text: str) -> tuple[str, bool]:
    """The canonical text of a pattern, and whether a ``!`` stands in front of it.

    Raises:
        PatternError: it must not be written.
    """
    negative = text.startswith("!")
    try:
        return _canonical(text[negative:]), negative
    except PatternError as error:
        raise error.moved(int(negative)) from None


def check_seen(text: str, shift: int, help: str) -> None:
    """Refuse what shows as nothing, or turns the text around.

    Args:
        text: what is to be shown.
        shift: where it begins in what its author wrote.
        help: the way out.

    Raises:
        PatternError: there is something.
    """
    for start, end in unseen(text):
        raise PatternError(said_of(text[start:end]), shift + start, help, end - start)


def _check_characters(body: str) -> None:
    """Refuse what no pattern is meant to hold: a path that has it is matched with ``?``."""
    for match in _CONTROL.finditer(body):
        if match[1] is not None:
            breaks = match[1] in _LINE_BREAKS
            what = "line break" if breaks else "NUL" if match[1] == "\0" else f"control character U+{ord(match[1]):04X}"
            help = "write each pattern by itself" if breaks else _MATCH_IT
            raise PatternError(f"{what} in a pattern", match.start(1), help, 1)
    check_seen(body, 0, _MATCH_IT)
    if body[0].isspace():
        raise PatternError("blank at the beginning of a pattern", 0, _BLANK, 1)
    if body[-1].isspace() and _ESCAPED_END.search(body) is None:
        raise PatternError("blank at the end of a pattern", len(body) - 1, _BLANK, 1)


def _canonical(body: str) -> str:
    """Check a pattern and drop its needless escapes."""
    if body == "":
        raise PatternError("empty pattern")
    if body == "/":
        raise PatternError("`/` alone names nothing", help="write `**` for every path")
    if len(body.encode("utf-8", "surrogatepass")) > MAX_PATTERN_BYTES:
        raise PatternError(f"pattern is longer than {MAX_PATTERN_BYTES:,} bytes")
    if not body.isascii() or not body.isprintable() or " " in (body[0], body[-1]):
        _check_characters(body)
    if _PLAIN.fullmatch(body) is not None:
        _check_segments(body)
        return body
    out: list[str] = []
    at = 0
    while at < len(body):
        char = body[at]
        if ord(char) >= PRIVATE or 0xD800 <= ord(char) < 0xDC80:
            raise PatternError(f"character U+{ord(char):X} in a pattern", at, _MATCH_IT, 1)
        if char == "\\":
            if at + 1 == len(body):
                raise PatternError("`\\` at the end of a pattern escapes nothing", at, None, 1)
            escaped = body[at + 1]
            if escaped == "/":
                raise PatternError("`\\/` in a pattern", at, "write the slash alone", 1)
            keep = escaped in "*?[\\" or (escaped == "!" and at == 0)
            out.append(f"\\{escaped}" if keep else escaped)
            at += 2
        elif char == "[":
            _, end = read_class(body, at)
            out.append(_canonical_class(body[at:end]))
            at = end
        else:
            out.append(char)
            at += 1
    _check_segments(body)
    return "".join(out)


def _canonical_class(text: str) -> str:
    """A class without needless escapes, so that ``[a\\ b]`` of a line and ``[a b]`` of YAML are the same."""
    return re.sub(r"\\(.)", lambda match: match[0] if match[1] in _KEPT_IN_CLASS else match[1], text, flags=re.DOTALL)


def _check_segments(body: str) -> None:
    if "//" not in body and "." not in body:
        return
    offset = 0
    segments = body.split("/")
    for index, segment in enumerate(segments):
        if segment == "" and 0 < index < len(segments) - 1:
            raise PatternError("`//` in a pattern", offset - 1, "write one slash")
        if segment.replace("\\", "") in (".", ".."):
            raise PatternError(f"`{segment}` cannot be a segment of a pattern", offset, "patterns start at the repository's root")
        offset += len(segment) + 1


def check_ref(body: str, shift: int) -> None:
    """Refuse a ref that git would refuse whatever its wildcards stand for.

    Args:
        body: the pattern, without the sign of a negative one; it has been read without errors.
        shift: where it begins in what its author wrote.

    Raises:
        PatternError: it is one.
    """
    name: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(body):
        char, end = body[at], at + 1
        if char == "\\":
            char, end = body[at + 1], at + 2
            if char in "*?[\\":
                raise PatternError(f"`{char}` itself is in no ref", shift + at, _LIKE_GIT, 2)
        elif char == "[":
            char, end = "x", read_class(body, at)[1]
        elif char in "*?":
            char = "x"
        name.append(char)
        places.append(at)
        at = end
    match = _NO_REF.search("".join(name).removesuffix("/"))
    if match is not None:
        char = match[0] if match[0].isprintable() else f"U+{ord(match[0][0]):04X}"
        what = _IN_NO_REF.get(match.lastgroup or "", f"`{char}` is in no ref")
        start, last = (match.start() + (match.lastgroup == "hidden")), match.end() - 1
        raise PatternError(what, shift + places[start], _LIKE_GIT, places[last] + 1 - places[start])
