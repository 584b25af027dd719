"""Places of the parts of one statement."""

from __future__ import annotations

from abc import ABC, abstractmethod

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


class Places(ABC):
    """The places of one layer's statements, in the tree that it was read from without errors."""

    @abstractmethod
    def of(self, statement: Statement) -> StatementPlaces:
        """The places of a statement of this layer.

        Raises:
            KeyError: it is none of this layer's.
        """

    @abstractmethod
    def keyword(self, word: str) -> Span | None:
        """The first place of the keyword of settings, such as ``approvals``; None where the file has none."""

    @abstractmethod
    def removal(self, statement: Statement) -> Span | None:
        """Edit that takes only this statement out of the file: whole lines where it has its lines to itself.

        Of a line with several defaults one principal goes, of a YAML section with one statement the whole section. None where
        nothing can be taken out by itself: what bears an anchor may be used elsewhere.
        """

    @abstractmethod
    def removal_of_pattern(self, statement: Rule | Unprotect, index: int) -> Span | None:
        """Edit that takes only one of the path patterns out of the file, its separator too.

        None where that cannot be done by taking something out: it is all that the statement is about, it stands under an
        anchor or an alias, or what would then stand at the start of the line means something else there. Taking the last path
        pattern away from refs makes a rule for every path.
        """
