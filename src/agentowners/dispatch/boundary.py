"""Built-in protection at the tool call: what decides over the gate itself, and over what agents may run, takes a person."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from agentowners.policy.builtin import NAME, protect
from agentowners.policy.model import Layer
from agentowners.policy.spelling import one_spelling

_INSIDE: Final[tuple[tuple[str, str, str], ...]] = (
    ("git", ".git", "whoever writes there decides what git and this hook read"),
    (
        "client-config",
        ".claude .codex .gemini .qwen .factory .clinerules .opencode opencode.json* .cursor **/.github/hooks .mcp.json"
        " **/.vscode/mcp.json **/.vscode/settings.json **/.vscode/tasks.json .copilot .agents .kiro .roo .windsurf .junie"
        " .amazonq",
        "decides what agents may run, and if this hook does",
    ),
)
HARD: Final = frozenset({f"{NAME}:{name}" for name, _, _ in _INSIDE} | {f"{NAME}:policy", f"{NAME}:mcp", f"{NAME}:agent-config"})
"""Rules whose paths a person is asked about at the call, whatever the policy says about later."""

_HOME: Final = (
    ".claude", ".claude.json", ".codex", ".gemini", ".qwen", ".copilot", ".factory", ".cline", ".config/opencode", ".cursor",
    ".vscode", ".config/Code/User", ".config/github-copilot", ".mcp.json", ".local/state/agentowners", ".agents",
)  # fmt: skip
"""Below the home directory: every client's configuration, and what this tool keeps."""
_SYSTEM: Final = (
    "/etc/claude-code", "/etc/codex", "/etc/gemini-cli", "/etc/qwen-code", "/etc/opencode", "/etc/cursor", "/etc/factory",
    "/etc/github-copilot", "/Library/Application Support/ClaudeCode", "/Library/Application Support/GeminiCli",
)  # fmt: skip
"""Configuration of whole machines."""


def boundary_layer() -> Layer:
    """Rules that hold in every repository beside those of section 8 of the policy reference."""
    return Layer(rules=tuple(protect(name, patterns, reason) for name, patterns, reason in _INSIDE), name=NAME)


class GuardedPlaces(Struct, frozen=True):
    """Places outside of repositories that a person is asked about before they are written."""

    paths: tuple[str, ...]
    """Absolute; everything below them too."""

    @classmethod
    def of(cls, homes: tuple[str, ...], own: tuple[str, ...]) -> GuardedPlaces:
        """The places for these home directories, and those of this tool's own files."""
        below = (f"{home.rstrip('/')}/{name}" for home in homes for name in _HOME)
        return cls(tuple(dict.fromkeys(map(one_spelling, (*below, *_SYSTEM, *own)))))

    def guards(self, path: str) -> bool:
        """True if an absolute path is one of them, or lies below one."""
        folded = one_spelling(path)
        return any(folded == place or folded.startswith(f"{place}/") for place in self.paths)

    def below(self, path: str) -> bool:
        """True if one of them lies below an absolute path."""
        folded = one_spelling(path).rstrip("/")
        return any(place.startswith(f"{folded}/") for place in self.paths)
