"""Variables by which clients tell the programs that they start for an agent. A guard against accidents: whoever wants to unsets
them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from agentowners.dispatch.model import Client

MARKERS: Final[dict[str, Client | None]] = {
    "CLAUDECODE": Client.CLAUDE,
    "CODEX_SANDBOX": Client.CODEX,
    "CODEX_THREAD_ID": Client.CODEX,
    "GEMINI_CLI": Client.GEMINI,
    "QWEN_CODE": Client.QWEN,
    "COPILOT_CLI": Client.COPILOT,
    "CLINE_ACTIVE": Client.CLINE,
    "OPENCODE": Client.OPENCODE,
    "CURSOR_AGENT": Client.CURSOR,
    "AI_AGENT": None,
}
"""Names, each with the client that sets it; None where several do."""


def marker_in(names: Collection[str]) -> str | None:
    """The first of them that is set; None where nothing says that an agent is calling."""
    return next((name for name in MARKERS if name in names), None)
