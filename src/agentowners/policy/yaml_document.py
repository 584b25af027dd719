"""A file in YAML becomes a tree in canonical form, each comment at the part that it is about.

A comment on a line of its own is about what follows it; one behind something is about that. Nothing is left out: where two
comments would stand beside one part, the second stands above it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import Final

from msgspec import Struct, field

from agentowners.policy.agent_names import agent_name
from agentowners.policy.document import tidy
from agentowners.policy.patterns import Approver, PathPattern, PrincipalPattern, RefPattern
from agentowners.policy.words import ACTIONS, DISPATCH_SETTINGS
from agentowners.policy.words import SETTINGS as APPROVAL_SETTINGS
from agentowners.policy.yaml_dispatch import DISPATCH_KEYS, TOOL_KEYS
from agentowners.policy.yaml_oidc import OIDC_KEYS
from agentowners.policy.yaml_printer import BARE, SETTINGS, VERSION
from agentowners.policy.yaml_rules import ASSERT_KEYS, OUTCOME_KEYS, RULE_KEYS
from agentowners.policy.yaml_sections import AGENT_KEYS, APPROVALS_KEYS, MODE_KEYS, UNPROTECT_KEYS
from agentowners.policy.yaml_tree import Part, Tree, has_comments, quoted
from agentowners.yamltext.compose import Mapping, Node, Scalar, Sequence
from agentowners.yamltext.tokens import Comment, Point, is_alias
from agentowners.yamltext.tree import YamlTree

_ORDER: Final = {
    "rules": RULE_KEYS,
    "asserts": ASSERT_KEYS,
    "modes": MODE_KEYS,
    "unprotect": UNPROTECT_KEYS,
    "defaults": OUTCOME_KEYS,
    "agents": AGENT_KEYS,
    "approvals": APPROVALS_KEYS,
    "oidc": OIDC_KEYS,
    "dispatch": DISPATCH_KEYS,
    "tools": TOOL_KEYS,
}
"""The order of keys in each section's statements."""

_SPELLINGS: Final = {"agents": "principals"}
"""Keys of statements that have another name, by which they are printed."""


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "patterns": PathPattern.parse,
    "workspace": PathPattern.parse,
    "approved": PathPattern.parse,
    "refs": RefPattern.parse,
    "principals": PrincipalPattern.parse_in_rule,
    "approvers": Approver.parse,
    "defaults": PrincipalPattern.parse,
    "agents": agent_name,
}
"""Readers that make a text under a key canonical; of the last two, a key of that section."""


def _form(key: str, text: str) -> str:
    """Form of a text under a key: bare words and numbers as they are, all else in double quotes."""
    if key in APPROVAL_SETTINGS or key in DISPATCH_SETTINGS:
        return text.lower()
    return text if key in BARE else quoted(str(_READERS.get(key, str)(text)))


def read_tree(written: YamlTree) -> Tree:
    """The canonical form of what was read without errors; aliases are written out."""
    reader = _Reader(written)
    tree = Tree(reader.sections(written.root))
    tree.below = reader.place_comments()
    for section in tree.sections:
        _finish(section)
    return tree


class _Place(Struct):
    """A part that comments can be about, with its extent in the text."""

    part: Part
    start: Point
    end: Point
    parent: _Place | None
    is_flow: bool
    first_line: int = 0
    """Line at which it begins, its dash included; 0 for a part whose blank lines are not kept."""
    is_leaf: bool = True
    above: list[tuple[int, str]] = field(default_factory=list)
    """Comments with the lines they stand on."""
    below: list[tuple[int, str]] = field(default_factory=list)
    """Comments behind a section's last statement."""


