"""A conversion as a policy file, in either syntax, as ``fmt`` writes it."""

from __future__ import annotations

from agentowners.convert.model import Conversion
from agentowners.diagnostics import PolicyError, Source
from agentowners.policy.document import Document, Item
from agentowners.policy.formatting import Syntax, canonical, parse
from agentowners.policy.line_layout import print_lines
from agentowners.text.unseen import visible

_NAME = "AGENTOWNERS"


def policy_text(conversion: Conversion, syntax: Syntax = Syntax.LINE) -> str:
    """The policy, each statement below the place that it came from.

    Raises:
        ConversionRefused: it says something that has no form in the syntax.
        PolicyError: it is larger than a policy may be.
    """
    source = Source(_NAME, print_lines(_document(conversion)).encode())
    layer, diagnostics = parse(source, Syntax.LINE)
    if diagnostics:
        raise PolicyError(diagnostics)
    return canonical(layer, syntax)


def _document(conversion: Conversion) -> Document:
    document = Document()
    above = [*map(_comment, conversion.head), ""]
    for piece in conversion.pieces:
        remarks = (f"  {remark.id}, line {remark.span.line}: {remark.message}" for remark in piece.remarks)
        above += map(_comment, (piece.title, *remarks))
        for statement in piece.statements:
            document.items.append(Item(statement, above))
            above = []
        if piece.statements:
            above = [""]
    document.below = above
    return document


def _comment(text: str) -> str:
    """A comment of the line syntax in which everything can be seen, whatever the original holds."""
    return f"# {visible(text)}"
