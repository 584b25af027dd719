"""``agents``, ``modes``, ``approvals`` and ``unprotect`` of the YAML syntax."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, Literal

from agentowners.policy.agent_names import NAMESPACE, SIGNALS, account_id, agent_name
from agentowners.policy.model import AgentEntry, AgentGroup, ApprovalSettings, Mode
from agentowners.policy.modes import list_problem
from agentowners.policy.patterns import PatternError
from agentowners.policy.words import AGENT_GROUPS, MODES, NO_SIGNAL, ONLY_NEGATIVE, SETTINGS
from agentowners.policy.yaml_nodes import PolicyNodes
from agentowners.policy.yaml_oidc import read_oidc
from agentowners.policy.yaml_rules import read_patterns, read_principals, read_reason
from agentowners.text.wording import quote
from agentowners.yamltext.compose import Scalar, Sequence
from agentowners.yamltext.nodes import Field

AGENT_KEYS: Final = (*(field for field, _ in SIGNALS.values()), "oidc", "group")
APPROVALS_KEYS: Final = (*SETTINGS, "reviewers")
MODE_KEYS: Final = ("mode", "principals", "workspace", "approved")
UNPROTECT_KEYS: Final = ("patterns", "principals", "reason")


def read_agents(nodes: PolicyNodes, field: Field) -> None:
    """``agents``: a mapping from name to what shows the identity."""
    for text, (key, value), span in nodes.entries_of(field):
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
        signals: dict[str, Any] = {
            signal: nodes.strings(fields.get(signal), partial(read, name), "invalid-agent", numbers=signal == "ids")
            for signal, read in SIGNALS.values()
        }
        oidc = read_oidc(nodes, fields.get("oidc"))
        group = nodes.choice(fields.get("group"), AGENT_GROUPS, "invalid-value", "group")
        if nodes.right:
            nodes.draft.agents.append(AgentEntry(name, oidc=oidc, group=group or AgentGroup.AGENTS, span=span, **signals))


def read_modes(nodes: PolicyNodes, field: Field) -> None:
    """``modes``: a list of mappings."""
    for node, fields in nodes.items_of(field, "a mode", MODE_KEYS):
        mode = nodes.choice(nodes.required(fields, "mode", node, "mode"), MODES, "unknown-mode", "mode")
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
    reviewers = nodes.strings(fields.get("reviewers"), account_id, "invalid-value", numbers=True)
    settings = ApprovalSettings(**nodes.settings_of(fields, SETTINGS), reviewers=tuple(dict.fromkeys(reviewers)))
    if nodes.right:
        nodes.draft.set_settings(settings, nodes.span(field.value))


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
