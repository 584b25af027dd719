"""The grammar of a line, written once: which token is which part of its statement.

Readers judge the parts and note errors, ``Places`` says where they stand; both cut a line here. A wrong line is cut too, each
token going to the part in whose place it stands.

    statement = rule | default | mode | unprotect | agent | approvals | dispatch | assert
    rule      = pattern+ clause
    default   = "default" clause
    mode      = "mode" name principal+ pattern*
    unprotect = "unprotect" pattern+ principal+
    agent     = "agent" name attribute+
    approvals = "approvals" attribute*
    dispatch  = "dispatch" attribute*
    assert    = "assert" pattern+ principal+ ["at-least" | "at-most"] decision (approver | attribute)*
    clause    = principal+ decision (approver | attribute)*
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from agentowners.policy.line_tokens import Token, is_positive, is_principal
from agentowners.policy.words import BOUNDS, DECISIONS

DECISION: Final = re.compile(r"(allow|require_approval|block)(?:(\()(.*?)(\)?))?", re.DOTALL)
"""A decision, with a number that need not be one, in parentheses that need not be closed."""
_LIKE_A_DECISION: Final = re.compile(r"[A-Za-z_-]+(\(.*)?|(allow|require_approval|block)[;:,#].*", re.DOTALL)

Tokens = Sequence[Token]


class LineParts(Struct, frozen=True):
    """Tokens of one statement, without its keyword and its comment."""

    patterns: Tokens = ()
    principals: Tokens = ()
    """Before the decision; in a wrong line anything may be among them."""
    bound: Token | None = None
    decision: Token | None = None
    """The first word that is one, else the first that looks like an attempt at one."""
    tail: Tokens = ()
    """Approvers and attributes."""
    name: Token | None = None


def line_parts(tokens: Tokens) -> LineParts:
    """Cut a line of at least one token."""
    keyword, *rest = tokens
    match keyword.text:
        case "default":
            return _clause((), rest)
        case "mode":
            name = rest.pop(0) if rest and not is_positive(rest[0]) else None
            split = _first(rest, lambda token: not is_positive(token))
            return LineParts(rest[split:], rest[:split], name=name)
        case "unprotect":
            split = _first(rest, is_positive)
            return LineParts(rest[:split], rest[split:])
        case "agent":
            return LineParts(name=rest[0] if rest else None, tail=rest[1:])
        case "approvals" | "dispatch":
            return LineParts(tail=rest)
        case "assert":
            split = _end_of_patterns(rest)
            patterns, clause = rest[:split], rest[split:]
            at = _first(clause, lambda token: not is_principal(token))
            bound = clause.pop(at) if at < len(clause) and clause[at].text in BOUNDS else None
            return _clause(patterns, clause, bound)
        case _:
            split = _end_of_patterns(tokens)
            return _clause(tokens[:split], tokens[split:])


def _clause(patterns: Tokens, tokens: Tokens, bound: Token | None = None) -> LineParts:
    at = _first(tokens, lambda token: DECISION.fullmatch(token.text) is not None)
    if at == len(tokens):
        at = _first(tokens, lambda token: _LIKE_A_DECISION.fullmatch(token.text) is not None)
    decision = tokens[at] if at < len(tokens) else None
    return LineParts(patterns, tokens[:at], bound, decision, tokens[at + 1 :])


def _end_of_patterns(tokens: Tokens) -> int:
    """Index at which the principals begin; where there are none, at the first word that looks like the decision."""
    split = _first(tokens, is_positive)
    if split < len(tokens):
        return split
    return next((at for at, token in enumerate(tokens) if at and token.text.partition("(")[0] in DECISIONS), len(tokens))


def _first(tokens: Tokens, fits: Callable[[Token], bool]) -> int:
    """Index of the first token that fits; their number where none does."""
    return next((index for index, token in enumerate(tokens) if fits(token)), len(tokens))
