"""Lines of the line syntax, cut into tokens that know where they stand."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from agentowners.diagnostics import Span
from agentowners.policy.draft import Draft
from agentowners.policy.pattern_text import PatternError
from agentowners.text.unseen import said_of, unseen

_TOKEN: Final = re.compile(r"#.*|(?:[^ \t\\]+|\\.?)+", re.DOTALL)
"""A comment, where a hash starts a token, or a run of characters up to an unescaped blank; escapes are left as they are."""
_TAKE_IT_OUT: Final = "take it out; a path that has it is matched with `?`"
_ESCAPE: Final = re.compile(r"\\(.?)", re.DOTALL)


class Token(NamedTuple):
    """A token as it is written, and its offset in the line."""

    text: str
    at: int

    @property
    def end(self) -> int:
        """Offset just after the token."""
        return self.at + len(self.text)


class Line:
    """One line: its tokens, its comment, and places in it."""

    __slots__ = ("_whole", "draft", "number", "reason", "tokens")

    def __init__(self, draft: Draft, number: int, text: str) -> None:
        self.draft = draft
        self.number = number
        self.tokens = [Token(match[0], match.start()) for match in _TOKEN.finditer(text)]
        self._whole: Span | None = None
        self.reason: str | None = None
        if self.tokens and self.tokens[-1].text[0] == "#":
            self.reason = self.tokens.pop().text[1:].strip(" \t")

    def span(self, start: int, end: int) -> Span:
        """The place between two offsets."""
        return self.draft.span(self.number, start + 1, self.number, end + 1)

    @property
    def whole(self) -> Span:
        """From the first to the last token, the comment left out."""
        if self._whole is None:
            self._whole = self.span(self.tokens[0].at, self.tokens[-1].end)
        return self._whole

    def error(self, id: str, message: str, token: Token, help: str | None = None) -> None:
        """Note an error about a whole token."""
        self.draft.error(id, message, self.span(token.at, token.end), help)

    def error_at(self, id: str, error: PatternError, token: Token, skipped: int = 0) -> None:
        """Note an error about a token, at the characters it names if it names any.

        What the error is about is the token's text less its first ``skipped`` characters.
        """
        start = min(token.at + skipped + error.offset, token.end - 1)
        end = min(start + error.length, token.end) if error.length else token.end
        self.draft.error(id, error.message, self.span(start, end), error.help)

    def has_unseen(self) -> bool:
        """Note each run of characters, the comment's aside, that show as nothing; whether there is any."""
        text = self.draft.line(self.number)
        found = list(unseen(text, 0, self.tokens[-1].end)) if self.tokens else []
        for start, end in found:
            self.draft.error("invisible-character", said_of(text[start:end]), self.span(start, end), _TAKE_IT_OUT)
        return bool(found)


def is_principal(token: Token) -> bool:
    """True if a token names a principal: ``@name``, or ``!@name`` where it stands behind one."""
    return token.text.startswith(("@", "!@"))


def is_positive(token: Token) -> bool:
    """True if a token names a principal, or an approver, and takes nobody out."""
    return token.text[0] == "@"


def unescape(text: str) -> str:
    """The text without its escapes: a backslash stands for the character after it."""
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def comment_at(text: str) -> int:
    """The offset in a line at which its comment begins; the line's end where it has none."""
    return next((match.start() for match in _TOKEN.finditer(text) if match[0][0] == "#"), len(text))
