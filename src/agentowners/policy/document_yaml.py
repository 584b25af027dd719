"""Between a document and a tree: what one syntax says becomes what the other says, comments and all.

In lines a file's statements stand in any order; in YAML each kind has its section. What heads a file, set off by a blank line,
stands above everything else in either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.policy.document import Document, Item, Statement, tidy
from agentowners.policy.model import Layer, Rule, Unprotect
from agentowners.policy.yaml_printer import SECTIONS, VERSION, parts_of, section_of
from agentowners.policy.yaml_tree import Part, Tree

_EDITORS: Final = "# yaml-language-server:"
"""How a file tells an editor its schema; it has to be the first line."""


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
        if key == "approvals":
            section.above += above
            section.beside = item.beside
            section.scalar = "" if parts else "{}"
        else:
            parts[0].above = above
            parts[0].beside = item.beside
        section.parts += parts
    ordered = [sections[key] for key in SECTIONS if key in sections]
    return Tree([Part(VERSION, "1", above=first[:head]), *ordered], document.below if document.items else [])


def from_tree(tree: Tree, layer: Layer) -> Document:
    """The document that a tree is, whose statements are those of the layer that was read from the same text."""
    document = Document()
    above: list[str] = []
    for section in tree.sections:
        above += section.above
        statements = list(_statements(section.key, layer))
        if section.key == "approvals":
            document.items.append(Item(layer.approvals, tidy([*above, *_inside(section)]), section.beside))
            above = list(section.below)
            continue
        above += [section.beside] if section.beside else []
        if section.key == VERSION and any(above):
            above.append("")
        for statement, part in zip(statements, section.parts, strict=False):
            above += part.above
            beside = _takes_beside(statement) and (part.beside or (part.parts[0].beside if not part.key and part.parts else ""))
            inside = list(_inside(part))
            if part.beside:
                inside.insert(0, part.beside)
            if beside:
                inside.remove(beside)
            document.items.append(Item(statement, tidy([*above, *inside]), beside or ""))
            above = []
        above += section.below
    document.below = tidy([*above, *tree.below])
    return document


def _head(above: list[str], *, everything: bool) -> int:
    """How many of the lines above the first statement are about the whole file."""
    if everything:
        return len(above)
    blanks = [index for index, line in enumerate(above) if line == "" and index > 0]
    if blanks:
        return blanks[-1]
    return int(above[:1] != [] and above[0].startswith(_EDITORS))


def _statements(key: str, layer: Layer) -> Iterator[Statement]:
    match key:
        case "rules":
            yield from layer.rules
        case "modes":
            yield from layer.modes
        case "unprotect":
            yield from layer.unprotects
        case "agents":
            yield from layer.agents
        case "defaults":
            yield from ((default,) for default in layer.defaults)
        case _:
            pass


def _takes_beside(statement: Statement) -> bool:
    """Whether a comment may stand at the end of its line; for the others it would be a reason."""
    return not isinstance(statement, Rule | Unprotect)


def _inside(part: Part) -> Iterator[str]:
    """The comments below a part, in order."""
    for one in part.parts:
        yield from filter(None, one.above)
        if one.beside:
            yield one.beside
        yield from _inside(one)