class _Reader:
    def __init__(self, written: YamlTree) -> None:
        self._lines = written.lines
        self._tokens = written.tokens
        self._places: list[_Place] = []
        self._root = _Place(Part(), (1, 1), (1, 1), None, False)

    def sections(self, root: Mapping) -> list[Part]:
        return [self._section(key.text, key, value) for key, value in _pairs(root)]

    def _section(self, name: str, key: Node, value: Node) -> Part:
        part = Part(name, tall=True)
        inside = self._add(part, key, value, self._root, key.line)
        match value:
            case Scalar():
                part.scalar = _form(name, value.text)
            case Sequence():
                part.parts = [self._item(name, item, inside) for item in value.items]
            case Mapping() if name in SETTINGS:
                part.parts = self._fields(name, value, inside)
            case Mapping():
                part.parts = [self._entry(name, key, value, inside) for key, value in _pairs(value)]
            case _:
                pass
        if not part.parts and not part.scalar:
            part.scalar = "{}"
        return part

    def _item(self, section: str, item: Node, parent: _Place | None) -> Part:
        part = Part(tall=True)
        start = (item.line, item.column)
        dash = parent is not None and not parent.is_flow
        inside = self._add(part, item, item, parent, self._tokens.dash_before(start)[0] if dash else item.line)
        part.parts = self._fields(section, item, inside)
        return part

    def _entry(self, section: str, key: Scalar, value: Node, parent: _Place | None) -> Part:
        part = Part(_form(section, key.text), tall=section != "defaults")
        inside = self._add(part, key, value, parent, key.line)
        if isinstance(value, Scalar):
            part.scalar = _form("decision", value.text)
        else:
            part.parts = self._fields(section, value, inside)
        return part

    def _fields(self, section: str, node: Node, parent: _Place | None) -> list[Part]:
        order = _ORDER[section]
        fields = [self._field(key, value, parent) for key, value in _pairs(node)]
        return sorted(fields, key=lambda part: order.index(part.key))

    def _field(self, key: Scalar, value: Node, parent: _Place | None) -> Part:
        name = _SPELLINGS.get(key.text, key.text)
        part = Part(name, tall=name in ("oidc", "tools"))
        inside = self._add(part, key, value, parent)
        if isinstance(value, Scalar):
            part.scalar = _form(name, value.text)
        elif isinstance(value, Sequence):
            part.parts = [self._value(name, item, inside) for item in value.items]
            part.scalar = "" if value.items else "[]"
            if name == "actions":
                part.parts.sort(key=lambda action: list(ACTIONS).index(action.scalar))
        elif name == "tools":
            part.parts = [self._entry(name, key, value, inside) for key, value in _pairs(value)]
        else:  # claims
            part.parts = [Part(quoted(k.text), quoted(v.text)) for k, v in _pairs(value) if isinstance(v, Scalar)]
        return part

    def _value(self, key: str, item: Node, parent: _Place | None) -> Part:
        part = Part()
        self._add(part, item, item, parent)
        if isinstance(item, Scalar):
            part.scalar = _form(key, item.text)
        else:
            part.parts = self._fields(key, item, None)
        return part

    def _add(self, part: Part, first: Node, last: Node, parent: _Place | None, first_line: int = 0) -> _Place | None:
        """Make a part one that comments can be about; returned as the parent of those inside, if comments can stand there.

        On a single line there is room for one comment, at its end; and what an alias stands for is written elsewhere.
        """
        if parent is None:
            return None
        is_flow = isinstance(last, Sequence | Mapping) and last.flow
        place = _Place(part, (first.line, first.column), (last.end_line, last.end_column), parent, is_flow, first_line)
        self._places.append(place)
        parent.is_leaf = False
        return None if first.line == last.end_line or is_alias(self._lines, last) else place

    def place_comments(self) -> list[str]:
        """Put every comment to its part; those that no part follows are returned."""
        starts = [place.start for place in self._places]
        below: list[tuple[int, str]] = []
        for comment in self._tokens.comments:
            number = bisect_left(starts, comment.at)
            before = self._places[number - 1] if number else None
            if comment.own_line or before is None:
                self._put_above(comment, before, number, below)
            else:
                _put_beside(comment, before)
        for place in self._places:
            place.part.above = self._above(place.above, place.first_line)
            place.part.below = self._among_blanks(place.below)
        return self._among_blanks(below)

    def _put_above(self, comment: Comment, before: _Place | None, number: int, end: list[tuple[int, str]]) -> None:
        after = self._places[number] if number < len(self._places) else None
        comments = end if after is None else after.above
        if before is not None and before.is_leaf and comment.at < before.end:
            comments = before.above
        elif before is not None and (after is None or after.parent is self._root) and comment.at[1] > 1 and not comments:
            section = self._section_of(before)
            comments = section.below if section.part.parts else comments
        comments.append((comment.at[0], comment.text))

    def _section_of(self, place: _Place) -> _Place:
        while place.parent is not None and place.parent is not self._root:
            place = place.parent
        return place

    def _above(self, comments: list[tuple[int, str]], first_line: int) -> list[str]:
        """The comments above a part, and blank lines among them where there are any and they are kept."""
        if not first_line:
            return [text for _, text in comments]
        lines = self._among_blanks(comments)
        if self._is_blank(first_line - 1) and not (comments and comments[-1][0] >= first_line):
            lines.append("")
        return tidy(lines)

    def _among_blanks(self, comments: list[tuple[int, str]]) -> list[str]:
        return tidy(line for number, text in comments for line in (["", text] if self._is_blank(number - 1) else [text]))

    def _is_blank(self, number: int) -> bool:
        return number > 0 and not self._lines[number - 1].strip(" \t")


def _pairs(node: Node) -> list[tuple[Scalar, Node]]:
    """A mapping's keys and values; none of anything else."""
    return [(key, value) for key, value in node.pairs if isinstance(key, Scalar)] if isinstance(node, Mapping) else []


def _put_beside(comment: Comment, place: _Place) -> None:
    # Behind the bracket that closes a list, a comment is about the list and not about its last item.
    while place.parent is not None and place.parent.is_flow and place.parent.end <= comment.at:
        place = place.parent
    if place.part.beside:
        place.above.append((0, comment.text))
    elif comment.text != "#":
        place.part.beside = comment.text


def _finish(section: Part) -> None:
    """Errors found only when the comments are in their places."""
    if section.key not in (VERSION, *SETTINGS):
        for first in section.parts[:1]:
            first.above = first.above[first.above[:1] == [""] :]
    if section.key == "defaults":
        for default in section.parts:
            only = default.parts[0] if len(default.parts) == 1 else None
            if only is not None and not has_comments(only):
                default.scalar, default.parts = only.scalar, []
