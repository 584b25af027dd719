"""Between a document and a tree: what one syntax says becomes what the other says, comments and all.

In lines a file's statements stand in any order; in YAML each kind has its section. What heads a file, set off by a blank line,
stands above everything else in either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agentowners.policy.document import Document, Item, Statement, tidy, trimmed
from agentowners.policy.model import Assertion, Layer, Rule, Unprotect
from agentowners.policy.yaml_printer import SECTIONS, SETTINGS, VERSION, parts_of, section_of
from agentowners.policy.yaml_tree import Part, Tree

_EDITORS: Final = "# yaml-language-server:"
"""Line by which a file tells an editor its schema; it has to be the first."""


def to_tree(document: Document) -> Tree:
    """The document in YAML, its sections in the usual order."""
    first = document.items[0].above if document.items else document.below
    head = _head(first, everything=not document.items)
    sections: dict[str, Part] = {}
    for number, item in enumerate(document.items):
        above = item.above[head:] if number == 0 else item.above
        key = section_of(item.statement)
        parts = parts_of(item.statement)
        section = sections.get(key)
        if section is None:
            section = sections[key] = Part(key, tall=True)
            blank = above[:1] == [""]
            section.above, above = above[:blank], above[blank:]
        if key in SETTINGS:
            section.above += above
            section.beside = item.beside
            section.scalar = "" if parts else "{}"
        else:
            parts[0].above = above
            parts[0].beside = item.beside
        section.parts += parts
    ordered = [sections[key] for key in SECTIONS if key in sections]
    return Tree([Part(VERSION, "1", above=trimmed(first[:head])), *ordered], document.below if document.items else [])


def from_tree(tree: Tree, layer: Layer) -> Document:
    """The document that a tree is, whose statements are those of the layer that was read from the same text."""
    document = Document()
    above: list[str] = []
    for section in tree.sections:
        above += section.above
        if section.key in SETTINGS:
            settings = layer.approvals if section.key == "approvals" else layer.dispatch
            document.items.append(Item(settings, tidy([*above, *_inside(section)]), section.beside))
            above = []
        else:
            above += filter(None, [section.beside])
        if section.key == VERSION and any(above):
            above.append("")
        whole = section.key in SECTIONS[len(SETTINGS) :]
        for statement, part in zip(_statements(section.key, layer), section.parts, strict=whole):
            inside, beside = _comments(part, takes_beside=not isinstance(statement, Rule | Unprotect | Assertion))
            document.items.append(Item(statement, tidy([*above, *part.above, *inside]), beside))
            above = []
        above += section.below
    document.below = tidy([*above, *tree.below])
    return document


def _comments(part: Part, *, takes_beside: bool) -> tuple[list[str], str]:
    """The comments beside a statement and inside it: those that go above its line, and the one that stays beside it.

    Beside a rule nothing can stay, where it would be the reason.
    """
    comments = [*filter(None, [part.beside]), *_inside(part)]
    first_line = part.beside or ("" if part.key else part.parts[0].beside)
    if not takes_beside or not first_line:
        return comments, ""
    comments.remove(first_line)
    return comments, first_line


def _head(above: list[str], *, everything: bool) -> int:
    """Number of lines above the first statement that are about the whole file."""
    if everything:
        return len(above)
    blanks = [index for index, line in enumerate(above) if line == "" and index > 0]
    if blanks:
        return blanks[-1]
    return int(above[:1] != [] and above[0].startswith(_EDITORS))


def _statements(key: str, layer: Layer) -> Sequence[Statement]:
    """The statements of a section that is no setting; none of ``version``."""
    statements: dict[str, Sequence[Statement]] = {
        "rules": layer.rules,
        "modes": layer.modes,
        "unprotect": layer.unprotects,
        "asserts": layer.asserts,
        "agents": layer.agents,
        "defaults": [(default,) for default in layer.defaults],
    }
    return statements.get(key, ())


def _inside(part: Part) -> Iterator[str]:
    """The comments below a part, in order."""
    for child in part.parts:
        yield from filter(None, child.above)
        if child.beside:
            yield child.beside
        yield from _inside(child)
