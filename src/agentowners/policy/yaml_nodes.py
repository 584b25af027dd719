"""Nodes of a policy in YAML."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from agentowners.diagnostics import Span
from agentowners.policy.draft import Draft
from agentowners.policy.words import BOOLEANS, PERMISSIONS
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
        self, section: Field, what: str, keys: Collection[str], *, of_rules: bool = False
    ) -> Iterator[tuple[Node, dict[str, Field]]]:
        """Begin each statement of a section that is a list of mappings, as long as there is room for more."""
        for node in self.items(section.value, f"`{section.key.text}`"):
            if not self.draft.has_room(self.span(node), of_rule=of_rules):
                return
            self.begin()
            fields = self.mapping(node, what, keys)
            if fields is not None:
                yield node, fields

    def entries_of(self, section: Field) -> Iterator[tuple[str, Field, Span]]:
        """Begin each statement of a section that is a mapping, with its key and its place, as long as there is room for more."""
        for text, field in (self.mapping(section.value, f"`{section.key.text}`") or {}).items():
            span = self.draft.span(field.key.line, field.key.column, field.value.end_line, field.value.end_column)
            if not self.draft.has_room(span, of_rule=False):
                return
            self.begin()
            yield text, field, span

    def settings_of(self, fields: dict[str, Field], choices: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """The settings with one value that a section says anything about."""
        settings: dict[str, Any] = {}
        for key, words in choices.items():
            if key in fields:
                what = "permission" if words is PERMISSIONS else f"value of `{key}`"
                boolean = words is BOOLEANS
                settings[key] = self.boolean(fields[key]) if boolean else self.choice(fields[key], words, "invalid-value", what)
        return settings
