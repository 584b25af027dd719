"""Other names of known identities, by which people write rules: the product's, the vendor's, the command's.

Only names that nobody takes for anything else: where nothing but the alias is known, a login of that spelling is another account.
"""

from __future__ import annotations

from typing import Final

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "copilot": ("github-copilot", "copilot-agent", "copilot-coding-agent", "copilot-cli", "github-copilot-cli"),
    "claude": ("claude-code", "claude-agent", "claude-ai", "anthropic-claude"),
    "codex": ("openai-codex", "codex-cli", "chatgpt", "chatgpt-codex"),
    "cursor": ("cursor-agent", "cursor-ai", "cursor-cli"),
    "devin": ("devin-ai", "cognition-devin"),
    "jules": ("google-jules", "jules-agent"),
    "gemini": ("gemini-cli", "google-gemini"),
    "amp": ("ampcode", "amp-code", "sourcegraph-amp"),
    "openhands": ("open-hands", "all-hands"),
    "aider": ("aider-chat",),
    "windsurf": ("windsurf-ai", "windsurf-editor"),
    "factory": ("factory-ai",),
    "amazon-q": ("amazonq", "aws-q"),
    "kiro": ("kiro-cli",),
    "opencode": ("opencode-ai",),
    "crush": ("charm-crush", "crush-cli"),
    "junie": ("jetbrains-junie",),
    "qwen-code": ("qwen-coder",),
    "warp": ("warp-agent", "oz-agent"),
    "replit": ("replit-agent",),
    "lovable": ("lovable-dev", "gpt-engineer"),
    "roo-code": ("roocode", "roo-cline"),
    "coderabbit": ("coderabbit-ai",),
    "github-actions": ("github-action",),
    "dependabot": ("github-dependabot",),
    "renovate": ("renovate-bot",),
    "mergify": ("mergifyio", "mergify-bot"),
}
"""By the identity's name."""

VENDORS: Final[dict[str, str]] = {"anthropic": "claude", "openai": "codex", "cognition": "devin", "jetbrains": "junie"}
"""Agents that people mean by a vendor's name. Others are meant by it too, so that it is no name of the agent."""
