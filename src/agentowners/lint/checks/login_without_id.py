"""An agent's login that an account can give away."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.diagnostics import Severity
from agentowners.engine.warnings import given_away
from agentowners.lint.model import Check, LintFinding, LintSubject


def run(subject: LintSubject) -> Iterator[LintFinding]:
    """Each agent's entry of which that is so."""
    for layer in subject.layers:
        for entry in layer.agents:
            said = given_away(entry)
            if said is not None:
                message, help = said
                place = subject.places(layer).of(entry)
                yield CHECK.finding(message, place.name or place.whole, help)


CHECK = Check("login-without-id", Severity.WARNING, "an agent's login has no id beside it, and can be given away", run)
