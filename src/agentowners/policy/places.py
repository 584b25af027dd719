"""Where each part of a statement stands in its file: found out by reading the file again, when somebody asks."""

from __future__ import annotations

from agentowners.diagnostics import Span
from agentowners.policy.model import AgentEntry, Default, Layer, ModeLine, Rule, Unprotect
from agentowners.records import record

Statement = Rule | Default | ModeLine | Unprotect | AgentEntry


@record
class StatementPlaces:
    """The places of one statement's parts. Each tuple has as many members as the statement's field of that name, in its order."""

    whole: Span
    patterns: tuple[Span, ...] = ()
    """Of path patterns, ``!`` and quotes included; for a mode the workspace, then what is approved."""
    refs: tuple[Span, ...] = ()
    principals: tuple[Span, ...] = ()
    approvers: tuple[Span, ...] = ()
    decision: Span | None = None
    name: Span | None = None
    """The value of an ``id`` that the author gave."""
    reason: Span | None = None


class Places:
    """The places of one layer's statements. The file is read again by the first question."""

    def __init__(self, layer: Layer) -> None:
        """Remember a layer that was read from a source without errors."""
        raise NotImplementedError

    def of(self, statement: Statement) -> StatementPlaces:
        """The places of a statement of this layer."""
        raise NotImplementedError

    def removal(self, statement: Statement) -> Span:
        """What to take out of the file so that only this statement is gone: whole lines where it has its lines to itself."""
        raise NotImplementedError

    def removal_of_pattern(self, statement: Rule | Unprotect, index: int) -> Span:
        """What to take out of the file so that only one of the path patterns is gone, its separator too."""
        raise NotImplementedError
