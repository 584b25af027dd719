"""The entries under ``oidc``, each with its agent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from agentowners.diagnostics import Span
from agentowners.lint.model import LintSubject
from agentowners.policy.model import AgentEntry, Layer, OidcClaims


class TokenAt(NamedTuple):
    """An entry under ``oidc``."""

    layer: Layer
    agent: AgentEntry
    oidc: OidcClaims

    def span(self, subject: LintSubject) -> Span:
        """Place of its agent's name."""
        place = subject.places(self.layer).of(self.agent)
        return place.name or place.whole


def token_entries(subject: LintSubject) -> Iterator[TokenAt]:
    """Every entry, in order."""
    for layer in subject.layers:
        for agent in layer.agents:
            for oidc in agent.oidc:
                yield TokenAt(layer, agent, oidc)
