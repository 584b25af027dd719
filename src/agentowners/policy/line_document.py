"""A file in the line syntax becomes a document."""

from __future__ import annotations

from collections import defaultdict

from agentowners.policy.document import Document, Item, Statement, tidy
from agentowners.policy.line_tree import LineTree
from agentowners.policy.model import AgentEntry, Assertion, Default, Layer, ModeLine, Rule, Unprotect


def read_document(tree: LineTree, layer: Layer) -> Document:
    """Comments of a tree, put to the statements of the layer that was read from it."""
    said = _by_line(layer)
    document = Document()
    above: list[str] = []
    for line in tree:
        comment = "" if line.comment is None else line.comment.text.rstrip(" \t")
        if not line.tokens:
            above.append(comment)
            continue
        statement = said.get(line.number, layer.dispatch if line.tokens[0].text == "dispatch" else layer.approvals)
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
    found: dict[int, Statement] = {one.span.line: one for one in statements if one.span is not None}
    defaults: defaultdict[int, list[Default]] = defaultdict(list)
    for default in layer.defaults:
        if default.span is not None:
            defaults[default.span.line].append(default)
    return found | {line: tuple(group) for line, group in defaults.items()}
