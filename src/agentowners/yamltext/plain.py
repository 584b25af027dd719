"""YAML as plain data, for files of others, of which nothing is complained about."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeAlias

from agentowners.diagnostics import Source
from agentowners.text.problems import Problems, TooManyErrors
from agentowners.text.source import YAML_REFUSES, read_source
from agentowners.yamltext.compose import Mapping, Node, Scalar, Sequence, compose

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"


def read_plain(source: Source) -> Plain | None:
    """The document, every scalar the text that it is, so that ``on`` is no truth value; None where it is not understood whole.

    Of a key that is written twice the last value stands.
    """
    text = read_source(source, YAML_REFUSES)
    problems = Problems(source, text)
    root = None
    with suppress(TooManyErrors):
        root = None if text.diagnostics else compose(problems, may_unfold=True)
    data = None if root is None else _plain(root, {}, problems)
    return None if problems.errors else data


def _plain(node: Node, memo: dict[int, Plain], problems: Problems) -> Plain:
    """A node's data, the same object for the same collection: aliases unfold nothing. No node is deeper than ``MAX_DEPTH``."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        if id(node.items) not in memo:
            memo[id(node.items)] = [_plain(item, memo, problems) for item in node.items]
        return memo[id(node.items)]
    fields: dict[str, Plain] = {}
    if isinstance(node, Mapping) and id(node.pairs) in memo:
        return memo[id(node.pairs)]
    if isinstance(node, Mapping):
        memo[id(node.pairs)] = fields
        for key, value in node.pairs:
            if isinstance(key, Scalar):
                fields[key.text] = _plain(value, memo, problems)
            else:
                place = problems.span(key.line, key.column, key.end_line, key.end_column)
                problems.error("wrong-type", "a key must be a string", place)
    return fields
