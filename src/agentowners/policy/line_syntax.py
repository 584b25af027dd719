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
            if not cut.tokens or cut.number in text.bad_lines:
                continue
            line = LineReader(draft, cut)
            if line.has_unseen():
                continue
            directive = DIRECTIVES.get(cut.tokens[0].text)
            if not draft.has_room(line.whole, of_rule=directive is None):
                break
            (directive or read_rule)(line)
    return draft.finish(tree)
