"""The signs of YAML's own grammar, which nodes do not remember: dashes, question marks and commas."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any, Final

import yaml

from agentowners.text.problems import Problems
from agentowners.yamltext.compose import Node

LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Point = tuple[int, int]
"""Line and column, both from 1."""


class YamlTokens:
    """Where the signs of one text stand. The text has been composed without errors."""

    def __init__(self, problems: Problems) -> None:
        """Scan the source's text."""
        self._dashes: list[Point] = []
        self._keys: list[Point] = []
        self._commas: list[Point] = []
        kinds = {yaml.BlockEntryToken: self._dashes, yaml.KeyToken: self._keys, yaml.FlowEntryToken: self._commas}
        loader = LOADER("\n".join(problems.lines))
        try:
            while loader.check_token():
                token = loader.get_token()
                found = kinds.get(type(token))
                if found is not None:
                    found.append((token.start_mark.line + 1, token.start_mark.column + 1))
        finally:
            loader.dispose()

    def dash_before(self, item: Point) -> Point:
        """The dash that an item of a block list stands behind."""
        return self._dashes[bisect_left(self._dashes, item) - 1]

    def key_at(self, key: Point) -> Point:
        """The question mark before a key, or where the key itself starts."""
        return self._keys[bisect_right(self._keys, key) - 1]

    def comma_before(self, point: Point) -> Point | None:
        """The last comma before a place, of those between the items of flow collections."""
        index = bisect_left(self._commas, point)
        return self._commas[index - 1] if index else None

    def comma_after(self, point: Point) -> Point | None:
        """The first comma at or behind a place."""
        index = bisect_left(self._commas, point)
        return self._commas[index] if index < len(self._commas) else None


def is_alias(lines: list[str], node: Node) -> bool:
    """Whether a node stands somewhere else, and only an alias here."""
    return node.anchored and lines[node.line - 1][node.column - 1 : node.column] == "*"
