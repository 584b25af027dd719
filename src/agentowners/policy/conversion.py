"""When a policy cannot be printed in a syntax."""

from __future__ import annotations

import re

from agentowners.diagnostics import AgentownersError


class ConversionRefused(AgentownersError):  # noqa: N818 (named for what happens, as the house's other words are)
    """A policy says something that the syntax cannot say; the message says what."""


def refuse_if(found: re.Match[str] | None, what: str, syntax: str) -> None:
    """Refuse a text in which a character was found that the syntax cannot hold.

    Raises:
        ConversionRefused: there is one.
    """
    if found is not None:
        raise ConversionRefused(f"{what} holds the character U+{ord(found[0]):04X}, which has no form in {syntax}")
