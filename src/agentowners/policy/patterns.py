"""Path, ref and principal patterns: what may be written, what it means, and the regular expression that says so.

A path pattern becomes a regular expression in ``pathspec``; what is done here is refusing what must not be written, and closing
the places where ``pathspec``, git and CODEOWNERS differ (see docs/policy-reference.md, "Patterns").
"""

from __future__ import annotations

import re
from typing import Final, Self

from agentowners.policy.classes import ClassError, read_class
from agentowners.policy.expressions import PRIVATE, path_regex, ref_regex
from agentowners.policy.expressions import ascii_lower as ascii_lower
from agentowners.records import record

MAX_PATTERN_BYTES: Final = 4096
MAX_NAME: Final = 256
"""Characters of a principal's or approver's name: more than any platform gives out."""
GROUP_WORDS: Final = ("agents", "bots", "humans", "unattributed", "anyone")
"""Principals that stand for a group; ``@login:agents`` is the account of that name."""
LOGIN_PREFIX: Final = "login:"

_NOT_IN_NAMES: Final = re.compile(r"""[ \\"'`,;:#@()!?]""")
_PLAIN: Final = re.compile("[^\0\\\\[\ud800-\udc7f\U0010f800-\U0010ffff]*")
"""A pattern's text in which nothing needs a closer look."""
_KEPT_IN_CLASS: Final = "]\\-!^[:"
"""Characters of a class whose escape can mean something."""


