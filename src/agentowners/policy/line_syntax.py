"""The line syntax: ``AGENTOWNERS`` text becomes a layer (section 2 of the policy reference)."""

from __future__ import annotations

from contextlib import suppress

from agentowners.diagnostics import Diagnostic, Source
from agentowners.policy.draft import Draft
from agentowners.policy.line_directives import DIRECTIVES, read_rule
from agentowners.policy.line_reader import LineReader
from agentowners.policy.line_tree import LineTree
from agentowners.policy.model import Layer
from agentowners.text.problems import TooManyErrors
from agentowners.text.source import LINE_REFUSES, read_source


def parse_lines(source: Source) -> tuple[Layer, tuple[Diagnostic, ...]]:
    """Read a whole file.

    Returns the layer and every error of every line; where there is an error the layer is not the policy that was meant,
    and must not be used.
    """
    text = read_source(source, LINE_REFUSES)
    draft = Draft(source, text)
    tree = LineTree(source, text.lines)
    with suppress(TooManyErrors):
        for cut in tree:
            line = LineReader(draft, cut)
            if cut.number in text.bad_lines or line.has_unseen():
                continue
            if cut.tokens and not _read_statement(line):
                break
    return draft.finish(tree)


def _read_statement(line: LineReader) -> bool:
    """``statement = rule | default | mode | unprotect | agent | approvals | dispatch | assert``; False past the most."""
    directive = DIRECTIVES.get(line.tokens[0].text)
    room = line.draft.has_room(line.whole, of_rule=directive is None)
    if room:
        (directive or read_rule)(line)
    return room
