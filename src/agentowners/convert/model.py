"""A conversion: statements, each under what is said about it, and every place where the original says something else.

It is made for an audience: whom the rules are about where the original says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from agentowners.diagnostics import Diagnostic, Severity, Span
from agentowners.policy.document import Statement
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern


class Origin(StrEnum):
    """Formats that can be read."""

    CODEOWNERS = "codeowners"
    PROW = "prow"
    POLICY_BOT = "policy-bot"
    AGENTOWNERS_YAML_1 = "agentowners-yaml-1"


STRICTER: Final = "stricter"
"""The policy asks, or refuses, where the original does not."""
LOOSER: Final = "looser"
"""The original asks, or refuses, where the policy does not: nothing in the language holds it."""
LEFT_OUT: Final = "left-out"
"""Said in the original, and of no effect on what may be changed."""
_SEVERITIES: Final = {STRICTER: Severity.NOTE, LOOSER: Severity.WARNING, LEFT_OUT: Severity.NOTE}


Pattern = TypeVar("Pattern", PathPattern, PrincipalPattern, RefPattern)


class Piece(Struct, frozen=True):
    """A statement of the policy, or only something to say at its place."""

    title: str
    """Place and name in the original; one line."""
    statements: tuple[Statement, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()
    """Ids are ``STRICTER``, ``LOOSER`` and ``LEFT_OUT``."""


class Conversion(Struct, frozen=True):
    """A policy that was made of another tool's."""

    origin: Origin
    head: tuple[str, ...]
    """Lines of a comment about the whole of it, without their hash."""
    pieces: tuple[Piece, ...]

    @property
    def remarks(self) -> tuple[Diagnostic, ...]:
        """Every remark, in the order of the pieces."""
        return tuple(remark for piece in self.pieces for remark in piece.remarks)


def remark(id: str, message: str, span: Span) -> Diagnostic:
    """Something that does not carry over as it is; ``id`` says to which side it departs."""
    return Diagnostic(id, _SEVERITIES[id], message, span)


def title(span: Span, name: str = "") -> str:
    """The place of a piece, with the words that the original has for it."""
    place = f"{span.path}:{span.line}"
    return f"{place} `{name}`" if name else place


def note(id: str, words: str, span: Span, name: str = "") -> Piece:
    """Only something to say, at its place."""
    return Piece(title(span, name[:80]), (), (remark(id, words, span),))


def negated(patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
    """The same left out, each once."""
    return tuple(dict.fromkeys(replace(pattern, negative=True) for pattern in patterns))
