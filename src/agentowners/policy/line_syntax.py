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
from agentowners.policy.line_parts import line_parts
from agentowners.policy.line_tokens import Line, Token, is_principal
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
    with suppress(TooManyErrors):
        for number, content in enumerate(text.lines, start=1):
            if number in text.bad_lines:
                continue
            line = Line(draft, number, content)
            if line.has_unseen():
                continue
            if line.tokens and not _read_statement(line):
                break
    return draft.finish()


def _read_statement(line: Line) -> bool:
    """``statement = rule | default | mode | unprotect | agent | approvals | dispatch | assert``; False past the most."""
    directive = _DIRECTIVES.get(line.tokens[0].text)
    if directive is None:
        room = line.draft.room_for_rule(line.whole)
        if room:
            _read_rule(line)
    else:
        room = line.draft.room_for_other(line.whole)
        if room:
            directive(line)
    return room


def _read_rule(line: Line) -> None:
    """``rule = pattern+ principal+ decision (approver | attribute)* [comment]``."""
    draft = line.draft
    errors = draft.errors
    parts = line_parts(line.tokens)
    if not parts.patterns and not _has_late_pattern(line.tokens):
        draft.error("no-pattern", "rule without a pattern", line.whole, "write `**` for every path")
    patterns, refs = read_patterns(line, parts.patterns)
    clause = read_clause(line, parts, "rule")
    if draft.errors == errors and clause.outcome is not None:
        draft.add_rule(clause.rule(line, patterns, refs, clause.outcome))


def _has_late_pattern(tokens: list[Token]) -> bool:
    """True if a pattern stands behind a principal: that is an error of its own, and then there is a pattern."""
    return any(not is_principal(token) and ("/" in token.text or "." in token.text or "*" in token.text) for token in tokens)
