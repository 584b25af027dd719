"""An exception that rests on a login which anybody can have."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.engine.warnings import loosened, open_to_anybody
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import agent_span


@check("login-by-wildcard", "something is let in by a login with a wildcard, which anybody can have")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each agent's entry of which that is so."""
    let_in = loosened(subject.policy)
    for layer in subject.layers:
        for entry in layer.agents:
            said = open_to_anybody(entry, let_in)
            if said is not None:
                yield mistake.finding(said[0], agent_span(subject, layer, entry), said[1])
