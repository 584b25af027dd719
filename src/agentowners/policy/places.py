"""Places of the parts of a statement in its file: found by reading the file again, when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentowners.diagnostics import Span
from agentowners.policy.load import is_yaml
from agentowners.policy.model import Layer, Rule, Unprotect
from agentowners.policy.statement_places import Statement, StatementPlaces

__all__ = ["Places", "Statement", "StatementPlaces"]

if TYPE_CHECKING:
    from agentowners.policy.line_places import LinePlaces
    from agentowners.policy.yaml_places import YamlPlaces


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
