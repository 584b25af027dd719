"""A CODEOWNERS file, read as GitHub reads it, and what of it has no counterpart in a policy.

Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import Enum
from typing import Final

from msgspec import Struct

from agentowners.identity.catalogue import CATALOGUE
from agentowners.policy.patterns import Approver, PathPattern, PatternError, ascii_lower
from agentowners.policy.warnings import odd_literal

MAX_BYTES: Final = 3_000_000
"""GitHub does not load a file of 3 MB."""
MAX_ENTRIES: Final = 2_000
"""A file with more is a program's, and not to be repeated by hand."""

AGENT_NAMES: Final = frozenset(
    ascii_lower(name).removesuffix("[bot]") for known in CATALOGUE for name in (known.name, *known.logins) if "*" not in name
)
"""Names of the catalogue, which are nobody's whose approval counts."""

_TOKEN: Final = re.compile(r"(?:[^ \t\\]|\\.?)+")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_INVISIBLE: Final = re.compile("FILLER|SELECTOR|JOINER|BLANK|INHERENT|SEPARATOR")
"""Words in the names of characters that show nothing, and that Python calls printable."""
_WORD: Final = re.compile(r"[^/]+")
_BOT: Final = "[bot]"


class OwnersNote(Enum):
    """Why a line, or a part of it, is not in the policy."""

    UNREADABLE = "GitHub takes no such pattern"
    PATTERN = "has no pattern that a policy can hold"
    ODD = "its pattern looks like a slip, and is what GitHub takes it for"
    OWNER = "names an owner that GitHub does not read"
    EMAIL = "an owner is an e-mail address, and a policy needs the login"
    AGENT = "an owner is an agent, whose approval does not count"


class OwnersLine(Struct, frozen=True):
    """A line that GitHub uses."""

    line: int
    pattern: PathPattern
    owners: tuple[Approver, ...]
    """Those whose approval can count here, and whom a policy can name."""
    is_owned: bool = True
    """False where nobody owns the paths. Somebody whom a policy cannot name, by e-mail say, owns them all the same."""
    is_odd: bool = False
    """True if the pattern should not stand in a policy as it is: ``lint`` would warn of it."""


class CodeOwners(Struct, frozen=True):
    """The lines in file order; for a path the last one that matches it counts."""

    entries: tuple[OwnersLine, ...] = ()
    left_out: tuple[tuple[int, OwnersNote], ...] = ()
    refused: str | None = None
    """Why nothing of the file is used."""


def parse(data: bytes, agents: Collection[str], most: int = MAX_ENTRIES) -> CodeOwners:
    """Read a CODEOWNERS file, in which nothing is an error; one with more than ``most`` entries is not used.

    ``agents`` are logins and identities, in lower case, that are no people.
    """
    if len(data) >= MAX_BYTES:
        return CodeOwners(refused="is of 3 MB or more, which GitHub does not load")
    entries: list[OwnersLine] = []
    left_out: list[tuple[int, OwnersNote]] = []
    for number, line in enumerate(data.decode("utf-8", "surrogateescape").removeprefix("\ufeff").split("\n"), start=1):
        tokens = _TOKEN.findall(line.removesuffix("\r"))
        comment = next((at for at, token in enumerate(tokens) if token.startswith("#")), len(tokens))
        if comment == 0:
            continue
        entry, why = _entry(number, tokens[0], tokens[1:comment], agents)
        left_out += [(number, reason) for reason in why]
        if entry is not None:
            entries.append(entry)
        if len(entries) > most:
            return CodeOwners(refused=f"has more than {most:,} entries")
    return CodeOwners(tuple(entries), tuple(left_out))


def _entry(number: int, given: str, names: list[str], agents: Collection[str]) -> tuple[OwnersLine | None, list[OwnersNote]]:
    if given.startswith(("!", "^[", "[")) or "[" in given.replace("\\[", ""):
        return None, [OwnersNote.UNREADABLE]
    try:
        pattern = PathPattern.parse(f"/{given}" if given.startswith("refs/") else given)
    except PatternError:
        return None, [OwnersNote.PATTERN]
    text = pattern.text
    hides = not text.isascii() and any(_INVISIBLE.search(unicodedata.name(char, "FILLER")) for char in text)
    if hides or not text.isprintable():
        return None, [OwnersNote.PATTERN]
    owners: list[Approver] = []
    is_odd = _is_odd(text)
    why = [OwnersNote.ODD] if is_odd else []
    for name in names:
        if not name.startswith("@"):
            if _EMAIL.fullmatch(name) is None:
                return None, [OwnersNote.OWNER]
            why.append(OwnersNote.EMAIL)
            continue
        owner = approver_of(name)
        if owner is None:
            return None, [OwnersNote.OWNER]
        if is_no_person(owner, agents):
            why.append(OwnersNote.AGENT)
        elif owner.key not in (known.key for known in owners):
            owners.append(owner)
    return OwnersLine(number, pattern, tuple(owners), bool(names), is_odd), list(dict.fromkeys(why))


def approver_of(name: str) -> Approver | None:
    """Somebody whom a policy can name; None for a name that no platform gives out."""
    try:
        approver = Approver.parse(name)
    except PatternError:
        return None
    return approver if approver.text.isascii() and approver.text.count("/") < 2 else None


def is_no_person(approver: Approver, agents: Collection[str]) -> bool:
    """True for one of some agents, and for an account that says it is a program's."""
    return approver.key in agents or approver.key.endswith(_BOT)


def _is_odd(text: str) -> bool:
    """True if it holds what is more often written for something else, or one script's letters among another's."""
    if odd_literal(text) is not None:
        return True
    return not text.isascii() and any(
        len({unicodedata.name(char).split()[0] for char in word if char.isalpha()}) > 1 for word in _WORD.findall(text)
    )


def same_owners(line: OwnersLine, other: OwnersLine) -> bool:
    """True if two entries ask the same people; those whom a policy cannot name are anyone."""
    same = {owner.key for owner in line.owners} == {owner.key for owner in other.owners}
    return same and line.is_owned == other.is_owned


def is_everything(pattern: PathPattern) -> bool:
    """True if a pattern covers every path."""
    return pattern.text in ("*", "**", "/**", "**/*")


def literal_segments(pattern: PathPattern) -> tuple[str, ...]:
    """The names that a path must begin with for a pattern that is anchored to the root; none for another."""
    text = pattern.text
    if "/" not in text.removesuffix("/"):
        return ()
    segments: list[str] = []
    for segment in text.removeprefix("/").removesuffix("/").split("/"):
        if any(char in segment for char in "*?[\\"):
            break
        segments.append(segment)
    return tuple(segments)


def may_meet(pattern: PathPattern, other: PathPattern) -> bool:
    """True if a path may be in both; False only where that is certain."""
    return may_share(literal_segments(pattern), literal_segments(other))


def may_share(segments: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True if a path may be in two patterns that begin with these names."""
    length = min(len(segments), len(other))
    return segments[:length] == other[:length]


def is_inside(pattern: PathPattern, other: PathPattern) -> bool:
    """True if every path of one is certainly in the other."""
    if pattern == other or is_everything(other):
        return True
    whole = literal_segments(other)
    is_literal = whole and "/".join(whole) == other.text.removeprefix("/").removesuffix("/")
    return bool(is_literal) and literal_segments(pattern)[: len(whole)] == whole and pattern.text.strip("/") != "/".join(whole)
