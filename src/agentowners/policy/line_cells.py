"""Cells of a statement, cut into the columns of its line."""

from __future__ import annotations

import re
from typing import Final, assert_never

from agentowners.diagnostics import Span
from agentowners.policy.agent_names import SIGNALS
from agentowners.policy.conversion import ConversionRefused, refuse_if
from agentowners.policy.document import Item, Statement
from agentowners.policy.model import (
    AgentEntry,
    AgentGroup,
    ApprovalSettings,
    Assertion,
    DispatchSettings,
    Mode,
    ModeLine,
    Rule,
    Unprotect,
)
from agentowners.policy.statement_text import (
    attribute_tokens,
    bound_tokens,
    decision_token,
    first_token,
    pattern_tokens,
    value_token,
)
from agentowners.policy.words import settings_said
from agentowners.text.wording import quote

_NOT_IN_LINES: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")
_NAMES: Final = {Rule: "rule", ModeLine: "mode", Unprotect: "`unprotect`", Assertion: "`assert`"}

Cells = tuple[tuple[str, ...], int]
"""The cells of a line, and how many of them are of a kind that other lines have too, so that they line up."""


def cells(statement: Statement) -> Cells:
    """The statement's cells, without its comment.

    Raises:
        ConversionRefused: it says something that has no line form.
    """
    texts, aligned = _cells(statement)
    refuse_if(_NOT_IN_LINES.search("".join(texts)), _statement_name(statement), "the line syntax", _span_of(statement))
    return texts, aligned


def comment(item: Item) -> str:
    """Comment at the end of the statement's line: its reason, where it is of a kind that has one.

    Raises:
        ConversionRefused: the reason has no line form.
    """
    statement = item.statement
    if not isinstance(statement, Rule | Unprotect | Assertion):
        return item.beside
    if statement.reason is None:
        return ""
    what = f"the reason of {_statement_name(statement)}"
    refuse_if(_NOT_IN_LINES.search(statement.reason), what, "the line syntax", statement.span)
    if statement.reason != statement.reason.strip(" \t"):
        message = f"{what} begins or ends with a blank, which has no line form"
        raise ConversionRefused(message, help="take the blank away", span=statement.span)
    return f"# {statement.reason}"


def _cells(statement: Statement) -> Cells:
    match statement:
        case Rule():
            return _rule_cells(statement)
        case ModeLine():
            return _mode(statement)
        case Unprotect():
            return (_words("unprotect", *pattern_tokens(statement.patterns)), _words(*map(str, statement.principals))), 2
        case Assertion():
            (subject, principals, *tail), aligned = _rule_cells(statement.claim)
            decision = _words(*bound_tokens(statement), tail[0])
            return (f"assert {subject}", principals, decision, *tail[1:]), aligned
        case AgentEntry():
            return _agent(statement)
        case ApprovalSettings():
            settings = [f"{key}={value}" for key, value in settings_said(statement).items()]
            return (_words("approvals", *settings, *(f"reviewer={id}" for id in statement.reviewers)),), 0
        case DispatchSettings():
            if statement.tools:
                message = "`dispatch` says what tools do, which has no line form"
                raise ConversionRefused(message, help="keep this policy in YAML")
            return (_words("dispatch", *(f"{key}={value}" for key, value in settings_said(statement).items())),), 0
        case tuple():
            principals = _words(*(str(default.principal) for default in statement))
            outcome = statement[0].outcome
            return _filled("default", principals, decision_token(outcome), _words(*map(str, outcome.approvers))), 3
        case _:
            assert_never(statement)


def _rule_cells(rule: Rule) -> Cells:
    paths, refs = pattern_tokens(rule.patterns), pattern_tokens(rule.refs)
    if not paths and not refs:
        paths = ["**"]
    first, *others = paths or refs
    about = [first_token(first), *others]
    subject = "  ".join(_words(*group) for group in ((about, refs) if paths else (about,)) if group)
    tail = _words(*map(str, rule.outcome.approvers), *attribute_tokens(rule))
    return _filled(subject, _words(*map(str, rule.principals)), decision_token(rule.outcome), tail), 3


def _mode(mode: ModeLine) -> Cells:
    is_approved = mode.mode is Mode.APPROVED_ONLINE
    if is_approved and mode.workspace:
        raise ConversionRefused(
            f"mode {quote(mode.id)} has a `workspace`, and the patterns of an `{mode.mode.value}` line are those approved",
            help="keep this policy in YAML, or write the mode's rules out",
            span=mode.span,
        )
    patterns = pattern_tokens(mode.approved if is_approved else mode.workspace)
    return _filled(f"mode {mode.mode.value}", _words(*map(str, mode.principals)), _words(*patterns)), 2


def _agent(agent: AgentEntry) -> Cells:
    if agent.oidc:
        message = f"agent {quote(agent.name)} has OIDC claims, which have no line form"
        raise ConversionRefused(message, help="keep this policy in YAML", span=agent.span)
    tokens = [f"{key}={value_token(str(value))}" for key, (field, _) in SIGNALS.items() for value in getattr(agent, field)]
    if agent.group is not AgentGroup.AGENTS or not tokens:
        tokens.append(f"group={agent.group.value}")
    return (f"agent {agent.name}", _words(*tokens)), 1


def _statement_name(statement: Statement) -> str:
    if isinstance(statement, Rule | ModeLine | Unprotect | Assertion):
        return f"{_NAMES[type(statement)]} {quote(statement.id)}"
    return "a statement"


def _span_of(statement: Statement) -> Span | None:
    if isinstance(statement, ApprovalSettings | DispatchSettings):
        return None
    return statement[0].span if isinstance(statement, tuple) else statement.span


def _words(*tokens: str) -> str:
    return " ".join(tokens)


def _filled(*cells: str) -> tuple[str, ...]:
    """The cells less those at the end that hold nothing."""
    last = max(index for index, cell in enumerate(cells) if cell)
    return cells[: last + 1]
