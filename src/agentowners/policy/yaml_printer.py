"""A policy as canonical YAML: each statement as the part of a tree that it becomes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from agentowners.policy.agent_names import SIGNALS
from agentowners.policy.document import Statement
from agentowners.policy.model import (
    Action,
    AgentEntry,
    AgentGroup,
    ApprovalSettings,
    Assertion,
    Bound,
    Decision,
    Default,
    DispatchSettings,
    ModeLine,
    Outcome,
    Rule,
    Unprotect,
)
from agentowners.policy.words import SECTION_OF, settings_said
from agentowners.policy.yaml_tree import Part, quoted

BARE = frozenset({"version", "actions", "decision", "approvals", "mode", "bound", "group", "algorithms", "ids", "reviewers"})
"""Keys of words and numbers, which stand without quotes, as settings do."""
SETTINGS = ("approvals", "dispatch")
"""Sections that are one statement each."""
SECTIONS = tuple(dict.fromkeys(SECTION_OF.values()))
"""In the order in which they are written where no author has chosen another."""
VERSION = "version"


def section_of(statement: Statement) -> str:
    """The section that a statement stands in."""
    return SECTION_OF[type(statement[0] if isinstance(statement, tuple) else statement)]


def parts_of(statement: Statement) -> list[Part]:
    """Parts of a statement in its section: one part, one for each of several defaults, or for each setting."""
    match statement:
        case Rule():
            return [Part(parts=_rule_parts(statement), tall=True)]
        case ModeLine():
            parts = [Part("mode", statement.mode.value), *_list("principals", statement.principals)]
            parts += [*_list("workspace", statement.workspace), *_list("approved", statement.approved)]
            return [Part(parts=parts, tall=True)]
        case Unprotect():
            parts = [*_list("patterns", statement.patterns), *_list("principals", statement.principals)]
            return [Part(parts=[*parts, *_reason(statement.reason)], tall=True)]
        case Assertion():
            return [Part(parts=_rule_parts(statement.claim, statement.bound), tall=True)]
        case AgentEntry():
            return [Part(quoted(statement.name), parts=_agent(statement), tall=True)]
        case ApprovalSettings():
            parts = [Part(key, value) for key, value in settings_said(statement).items()]
            return [*parts, *_list("reviewers", statement.reviewers)]
        case DispatchSettings():
            parts = [Part(key, value) for key, value in settings_said(statement).items()]
            tools = [
                Part(quoted(tool.pattern), parts=[*_list("actions", tool.actions), *_list("paths", tool.paths)], tall=True)
                for tool in statement.tools
            ]
            return [*parts, *([Part("tools", parts=tools, tall=True)] if tools else [])]
        case tuple():
            return [_default(default) for default in statement]
        case _:
            assert_never(statement)


def _rule_parts(rule: Rule, bound: Bound | None = None) -> list[Part]:
    fields = [] if rule.name is None else [Part("id", quoted(rule.name))]
    fields += _list("patterns", rule.patterns)
    fields += _list("refs", rule.refs)
    fields += _list("principals", rule.principals)
    fields += _list("actions", [action for action in Action if action in rule.actions])
    if bound not in (None, Bound.usual(rule.decision)):
        fields.append(Part("bound", bound.value))
    return [*fields, *_outcome(rule.outcome), *_reason(rule.reason)]


def _default(default: Default) -> Part:
    key, outcome = quoted(str(default.principal)), _outcome(default.outcome)
    return Part(key, outcome[0].scalar) if len(outcome) == 1 else Part(key, parts=outcome)


def _agent(agent: AgentEntry) -> list[Part]:
    fields = [part for field, _ in SIGNALS.values() for part in _list(field, getattr(agent, field))]
    tokens = []
    for token in agent.oidc:
        claims = [Part(quoted(claim), quoted(glob)) for claim, glob in token.claims]
        parts = [Part("issuer", quoted(token.issuer)), Part("claims", parts=claims)]
        parts += [] if token.keys is None else [Part("keys", quoted(token.keys))]
        parts += _list("algorithms", token.algorithms)
        parts += [] if token.audience is None else [Part("audience", quoted(token.audience))]
        tokens.append(Part(parts=parts))
    if tokens:
        fields.append(Part("oidc", parts=tokens, tall=True))
    if agent.group is not AgentGroup.AGENTS or not fields:
        fields.append(Part("group", agent.group.value))
    return fields


def _outcome(outcome: Outcome) -> list[Part]:
    fields = [Part("decision", outcome.decision.value)]
    if outcome.decision is Decision.REQUIRE_APPROVAL and outcome.count > 1:
        fields.append(Part("approvals", str(outcome.count)))
    return [*fields, *_list("approvers", outcome.approvers)]


def _reason(reason: str | None) -> list[Part]:
    return [] if reason is None else [Part("reason", quoted(reason))]


def _list(key: str, values: Iterable[object]) -> list[Part]:
    items = [Part(scalar=str(value) if key in BARE else quoted(str(value))) for value in values]
    return [Part(key, parts=items)] if items else []
