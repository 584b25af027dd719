"""Nodes of a policy in YAML."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from agentowners.diagnostics import Span
from agentowners.policy.draft import Draft
from agentowners.yamltext.compose import Node
from agentowners.yamltext.nodes import Field, Nodes


class PolicyNodes(Nodes):
    """Reads nodes for a draft, which also collects what they say."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self.draft = draft
        self._wrong_before = 0

    def begin(self) -> None:
        """Begin a statement."""
        self._wrong_before = self.wrong

    @property
    def right(self) -> bool:
        """True while nothing was found wrong with the statement that was begun last."""
        return self.wrong == self._wrong_before

    def items_of(
        self, section: Field, what: str, keys: Collection[str], has_room: Callable[[Span], bool] | None = None
    ) -> Iterator[tuple[Node, dict[str, Field]]]:
        """Begin each statement of a section that is a list of mappings, as long as there is room for more."""
        has_room = has_room or self.draft.room_for_other
        for node in self.items(section.value, f"`{section.key.text}`"):
            if not has_room(self.span(node)):
                return
            self.begin()
            fields = self.mapping(node, what, keys)
            if fields is not None:
                yield node, fields
