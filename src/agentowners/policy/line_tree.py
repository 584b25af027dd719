"""The line syntax as it is written: every token, part and comment of every line, each with its place.

The grammar of a line is written once, in ``Line.parts``: which token is which part of its statement. Readers judge the parts,
``Places`` says where they stand, ``fmt`` keeps the comments. A wrong line is cut too, each token going to the part in whose
place it stands.

    statement = rule | default | mode | unprotect | agent | approvals | dispatch | assert
    rule      = pattern+ clause
    default   = "default" clause
    mode      = "mode" name principal+ pattern*
    unprotect = "unprotect" pattern+ principal+
    agent     = "agent" name attribute+
    approvals = "approvals" attribute*
    dispatch  = "dispatch" attribute*
    assert    = "assert" pattern+ principal+ ["at-least" | "at-most"] decision (approver | attribute)*
    clause    = principal+ decision (approver | attribute)*
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import starmap
from typing import Final, NamedTuple

from msgspec import Struct

from agentowners.diagnostics import Source, Span
from agentowners.policy.words import BOUNDS, DECISIONS
from agentowners.text.source import PlacedText

_TOKEN: Final = re.compile(r"#.*|(?:[^ \t\\]+|\\.?)+", re.DOTALL)
"""A comment, where a hash starts a token, or a run of characters up to an unescaped blank; escapes are left as they are."""
_ESCAPE: Final = re.compile(r"\\(.?)", re.DOTALL)
DECISION: Final = re.compile(r"(allow|require_approval|block)(?:(\()(.*?)(\)?))?", re.DOTALL)
"""A decision, with a number that need not be one, in parentheses that need not be closed."""
_LIKE_A_DECISION: Final = re.compile(r"[A-Za-z_-]+(\(.*)?|(allow|require_approval|block)[;:,#].*", re.DOTALL)


class Token(NamedTuple):
    """A token as it is written, and its offset in the line."""

    text: str
    at: int

    @property
    def end(self) -> int:
        """Offset just after the token."""
        return self.at + len(self.text)


Tokens = Sequence[Token]


class LineParts(Struct, frozen=True):
    """Tokens of one statement, without its keyword and its comment."""

    patterns: Tokens = ()
    principals: Tokens = ()
    """Before the decision; in a wrong line anything may be among them."""
    bound: Token | None = None
    decision: Token | None = None
    """The first word that is one, else the first that looks like an attempt at one."""
    tail: Tokens = ()
    """Approvers and attributes."""
    name: Token | None = None


class Line:
    """One line, cut into tokens and its comment."""

    __slots__ = ("comment", "number", "tokens")

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.tokens = [Token(match[0], match.start()) for match in _TOKEN.finditer(text)]
        self.comment = self.tokens.pop() if self.tokens and self.tokens[-1].text[0] == "#" else None
        """With its hash."""

    @property
    def parts(self) -> LineParts:
        """The parts of the statement; there is at least one token."""
        return _parts(self.tokens)

    @property
    def reason(self) -> Token | None:
        """Words of the comment, without its hash and the blanks around them; empty where it has none."""
        if self.comment is None:
            return None
        words = self.comment.text[1:].lstrip(" \t")
        return Token(words.rstrip(" \t"), self.comment.end - len(words))


class LineTree(PlacedText):
    """A file in the line syntax."""

    def __init__(self, source: Source, lines: list[str]) -> None:
        super().__init__(source, lines)
        self._cut = list(starmap(Line, enumerate(lines, start=1)))

    def __iter__(self) -> Iterator[Line]:
        return iter(self._cut)

    def cut(self, number: int) -> Line:
        """A line by its number, from 1."""
        return self._cut[number - 1]

    def at(self, line: Line, token: Token) -> Span:
        """The place of a token."""
        return self.span(line.number, token.at + 1, line.number, token.end + 1)

    def whole(self, line: Line) -> Span:
        """From the first to the last token of a line that has some, the comment left out."""
        return self.span(line.number, line.tokens[0].at + 1, line.number, line.tokens[-1].end + 1)


def _parts(tokens: Tokens) -> LineParts:
    keyword, *rest = tokens
    match keyword.text:
        case "default":
            return _clause((), rest)
        case "mode":
            name = rest.pop(0) if rest and not is_positive(rest[0]) else None
            split = _first(rest, lambda token: not is_positive(token))
            return LineParts(rest[split:], rest[:split], name=name)
        case "unprotect":
            split = _first(rest, is_positive)
            return LineParts(rest[:split], rest[split:])
        case "agent":
            return LineParts(name=rest[0] if rest else None, tail=rest[1:])
        case "approvals" | "dispatch":
            return LineParts(tail=rest)
        case "assert":
            split = _end_of_patterns(rest)
            patterns, clause = rest[:split], rest[split:]
            at = _first(clause, lambda token: not is_principal(token))
            bound = clause.pop(at) if at < len(clause) and clause[at].text in BOUNDS else None
            return _clause(patterns, clause, bound)
        case _:
            split = _end_of_patterns(tokens)
            return _clause(tokens[:split], tokens[split:])


def _clause(patterns: Tokens, tokens: Tokens, bound: Token | None = None) -> LineParts:
    at = _first(tokens, lambda token: DECISION.fullmatch(token.text) is not None)
    if at == len(tokens):
        at = _first(tokens, lambda token: _LIKE_A_DECISION.fullmatch(token.text) is not None)
    decision = tokens[at] if at < len(tokens) else None
    return LineParts(patterns, tokens[:at], bound, decision, tokens[at + 1 :])


def _end_of_patterns(tokens: Tokens) -> int:
    """Index at which the principals begin; where there are none, at the first word that looks like the decision."""
    split = _first(tokens, is_positive)
    if split < len(tokens):
        return split
    return next((at for at, token in enumerate(tokens) if at and token.text.partition("(")[0] in DECISIONS), len(tokens))


def _first(tokens: Tokens, fits: Callable[[Token], bool]) -> int:
    """Index of the first token that fits; their number where none does."""
    return next((index for index, token in enumerate(tokens) if fits(token)), len(tokens))


def is_principal(token: Token) -> bool:
    """True if a token names a principal: ``@name``, or ``!@name`` where it stands behind one."""
    return token.text.startswith(("@", "!@"))


def is_positive(token: Token) -> bool:
    """True if a token names a principal, or an approver, and takes nobody out."""
    return token.text[0] == "@"


def is_ref(token: Token) -> bool:
    """True if a pattern is one of refs."""
    return token.text.startswith(("refs/", "!refs/"))


def unescape(text: str) -> str:
    """The text without its escapes: a backslash stands for the character after it."""
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text
