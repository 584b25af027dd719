"""The known agents and bots: plain data, each signal with its source. ``docs/agents.md`` shows the same table.

A signal is listed only if it is precise enough not to name a person: no first names, no words, no company's whole domain. An
agent that is missing here still counts as one by its account's type; see ``agentowners.identity.resolve``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from agentowners.identity.catalogue_agents import AGENTS, Kind
from agentowners.identity.catalogue_bots import BOTS
from agentowners.identity.model import AgentDefinition, Group

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
"""Other names by which people write rules, by the identity's name: the product's, the vendor's, the command's. Only names that
nobody takes for anything else: where nothing but the alias is known, a login of that spelling is another account."""

VENDORS: Final[dict[str, str]] = {"anthropic": "claude", "openai": "codex", "cognition": "devin", "jetbrains": "junie"}
"""Agents that people mean by a vendor's name. Others are meant by it too, so that it is no name of the agent."""


class CatalogueSignal(NamedTuple):
    """One signal of the catalogue."""

    identity: str
    group: Group
    kind: Kind
    value: str
    source: str
    """URL of the documentation that says so, or of a public place where it was observed."""
    observed: bool
    """True if it was observed and not documented."""


_OBSERVED: Final = "observed: "
_ENTRIES: Final = [
    *((name, Group.AGENTS, kinds) for name, kinds in AGENTS.items()),
    *((name, Group.BOTS, kinds) for name, kinds in BOTS.items()),
]


def signals() -> tuple[CatalogueSignal, ...]:
    """Every signal with its source."""
    signals = []
    for name, group, kinds in _ENTRIES:
        for kind, values in kinds.items():
            for value, source in values.items():
                url = source.removeprefix(_OBSERVED)
                signals.append(CatalogueSignal(name, group, kind, value, url, url != source))
    return tuple(signals)


def _definition(name: str, group: Group, entry: Mapping[Kind, Mapping[str, str]]) -> AgentDefinition:
    def values(kind: Kind) -> tuple[str, ...]:
        return tuple(entry.get(kind, ()))

    return AgentDefinition(
        name,
        group,
        logins=values("login"),
        ids=tuple(map(int, values("id"))),
        apps=values("app"),
        emails=values("email"),
        names=values("name"),
        branches=values("branch"),
        trailers=values("trailer"),
        bodies=values("body"),
        labels=values("label"),
        aliases=ALIASES.get(name, ()),
    )


CATALOGUE: Final = tuple(_definition(*entry) for entry in _ENTRIES)
"""Definitions that a policy starts from. An entry lists the id of every login it has, or no id at all."""
