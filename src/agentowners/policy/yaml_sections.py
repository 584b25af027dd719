"""``agents``, ``modes``, ``approvals`` and ``unprotect`` of the YAML syntax."""

from __future__ import annotations

from functools import partial
from typing import Final, Literal

from agentowners.policy.agent_names import (
    NAMESPACE,
    account_id,
    agent_name,
    branch_glob,
    email_glob,
    line_glob,
    login,
)
from agentowners.policy.model import AgentEntry, AgentGroup, ApprovalSettings, Mode
from agentowners.policy.modes import list_problem
from agentowners.policy.patterns import PatternError
from agentowners.policy.words import AGENT_GROUPS, BY_COMMENT, MODES, NO_SIGNAL, ONLY_NEGATIVE, PERMISSIONS, SETTINGS
from agentowners.policy.yaml_nodes import PolicyNodes
from agentowners.policy.yaml_oidc import read_oidc
from agentowners.policy.yaml_rules import read_patterns, read_principals, read_reason
from agentowners.text.wording import quote
from agentowners.yamltext.compose import Scalar, Sequence
from agentowners.yamltext.nodes import Field

AGENT_KEYS: Final = ("logins", "ids", "emails", "branches", "trailers", "descriptions", "oidc", "group")
APPROVALS_KEYS: Final = (*SETTINGS, "reviewers")
BOOLEAN_SETTINGS: Final = ("dismiss_stale", "requester_counts", "contributors_count")
MODE_KEYS: Final = ("mode", "principals", "workspace", "approved")
UNPROTECT_KEYS: Final = ("patterns", "principals", "reason")


def read_agents(nodes: PolicyNodes, field: Field) -> None:
    """``agents``: a mapping from name to what shows the identity."""
    for text, (key, value) in (nodes.mapping(field.value, "`agents`") or {}).items():
        span = nodes.draft.span(key.line, key.column, value.end_line, value.end_column)
        if not nodes.draft.room_for_other(span):
            return
        nodes.begin()
        name = NAMESPACE
        try:
            name = agent_name(text)
            nodes.draft.check_agent_name(name, nodes.span(key))
        except PatternError as error:
            nodes.error_at("invalid-agent", error, key)
        fields = nodes.mapping(value, f"agent {quote(text)}", AGENT_KEYS)
        if fields is None:
            continue
        if not fields and nodes.right:
            nodes.error("invalid-agent", NO_SIGNAL.message, key, NO_SIGNAL.help)
        entry = AgentEntry(
            name,
            nodes.strings(fields.get("logins"), partial(login, name=name), "invalid-agent"),
            _ids(nodes, fields.get("ids"), "invalid-agent"),
            nodes.strings(fields.get("emails"), email_glob, "invalid-agent"),
            nodes.strings(fields.get("branches"), branch_glob, "invalid-agent"),
            read_oidc(nodes, fields.get("oidc")),
            _group(nodes, fields.get("group")),
            nodes.strings(fields.get("trailers"), partial(line_glob, what="trailer"), "invalid-agent"),
            nodes.strings(fields.get("descriptions"), partial(line_glob, what="description"), "invalid-agent"),
            span,
        )
        if nodes.right:
            nodes.draft.add_agent(entry)


def read_modes(nodes: PolicyNodes, field: Field) -> None:
    """``modes``: a list of mappings."""
    for node, fields in nodes.items_of(field, "a mode", MODE_KEYS):
        chosen = nodes.required(fields, "mode", node, "mode")
        mode = None if chosen is None else nodes.choice(chosen, MODES, "unknown-mode", "mode")
        nodes.required(fields, "principals", node, "mode")
        principals = read_principals(nodes, fields.get("principals"))
        workspace = read_patterns(nodes, fields.get("workspace"))
        approved = read_patterns(nodes, fields.get("approved"))
        if mode is not None:
            _check_list(nodes, mode, fields.get("workspace"), "workspace")
            _check_list(nodes, mode, fields.get("approved"), "approved")
        if mode is not None and nodes.right:
            nodes.draft.add_mode(mode, principals, workspace, approved, nodes.span(node))


def read_approvals(nodes: PolicyNodes, field: Field) -> None:
    """``approvals``: a mapping of settings."""
    nodes.begin()
    fields = nodes.mapping(field.value, "`approvals`", APPROVALS_KEYS) or {}
    booleans = {key: nodes.boolean(fields[key]) for key in BOOLEAN_SETTINGS if key in fields}
    permission, by_comment = fields.get("minimum_permission"), fields.get("by_comment")
    settings = ApprovalSettings(
        booleans.get("dismiss_stale"),
        None if permission is None else nodes.choice(permission, PERMISSIONS, "invalid-value", "permission"),
        booleans.get("requester_counts"),
        booleans.get("contributors_count"),
        None if by_comment is None else nodes.choice(by_comment, BY_COMMENT, "invalid-value", "value of `by_comment`"),
        tuple(dict.fromkeys(_ids(nodes, fields.get("reviewers"), "invalid-value"))),
    )
    if nodes.right:
        nodes.draft.set_approvals(settings, nodes.span(field.value))


def read_unprotect(nodes: PolicyNodes, field: Field) -> None:
    """``unprotect``: a list of mappings."""
    for node, fields in nodes.items_of(field, "`unprotect`", UNPROTECT_KEYS):
        nodes.required(fields, "patterns", node, "`unprotect`")
        nodes.required(fields, "principals", node, "`unprotect`")
        patterns = read_patterns(nodes, fields.get("patterns"))
        if patterns and all(pattern.negative for pattern in patterns):
            nodes.error("no-pattern", ONLY_NEGATIVE.message, fields["patterns"].value, ONLY_NEGATIVE.help)
        principals = read_principals(nodes, fields.get("principals"))
        reason = read_reason(nodes, fields.get("reason"))
        if nodes.right:
            nodes.draft.add_unprotect(patterns, principals, reason, nodes.span(node))


def _check_list(nodes: PolicyNodes, mode: Mode, field: Field | None, name: Literal["workspace", "approved"]) -> None:
    if field is None or not isinstance(field.value, Sequence):
        return
    general = list_problem(mode, name, negative=False)
    if general is not None:
        nodes.error("invalid-mode", general.message, field.key, general.help)
        return
    for item in field.value.items:
        if isinstance(item, Scalar) and item.text.startswith("!"):
            problem = list_problem(mode, name, negative=True)
            if problem is not None:
                nodes.error("invalid-mode", problem.message, item, problem.help)


def _ids(nodes: PolicyNodes, field: Field | None, id: str) -> tuple[int, ...]:
    found: list[int] = []
    if field is None:
        return ()
    what = quote(field.key.text)
    for item in nodes.items(field.value, what):
        text = nodes.number(item, f"an item of {what}")
        if text is None:
            continue
        try:
            found.append(account_id(text))
        except PatternError as error:
            nodes.error(id, error.message, item, error.help)
    return tuple(found)


def _group(nodes: PolicyNodes, field: Field | None) -> AgentGroup:
    found = None if field is None else nodes.choice(field, AGENT_GROUPS, "invalid-value", "group")
    return found or AgentGroup.AGENTS
