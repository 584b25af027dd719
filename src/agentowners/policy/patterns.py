"""Path, ref and principal patterns: what may be written, what it means, and the regular expression that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Final, Self

from msgspec import Struct

from agentowners.policy.expressions import ascii_lower as ascii_lower
from agentowners.policy.expressions import path_regex, ref_regex
from agentowners.policy.pattern_text import MAX_PATTERN_BYTES as MAX_PATTERN_BYTES
from agentowners.policy.pattern_text import PatternError as PatternError
from agentowners.policy.pattern_text import check_ref, check_seen, read_pattern
from agentowners.policy.pattern_text import literal as literal
from agentowners.values import PartlyCompared

MAX_NAME: Final = 256
"""Characters of a principal's or approver's name: more than any platform gives out."""
GROUP_WORDS: Final = ("agents", "bots", "humans", "unattributed", "anyone")
"""Principals that stand for a group; ``@login:agents`` is the account of that name."""
LOGIN_PREFIX: Final = "login:"

_NOT_IN_NAMES: Final = re.compile(r"""[ \\"'`,;:#@()!?]""")
_TO_ESCAPE: Final = re.compile(r"^\s|\s\Z|\t")
"""Blanks that without an escape are taken for a slip."""


class PathPattern(PartlyCompared, frozen=True):
    """A set of paths. ``text`` is canonical: needless escapes and the ``!`` of a negative pattern are gone."""

    uncompared: ClassVar = frozenset({"any_spelling"})

    text: str
    negative: bool = False
    any_spelling: bool = False
    """True if another spelling of a path in the set (see ``spelling.one_spelling``) is in it too: the built-in layer says so."""

    def __post_init__(self) -> None:
        if not self.text:
            raise ValueError("an empty pattern")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a pattern as YAML has it: gitignore's escapes, an optional ``!`` in front.

        Raises:
            PatternError: it is one of those that section 4 refuses.
        """
        return cls(*read_pattern(text))

    def __str__(self) -> str:
        """The pattern as YAML has it."""
        return _written(self.text, negative=self.negative)

    def regex(self) -> str:
        """An RE2 expression for the positive pattern, to be searched for in ``subject(path)``; most begin with ``^``.
        A directory's name with a slash at its end stands for a link or submodule there."""
        return path_regex(self.text)


EVERYTHING: Final = PathPattern("**")
"""Every path there could be."""


class RefPattern(Struct, frozen=True):
    """A set of refs, by full name. ``text`` starts with ``refs/`` and is canonical."""

    text: str
    negative: bool = False

    def __post_init__(self) -> None:
        if not self.text.startswith("refs/"):
            raise ValueError("a ref pattern that is not a full name")

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
        pattern = cls(*read_pattern(text))
        check_ref(text.removeprefix("!"), int(pattern.negative))
        return pattern

    def __str__(self) -> str:
        """The pattern as YAML has it."""
        return _written(self.text, negative=self.negative)

    def regex(self) -> str:
        """An RE2 expression for the positive pattern, to be matched against the whole of ``subject(ref)``."""
        return ref_regex(self.text)


