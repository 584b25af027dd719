"""Reads one line of a draft: its tokens and parts, and errors about them."""

from __future__ import annotations

from typing import Final

from agentowners.diagnostics import Span
from agentowners.policy.draft import Draft
from agentowners.policy.line_tree import Line, Token
from agentowners.policy.pattern_text import PatternError
from agentowners.text.unseen import said_of, unseen

_TAKE_IT_OUT: Final = "take it out; a path that has it is matched with `?`"


class LineReader:
    """A line with tokens that is being read into a draft. What is wrong with it is noted there."""

    __slots__ = ("_errors", "_line", "_whole", "draft", "parts", "tokens")

    def __init__(self, draft: Draft, line: Line) -> None:
        self.draft = draft
        self.tokens = line.tokens
        self._line = line
        self._errors = draft.errors
        self._whole: Span | None = None
        self.parts = line.parts

    @property
    def reason(self) -> str | None:
        """Words of the comment; None where there is none."""
        reason = self._line.reason
        return None if reason is None else reason.text

    @property
    def right(self) -> bool:
        """True while nothing was found wrong with the line."""
        return self.draft.errors == self._errors

    def span(self, start: int, end: int) -> Span:
        """The place between two offsets."""
        return self.draft.span(self._line.number, start + 1, self._line.number, end + 1)

    @property
    def whole(self) -> Span:
        """From the first to the last token, the comment left out."""
        if self._whole is None:
            self._whole = self.span(self.tokens[0].at, self.tokens[-1].end)
        return self._whole

    def error(self, id: str, message: str, token: Token | None = None, help: str | None = None) -> None:
        """Note an error about a token; without one, about the whole statement."""
        self.draft.error(id, message, self.whole if token is None else self.span(token.at, token.end), help)

    def error_at(self, id: str, error: PatternError, token: Token, skipped: int = 0) -> None:
        """Note an error about a token, at the characters it names if it names any.

        What the error is about is the token's text less its first ``skipped`` characters.
        """
        start = min(token.at + skipped + error.offset, token.end - 1)
        end = min(start + error.length, token.end) if error.length else token.end
        self.draft.error(id, error.message, self.span(start, end), error.help)

    def has_unseen(self) -> bool:
        """Note each run of characters, the comment's aside, that show as nothing; True if there is any."""
        text = self.draft.line(self._line.number)
        runs = list(unseen(text, 0, self.tokens[-1].end))
        for start, end in runs:
            self.draft.error("invisible-character", said_of(text[start:end]), self.span(start, end), _TAKE_IT_OUT)
        return bool(runs)
