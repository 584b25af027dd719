"""The line syntax: ``AGENTOWNERS`` text becomes a layer (section 2 of the policy reference)."""

from __future__ import annotations

from contextlib import suppress

from agentowners.diagnostics import Diagnostic, Source
from agentowners.policy.draft import Draft
from agentowners.policy.line_clauses import read_clause, read_patterns
from agentowners.policy.line_directives import (
    read_agent,
    read_approvals,
    read_assert,
    read_default,
    read_dispatch,
    read_mode,
    read_unprotect,
)
from agentowners.policy.line_reader import LineReader
from agentowners.policy.line_tree import LineTree, Token, is_principal
from agentowners.policy.model import Layer
from agentowners.text.problems import TooManyErrors
from agentowners.text.source import LINE_REFUSES, read_source

_DIRECTIVES = {
    "default": read_default,
    "mode": read_mode,
    "unprotect": read_unprotect,
    "agent": read_agent,
    "approvals": read_approvals,
    "dispatch": read_dispatch,
    "assert": read_assert,
}


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
    directive = _DIRECTIVES.get(line.tokens[0].text)
    room = line.draft.room_for_rule(line.whole) if directive is None else line.draft.room_for_other(line.whole)
    if room:
        (directive or _read_rule)(line)
    return room


def _read_rule(line: LineReader) -> None:
    """``rule = pattern+ principal+ decision (approver | attribute)* [comment]``."""
    tokens = line.parts.patterns
    if not tokens and not _has_late_pattern(line.tokens):
        line.error("no-pattern", "rule without a pattern", help="write `**` for every path")
    patterns, refs = read_patterns(line, tokens)
    clause = read_clause(line, "rule")
    if line.right and clause.outcome is not None:
        line.draft.add_rule(clause.rule(line, patterns, refs, clause.outcome))


def _has_late_pattern(tokens: list[Token]) -> bool:
    """True if a pattern stands behind a principal: that is an error of its own, and then there is a pattern."""
    return any(not is_principal(token) and ("/" in token.text or "." in token.text or "*" in token.text) for token in tokens)