class PrincipalPattern(Struct, frozen=True):
    """A set of principals: a group word, a login, an identity, a team, or a wildcard over logins and identities."""

    text: str
    """Without the at-sign, as written."""
    negative: bool = False
    """True if it takes principals out of the rule that it stands in."""

    def __post_init__(self) -> None:
        if not self.text or self.text[0] in "!@":
            raise ValueError("a principal without a name, or with its signs")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a principal; the at-sign in front may be missing.

        Raises:
            PatternError: it is empty or holds a character that no principal has.
        """
        return cls(_name(text))

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
            raise error.moved(1) from None

    def __str__(self) -> str:
        """The principal with its signs."""
        return f"!@{self.text}" if self.negative else f"@{self.text}"

    @property
    def key(self) -> str:
        """Key that two spellings of one principal share: ASCII case is ignored. That of a negative one begins with ``!``,
        which no name holds."""
        name = ascii_lower(self.text)
        return f"!{name}" if self.negative else name

    @property
    def positive(self) -> PrincipalPattern:
        """The same name, taking nobody out."""
        return PrincipalPattern(self.text) if self.negative else self

    @property
    def group(self) -> str | None:
        """The group word, in lower case, where it is one."""
        name = ascii_lower(self.text)
        return name if name in GROUP_WORDS else None

    @property
    def is_wildcard(self) -> bool:
        """True if it holds a ``*``."""
        return "*" in self.text


class Approver(Struct, frozen=True):
    """A user, or a team written ``owner/team``, who may approve."""

    text: str
    """Without the at-sign, as written."""

    def __post_init__(self) -> None:
        if not self.text or self.text[0] == "@":
            raise ValueError("an approver without a name, or with the at-sign")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an approver; the at-sign in front may be missing.

        Raises:
            PatternError: it is empty, a group word or a wildcard, or holds a character that no name has.
        """
        body = _name(text)
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
        """The approver with the at-sign; an account called like a group is written as one."""
        return f"@{LOGIN_PREFIX}{self.text}" if self.key in GROUP_WORDS else f"@{self.text}"

    @property
    def key(self) -> str:
        """Key that two spellings of one approver share: ASCII case is ignored."""
        return ascii_lower(self.text)


def bare_name(name: str) -> str:
    """The name of an account or a team as the platform has it, without the at-sign and what sets it apart from a group's."""
    return _without_prefix(name.removeprefix("@"))


def each_once(approvers: Iterable[Approver]) -> tuple[Approver, ...]:
    """The approvers in the order written, the first spelling of each."""
    by_key: dict[str, Approver] = {}
    for approver in approvers:
        by_key.setdefault(approver.key, approver)
    return tuple(by_key.values())


def _written(text: str, *, negative: bool) -> str:
    text = _TO_ESCAPE.sub(r"\\\g<0>", text)
    return f"!{text}" if negative else text


def in_order(principals: Iterable[PrincipalPattern]) -> tuple[PrincipalPattern, ...]:
    """A rule's principals as the model has them: whom it is about before whom it leaves out, else as they are written."""
    return tuple(sorted(principals, key=lambda principal: principal.negative))


def _without_prefix(name: str) -> str:
    return name[len(LOGIN_PREFIX) :] if ascii_lower(name[: len(LOGIN_PREFIX)]) == LOGIN_PREFIX else name


def _name(text: str) -> str:
    """A name, less an at-sign in front; it is refused if it can be none."""
    name = text.removeprefix("@")
    shift = len(text) - len(name)
    body = _without_prefix(name)
    if body == "":
        raise PatternError("a principal needs a name after the `@`", 0)
    if len(name) > MAX_NAME:
        raise PatternError(f"name is longer than {MAX_NAME} characters", shift)
    at = shift + len(name) - len(body)
    check_seen(body, at, "take it out; a name is written as it is seen")
    if body.isprintable() and _NOT_IN_NAMES.search(body) is None:
        _check_parts(body, at)
        return name
    offset, char = next((place, c) for place, c in enumerate(body, at) if not c.isprintable() or _NOT_IN_NAMES.match(c))
    glyph = char if char.isprintable() else f"\\u{ord(char):04x}"
    help = "name each of them by itself" if char in ",;" else None
    raise PatternError(f"`{glyph}` cannot stand in the name of a principal", offset, help, 1)


def _check_parts(body: str, at: int) -> None:
    """Refuse parts of a name that would lead elsewhere, where a server is asked for the team or the account."""
    for part in body.split("/"):
        if part == "":
            raise PatternError(f"`{body}` has an empty segment", 0)
        if part in (".", ".."):
            raise PatternError(f"`{part}` cannot be a segment of a name", at, None, len(part))
        at += len(part) + 1
