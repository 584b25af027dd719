"""When a policy cannot be printed in a syntax."""

from __future__ import annotations

import re

from agentowners.diagnostics import AgentownersError, Span


class ConversionRefused(AgentownersError):  # noqa: N818 (named for what happens, as the house's other words are)
    """A policy says something that the syntax cannot say; the message says what, and ``span`` where."""

    def __init__(self, message: str, *, help: str | None = None, span: Span | None = None) -> None:
        """Say what, and where that is known."""
        super().__init__(message, help=help)
        self.span = span


def refuse_if(match: re.Match[str] | None, what: str, syntax: str, span: Span | None = None) -> None:
    """Refuse a text in which a character was found that the syntax cannot hold.

    Raises:
        ConversionRefused: there is one.
    """
    if match is not None:
        raise ConversionRefused(f"{what} holds the character U+{ord(match[0]):04X}, which has no form in {syntax}", span=span)
