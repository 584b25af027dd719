"""A small table of terminal styles: color says nothing that the words do not say."""

from __future__ import annotations

from typing import Final

from agentowners.diagnostics import Severity
from agentowners.policy.model import Decision
from agentowners.records import record
from agentowners.report.verdict.conclusion import Conclusion

_RED: Final = "1;31"
_YELLOW: Final = "1;33"
_GREEN: Final = "1;32"
_BLUE: Final = "1;34"
_STRONG: Final = "1"
_FAINT: Final = "2"

_SEVERITIES: Final = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.NOTE: _BLUE}
_DECISIONS: Final = {Decision.BLOCK: _RED, Decision.REQUIRE_APPROVAL: _YELLOW, Decision.ALLOW: _GREEN}
_CONCLUSIONS: Final = {
    Conclusion.SUCCESS: _GREEN,
    Conclusion.NEUTRAL: _BLUE,
    Conclusion.ACTION_REQUIRED: _YELLOW,
    Conclusion.FAILURE: _RED,
}


@record
class Style:
    """How words are set off; ``color`` off gives them back as they are."""

    color: bool = False

    def strong(self, text: str) -> str:
        """What the eye should find."""
        return self._in(_STRONG, text)

    def faint(self, text: str) -> str:
        """What is there for who looks for it."""
        return self._in(_FAINT, text)

    def severity(self, severity: Severity, text: str) -> str:
        """Text in a severity's color."""
        return self._in(_SEVERITIES[severity], text)

    def decision(self, decision: Decision, text: str) -> str:
        """Text in a decision's color."""
        return self._in(_DECISIONS[decision], text)

    def conclusion(self, conclusion: Conclusion, text: str) -> str:
        """Text in a conclusion's color."""
        return self._in(_CONCLUSIONS[conclusion], text)

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text


PLAIN: Final = Style()
