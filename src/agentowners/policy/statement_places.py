"""Places of the parts of one statement."""

from __future__ import annotations

from msgspec import Struct

from agentowners.diagnostics import Span
from agentowners.policy.model import AgentEntry, Assertion, Default, ModeLine, Rule, Unprotect

Statement = Rule | Default | ModeLine | Unprotect | Assertion | AgentEntry


class StatementPlaces(Struct, frozen=True):
    """The places of one statement's parts. Each tuple has as many members as the statement's field of that name, in its order.

    What stands under an alias has the place where it is written. Principals that a YAML rule does not name, because they are
    the usual ones, have the place of the whole rule.
    """

    whole: Span
    patterns: tuple[Span, ...] = ()
    """Places of path patterns, ``!`` and quotes included; for a mode the workspace, then what is approved."""
    refs: tuple[Span, ...] = ()
    principals: tuple[Span, ...] = ()
    approvers: tuple[Span, ...] = ()
    decision: Span | None = None
    """The decision, its number included where it has one beside it; for a mode its word."""
    name: Span | None = None
    """The value of an ``id`` that the author gave; for an agent its name."""
    reason: Span | None = None