class PatternError(ValueError):
    """A pattern that must not be written; ``offset`` counts characters from the pattern's start."""

    def __init__(self, message: str, offset: int = 0, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.help = help


@record
class PathPattern:
    """A set of paths. ``text`` is canonical: needless escapes and the ``!`` of a negative pattern are gone."""

    text: str
    negative: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a pattern as YAML has it: gitignore's escapes, an optional ``!`` in front.

        Raises:
            PatternError: it is one of those that section 4 refuses.
        """
        return cls(*_read(text))

    def __str__(self) -> str:
        """The pattern as YAML has it."""
        return f"!{self.text}" if self.negative else self.text

    def regex(self) -> str:
        """An RE2 expression for the positive pattern, to be searched for in ``subject(path)``; most begin with ``^``.
        A directory's name with a slash at its end stands for a link or submodule there."""
        return path_regex(self.text)


@record
class RefPattern:
    """A set of refs, by full name. ``text`` starts with ``refs/`` and is canonical."""

    text: str
    negative: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a ref pattern, ``refs/...`` or ``!refs/...``.

        Raises:
            PatternError: it does not start with ``refs/``, or is one of those that section 4 refuses.
        """
        if not text.startswith(("refs/", "!refs/")):
            raise PatternError(
                f"`{text}` is not the full name of a ref",
                int(text.startswith("!")),
                "write `refs/heads/<branch>`, or name it under `branches`",
            )
        return cls(*_read(text))

    def __str__(self) -> str:
        """The pattern as it is written."""
        return f"!{self.text}" if self.negative else self.text

    def regex(self) -> str:
        """An RE2 expression for the positive pattern, to be matched against the whole of ``subject(ref)``."""
        return ref_regex(self.text)


@record
class PrincipalPattern:
    """A set of principals: a group word, a login, an identity, a team, or a wildcard over logins and identities."""

    text: str
    """Without the at-sign, as written."""
    negative: bool = False
    """Whether it takes principals out of the rule that it stands in."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a principal; the at-sign in front may be missing.

        Raises:
            PatternError: it is empty or holds a character that no principal has.
        """
        body = text.removeprefix("@")
        shift = len(text) - len(body)
        _check_name(body, shift)
        return cls(body)

    @classmethod
    def parse_in_rule(cls, text: str) -> Self:
        """Read one of a rule's principals, of which ``!@name`` takes out; either sign may be missing.

        Raises:
            PatternError: as for ``parse``.
        """
        if not text.startswith("!"):
            return cls.parse(text)
        try:
            return cls(cls.parse(text[1:]).text, negative=True)
        except PatternError as error:
            raise PatternError(error.message, error.offset + 1, error.help) from None

    def __str__(self) -> str:
        """The principal with its signs."""
        return f"!@{self.text}" if self.negative else f"@{self.text}"

    @property
    def key(self) -> str:
        """What two spellings of one principal have in common: ASCII case is ignored. That of a negative one begins with ``!``,
        which no name holds."""
        name = ascii_lower(self.text)
        return f"!{name}" if self.negative else name

    @property
    def group(self) -> str | None:
        """The group word, in lower case, where it is one."""
        name = ascii_lower(self.text)
        return name if name in GROUP_WORDS else None

    @property
    def is_wildcard(self) -> bool:
        """Whether it holds a ``*``."""
        return "*" in self.text


@record
class Approver:
    """A user, or a team written ``owner/team``, who may approve."""

    text: str
    """Without the at-sign, as written."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an approver; the at-sign in front may be missing.

        Raises:
            PatternError: it is empty, a group word or a wildcard, or holds a character that no name has.
        """
        body = text.removeprefix("@")
        shift = len(text) - len(body)
        _check_name(body, shift)
        if "*" in body:
            raise PatternError(
                f"`@{body}`: an approver is one user or one team", 0, "name each of them, or a team: `@owner/team`"
            )
        if ascii_lower(body) in GROUP_WORDS:
            raise PatternError(
                f"`@{body}` is a group, and an approver is a user or a team",
                0,
                "leave approvers out to let anyone approve",
            )
        return cls(_without_prefix(body))

    def __str__(self) -> str:
        """The approver with the at-sign."""
        return f"@{self.text}"

    @property
    def key(self) -> str:
        """What two spellings of one approver have in common: ASCII case is ignored."""
        return ascii_lower(self.text)


def _without_prefix(name: str) -> str:
    return name[len(LOGIN_PREFIX) :] if ascii_lower(name[: len(LOGIN_PREFIX)]) == LOGIN_PREFIX else name


def _check_name(name: str, shift: int) -> None:
    body = _without_prefix(name)
    if body == "":
        raise PatternError("a principal needs a name after the `@`", 0)
    if len(name) > MAX_NAME:
        raise PatternError(f"name is longer than {MAX_NAME} characters", shift)
    if body.isprintable() and _NOT_IN_NAMES.search(body) is None:
        return
    for offset, char in enumerate(body, start=shift + len(name) - len(body)):
        if not char.isprintable() or _NOT_IN_NAMES.match(char):
            shown = char if char.isprintable() else f"\\u{ord(char):04x}"
            help = "name each of them by itself" if char in ",;" else None
            raise PatternError(f"`{shown}` cannot stand in the name of a principal", offset, help)


def _read(text: str) -> tuple[str, bool]:
    """The canonical text of a pattern, and whether a ``!`` stands in front of it."""
    negative = text.startswith("!")
    try:
        return _canonical(text[negative:]), negative
    except PatternError as error:
        raise PatternError(error.message, error.offset + negative, error.help) from None


def _canonical(body: str) -> str:
    """Check a pattern and drop its needless escapes."""
    if body == "":
        raise PatternError("empty pattern")
    if body == "/":
        raise PatternError("`/` alone names nothing", help="write `**` for every path")
    if len(body.encode("utf-8", "surrogatepass")) > MAX_PATTERN_BYTES:
        raise PatternError(f"pattern is longer than {MAX_PATTERN_BYTES:,} bytes")
    if _PLAIN.fullmatch(body) is not None:
        _check_segments(body)
        return body
    out: list[str] = []
    at = 0
    while at < len(body):
        char = body[at]
        if char == "\0":
            raise PatternError("NUL in a pattern", at)
        if ord(char) >= PRIVATE or 0xD800 <= ord(char) < 0xDC80:
            raise PatternError(f"character U+{ord(char):X} in a pattern", at, "match it with `?`")
        if char == "\\":
            if at + 1 == len(body):
                raise PatternError("`\\` at the end of a pattern escapes nothing", at)
            escaped = body[at + 1]
            if escaped == "\0":
                raise PatternError("NUL in a pattern", at + 1)
            if escaped == "/":
                raise PatternError("`\\/` in a pattern", at, "write the slash alone")
            keep = escaped in "*?[\\" or (escaped == "!" and at == 0)
            out.append(f"\\{escaped}" if keep else escaped)
            at += 2
        elif char == "[":
            try:
                _, end = read_class(body, at)
            except ClassError as error:
                raise PatternError(
                    str(error),
                    error.offset,
                    "write `\\[` for the character itself" if "unclosed" in str(error) else None,
                ) from None
            out.append(_canonical_class(body[at:end]))
            at = end
        else:
            out.append(char)
            at += 1
    _check_segments(body)
    return "".join(out)


def _canonical_class(text: str) -> str:
    """A class without needless escapes, so that ``[a\\ b]`` of a line and ``[a b]`` of YAML are the same."""
    return re.sub(r"\\(.)", lambda found: found[0] if found[1] in _KEPT_IN_CLASS else found[1], text, flags=re.DOTALL)


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
    if body == "//":
        raise PatternError("`//` in a pattern", 0, "write one slash")
