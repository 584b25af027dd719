"""A file in the line syntax becomes a document."""

from __future__ import annotations

from collections import defaultdict

from agentowners.diagnostics import Source
from agentowners.policy.document import Document, Item, Statement, tidy
from agentowners.policy.draft import Draft
from agentowners.policy.line_tokens import Line
from agentowners.policy.model import AgentEntry, Assertion, Default, Layer, ModeLine, Rule, Unprotect
from agentowners.text.source import LINE_REFUSES, read_source


def read_document(source: Source, layer: Layer) -> Document:
    """Comments of a source, put to the statements of the layer that was read from it."""
    text = read_source(source, LINE_REFUSES)
    draft = Draft(source, text)
    said = _by_line(layer)
    document = Document()
    above: list[str] = []
    for number, content in enumerate(text.lines, start=1):
        stripped = content.strip(" \t")
        if stripped == "" or stripped.startswith("#"):
            above.append(stripped)
            continue
        statement = said.get(number, layer.dispatch if stripped.startswith("dispatch") else layer.approvals)
        has_reason = isinstance(statement, Rule | Unprotect | Assertion)
        beside = "" if has_reason else content[Line(draft, number, content).tokens[-1].end :].strip(" \t")
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
