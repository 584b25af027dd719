"""A small table of terminal styles: color says nothing that the words do not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from agentowners.diagnostics import Severity
from agentowners.policy.model import Decision

_RED: Final = "1;31"
_YELLOW: Final = "1;33"
_GREEN: Final = "1;32"
_BLUE: Final = "1;34"
_STRONG: Final = "1"
_FAINT: Final = "2"

_SEVERITIES: Final = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.NOTE: _BLUE}
_DECISIONS: Final = {Decision.BLOCK: _RED, Decision.REQUIRE_APPROVAL: _YELLOW, Decision.ALLOW: _GREEN}


class Style(Struct, frozen=True):
    """Emphasis of words; without ``color`` they stay as they are."""

    color: bool = False
    links: bool = False
    """True for a terminal, of which the reader may follow a link (OSC 8)."""
    columns: int | None = None
    """Width of the terminal; None where there is none."""
    pages: Callable[[str], str | None] | None = None
    """Looks up the page about a finding's id, for a job's log, in which addresses are written out; None elsewhere."""

    def strong(self, text: str) -> str:
        """Text that the eye should find."""
        return self._in(_STRONG, text)

    def faint(self, text: str) -> str:
        """De-emphasised text."""
        return self._in(_FAINT, text)

    def severity(self, severity: Severity, text: str) -> str:
        """Text in a severity's color."""
        return self._in(_SEVERITIES[severity], text)

    def decision(self, decision: Decision, text: str) -> str:
        """Text in a decision's color."""
        return self._in(_DECISIONS[decision], text)

    def link(self, text: str, url: str | None) -> str:
        """Text that leads to a page of ours; a URL in which a terminal could find the end of the link leads nowhere."""
        safe = self.links and url and url.isascii() and url.isprintable()
        return f"\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\" if safe else text

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text


PLAIN: Final = Style()
