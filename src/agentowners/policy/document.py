"""A policy with everything that its authors wrote beside it: the form between the two syntaxes, and what lines are laid out from.

A comment keeps its hash. Among the lines above something, an empty one stands for a blank line; there are never two in a row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct, field

from agentowners.policy.line_tree import LineTree
from agentowners.policy.model import (
    AgentEntry,
    ApprovalSettings,
    Assertion,
    Default,
    DispatchSettings,
    Layer,
    ModeLine,
    Rule,
    Unprotect,
)
from agentowners.policy.modes import place

Statement = Rule | ModeLine | Unprotect | Assertion | AgentEntry | ApprovalSettings | DispatchSettings | tuple[Default, ...]
"""Statements of one line: defaults that were written together are one."""


class Item(Struct):
    """A statement with its comments."""

    statement: Statement
    above: list[str] = field(default_factory=list)
    beside: str = ""
    """The comment at its end; of a rule, of ``unprotect`` and of ``assert`` that is the reason, which they hold themselves."""


class Document(Struct):
    """A file: its statements in order, and what stands below the last."""

    items: list[Item] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


def document_of(layer: Layer) -> Document:
    """A layer as a document without comments; rules and modes are in file order."""
    settings = [each for each in (layer.approvals, layer.dispatch) if each != type(each)()]
    defaults = [(default,) for default in layer.defaults]
    in_order: list[Rule | ModeLine] = sorted([*layer.rules, *layer.modes], key=place)
    statements: list[Statement] = [*settings, *layer.agents, *defaults, *layer.unprotects, *layer.asserts, *in_order]
    return Document([Item(statement) for statement in statements])


def read_document(tree: LineTree, layer: Layer) -> Document:
    """Comments of a tree, put to the statements of the layer that was read from it."""
    statements_by_line = _by_line(layer)
    document = Document()
    above: list[str] = []
    for line in tree:
        comment = "" if line.comment is None else line.comment.text.rstrip(" \t")
        if not line.tokens:
            above.append(comment)
            continue
        statement = statements_by_line.get(line.number, layer.dispatch if line.tokens[0].text == "dispatch" else layer.approvals)
        beside = "" if isinstance(statement, Rule | Unprotect | Assertion) else comment
        document.items.append(Item(statement, tidy(above), "" if beside == "#" else beside))
        above = []
    document.below = tidy(above)
    return document


def _by_line(layer: Layer) -> dict[int, Statement]:
    """The statements by the line they stand on; ``approvals`` and ``dispatch``, of which there is one each at most, have no
    place."""
    statements: list[Rule | ModeLine | Unprotect | Assertion | AgentEntry] = [*layer.rules, *layer.modes, *layer.unprotects]
    statements += [*layer.asserts, *layer.agents]
    by_line: dict[int, Statement] = {statement.span.line: statement for statement in statements if statement.span is not None}
    defaults: defaultdict[int, list[Default]] = defaultdict(list)
    for default in layer.defaults:
        if default.span is not None:
            defaults[default.span.line].append(default)
    return by_line | {line: tuple(group) for line, group in defaults.items()}


def tidy(lines: Iterable[str]) -> list[str]:
    """The lines with runs of blank ones made one."""
    tidy_lines: list[str] = []
    for line in lines:
        if line or not tidy_lines or tidy_lines[-1]:
            tidy_lines.append(line)
    return tidy_lines


def trimmed(lines: Iterable[str]) -> list[str]:
    """The lines, tidy, with no blank one at either end."""
    tidy_lines = tidy(lines)
    return tidy_lines[tidy_lines[:1] == [""] : len(tidy_lines) - (tidy_lines[-1:] == [""])] if tidy_lines != [""] else []
