"""An agent's login that an account can give away."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.engine.warnings import given_away
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import agent_span


@check("login-without-id", "an agent's login has no id beside it, and can be given away")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each agent's entry of which that is so."""
    for layer in subject.layers:
        for entry in layer.agents:
            said = given_away(entry)
            if said is not None:
                yield mistake.finding(said[0], agent_span(subject, layer, entry), said[1])
