"""Places of the parts of a statement in its file: found by reading the file again, when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from agentowners.diagnostics import Span
from agentowners.policy.load import is_yaml
from agentowners.policy.model import AgentEntry, Assertion, Default, Layer, ModeLine, Rule, Unprotect

if TYPE_CHECKING:
    from agentowners.policy.line_places import LinePlaces
    from agentowners.policy.yaml_places import YamlPlaces

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


class Places:
    """The places of one layer's statements. The file is read again by the first question, and once however many there are."""

    def __init__(self, layer: Layer) -> None:
        """Remember a layer that was read from a source without errors.

        Raises:
            ValueError: it was not read from a source.
        """
        if layer.source is None:
            raise ValueError(f"layer {layer.name!r} was not read from a source")
        self._source = layer.source
        self._found: LinePlaces | YamlPlaces | None = None

    def of(self, statement: Statement) -> StatementPlaces:
        """The places of a statement of this layer.

        Raises:
            KeyError: it is none of this layer's.
        """
        return self._places().of(statement)

    def removal(self, statement: Statement) -> Span | None:
        """Edit that takes only this statement out of the file: whole lines where it has its lines to itself.

        Of a YAML section with one statement that is the whole section. None where nothing can be taken out by itself: what
        bears an anchor may be used elsewhere.
        """
        return self._places().removal(statement)

    def removal_of_pattern(self, statement: Rule | Unprotect, index: int) -> Span | None:
        """Edit that takes only one of the path patterns out of the file, its separator too.

        None where that cannot be done by taking something out: it is all that the statement is about, it stands under an
        anchor or an alias, or what would then stand at the start of the line means something else there. Taking the last path
        pattern away from refs makes a rule for every path.
        """
        return self._places().removal_of_pattern(statement, index)

    def _places(self) -> LinePlaces | YamlPlaces:
        if self._found is None:
            if is_yaml(self._source):
                from agentowners.policy.yaml_places import YamlPlaces

                self._found = YamlPlaces(self._source)
            else:
                from agentowners.policy.line_places import LinePlaces

                self._found = LinePlaces(self._source)
        return self._found
