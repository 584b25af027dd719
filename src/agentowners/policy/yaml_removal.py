"""Edits that take one thing out of a YAML text and leave everything else."""

from __future__ import annotations

import re
from typing import Final

from agentowners.diagnostics import Span
from agentowners.yamltext.compose import Mapping, Node, Scalar, Sequence
from agentowners.yamltext.tokens import Point, is_alias
from agentowners.yamltext.tree import YamlTree

_NOTHING_MORE: Final = re.compile(r"[ \t]*(#.*)?")


class Removals:
    """Answers for one policy. None, everywhere, is what cannot be taken out by itself."""

    def __init__(self, tree: YamlTree) -> None:
        self._tree = tree
        self._tokens = tree.tokens

    def statement(self, section: str, index: int) -> Span | None:
        """An item of a section; the whole section where it has no other, since an empty one is an error."""
        place = _field(self._tree.root, section)
        node = self._tree.root.pairs[place][1]
        if isinstance(node, Sequence) and len(node.items) > 1:
            return self._item(node, index)
        if isinstance(node, Mapping) and len(node.pairs) > 1:
            return self._pair(node, index)
        return self._pair(self._tree.root, place)

    def pattern(self, rule: Mapping, index: int) -> Span | None:
        """An item of a rule's ``patterns``; the whole field where it has no other."""
        place = _field(rule, "patterns")
        node = rule.pairs[place][1]
        if rule.anchored or node.anchored or not isinstance(node, Sequence):
            return None
        return self._item(node, index) if len(node.items) > 1 else self._pair(rule, place)

    def _item(self, node: Sequence, index: int) -> Span | None:
        item = node.items[index]
        if self._bears_anchor(item):
            return None
        if node.flow:
            return self._flow(node, (item.line, item.column), item)
        return self._tree.whole_lines(self._tokens.dash_before((item.line, item.column))[0], item.end_line)

    def _pair(self, node: Mapping, index: int) -> Span | None:
        key, value = node.pairs[index]
        if self._bears_anchor(key) or self._bears_anchor(value):
            return None
        start = self._key_point(node, index)
        if node.flow:
            return self._flow(node, start, value)
        if self._tree.line(start[0])[: start[1] - 1].strip(" ") == "":
            return self._tree.whole_lines(start[0], value.end_line)
        # The first field of an item, behind its dash: the next one takes its place.
        after = self._key_point(node, index + 1) if index + 1 < len(node.pairs) else None
        if after is None or any(self._tree.line(number).strip(" \t") for number in range(value.end_line + 1, after[0])):
            return None
        return self._tree.span(*start, *after)

    def _flow(self, collection: Sequence | Mapping, start: Point, last: Node) -> Span | None:
        end = (last.end_line, last.end_column)
        comma = self._tokens.comma_after(end)
        if comma is not None and comma < (collection.end_line, collection.end_column):
            if comma[0] != end[0]:
                return None
            end = (comma[0], comma[1] + 1)
        else:
            before = self._tokens.comma_before(start)
            if before is not None and before[0] == start[0] and not self._alone(start, end):
                return self._tree.span(*before, *end)
        if self._alone(start, end):
            return self._tree.whole_lines(start[0], end[0])
        rest = self._tree.line(end[0])[end[1] - 1 :]
        blanks = len(rest) - len(rest.lstrip(" \t"))
        return self._tree.span(*start, end[0], end[1] if rest[blanks:].startswith("#") else end[1] + blanks)

    def _alone(self, start: Point, end: Point) -> bool:
        before = self._tree.line(start[0])[: start[1] - 1]
        return before.strip(" \t") == "" and _NOTHING_MORE.fullmatch(self._tree.line(end[0]), end[1] - 1) is not None

    def _key_point(self, node: Mapping, index: int) -> Point:
        key = node.pairs[index][0]
        return self._tokens.key_at((key.line, key.column))

    def _bears_anchor(self, node: Node) -> bool:
        """True if what stands there bears an anchor; an alias may go, and what it stands for stays."""
        if node.anchored:
            return not is_alias(self._tree.lines, node)
        if isinstance(node, Sequence):
            return any(map(self._bears_anchor, node.items))
        return isinstance(node, Mapping) and any(self._bears_anchor(part) for pair in node.pairs for part in pair)


def _field(node: Mapping, name: str) -> int:
    return next(index for index, (key, _) in enumerate(node.pairs) if isinstance(key, Scalar) and key.text == name)
