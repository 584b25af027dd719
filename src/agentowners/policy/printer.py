"""A policy in canonical text, which the parsers read back as the same policy."""

from __future__ import annotations

from agentowners.policy.conversion import ConversionRefused
from agentowners.policy.model import Layer
from agentowners.policy.statement_text import assert_text, default_text, rule_text, unprotect_text

__all__ = ["ConversionRefused", "assert_text", "default_text", "rule_text", "to_lines", "to_yaml", "unprotect_text"]


def to_yaml(layer: Layer) -> str:
    """A whole layer in the YAML syntax, comments aside.

    Raises:
        ConversionRefused: a pattern holds a byte that is not UTF-8 (none that was read from a policy does).
    """
    # imported here: a verdict shows rules as lines, and most commands print no YAML
    from agentowners.policy import document, document_yaml

    return document_yaml.to_tree(document.document_of(layer)).text()


def to_lines(layer: Layer) -> str:
    """A whole layer in the line syntax, as ``agentowners fmt`` prints it; rules and modes stay in file order.

    Raises:
        ConversionRefused: the layer says something that has no line form.
    """
    from agentowners.policy import document, line_layout

    return line_layout.print_lines(document.document_of(layer))
