"""YAML of other tools, with the place of everything that is said."""

from __future__ import annotations

from agentowners.diagnostics import PolicyError, Source, Span
from agentowners.text.problems import Problems, TooManyErrors
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.yamltext.compose import Node, Scalar, Sequence, compose
from agentowners.yamltext.nodes import Field, Nodes


class OriginalYaml:
    """One document. Keys that are not known are for the caller to say; an empty value counts as none."""

    def __init__(self, source: Source) -> None:
        """Read the document.

        Raises:
            PolicyError: it is no YAML.
        """
        self.source = source
        text = read_source(source, YAML_REFUSES)
        self._problems = Problems(source, text)
        self.nodes = Nodes(self._problems)
        self.root: Node | None = None
        if not text.diagnostics:
            try:
                self.root = compose(self._problems)
            except TooManyErrors:
                self.root = None
        self.finish()

    def finish(self) -> None:
        """Make sure that everything was understood so far.

        Raises:
            PolicyError: something was not.
        """
        if self._problems.errors:
            raise PolicyError(self._problems.by_place())

    def span(self, node: Node) -> Span:
        """The place of a node."""
        return self.nodes.span(node)

    def fields(self, node: Node | None, what: str) -> dict[str, Field]:
        """The fields of a mapping; none where there is nothing."""
        if node is None or _is_null(node):
            return {}
        return self.nodes.mapping(node, what) or {}

    def below(self, fields: dict[str, Field], key: str) -> dict[str, Field]:
        """The fields of the mapping under a key."""
        return self.fields(fields[key].value, f"`{key}`") if key in fields else {}

    def items(self, field: Field | None) -> list[Node]:
        """The items of a list; none where there is nothing."""
        if field is None or _is_null(field.value) or (isinstance(field.value, Sequence) and not field.value.items):
            return []
        return self.nodes.items(field.value, f"`{field.key.text}`")

    def texts(self, field: Field | None) -> list[Scalar]:
        """The items of a list of strings."""
        items = self.items(field)
        what = f"an item of `{field.key.text}`" if field is not None else ""
        return [item for item in items if self.nodes.string(item, what) is not None and isinstance(item, Scalar)]

    def text(self, fields: dict[str, Field], key: str) -> str | None:
        """The string under a key."""
        return self.nodes.string(fields[key].value, f"`{key}`") if key in fields and not _is_null(fields[key].value) else None

    def flag(self, fields: dict[str, Field], key: str) -> bool:
        """True if the boolean under a key is true."""
        return key in fields and not _is_null(fields[key].value) and self.nodes.boolean(fields[key]) is True


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.type == "null"
