"""``dispatch`` of the YAML syntax: settings of the tool call, and what tools do."""

from __future__ import annotations

from typing import Final

from agentowners.policy.model import Action, DispatchSettings, ToolEntry
from agentowners.policy.words import DISPATCH_SETTINGS
from agentowners.policy.yaml_nodes import PolicyNodes
from agentowners.policy.yaml_rules import action
from agentowners.text.wording import quote
from agentowners.yamltext.compose import Sequence
from agentowners.yamltext.nodes import Field

DISPATCH_KEYS: Final = (*DISPATCH_SETTINGS, "tools")
TOOL_KEYS: Final = ("actions", "paths")


def read_dispatch(nodes: PolicyNodes, field: Field) -> None:
    """``dispatch``: a mapping of settings, and of tools by their names."""
    nodes.begin()
    fields = nodes.mapping(field.value, "`dispatch`", DISPATCH_KEYS) or {}
    settings = DispatchSettings(**nodes.settings_of(fields, DISPATCH_SETTINGS), tools=_tools(nodes, fields.get("tools")))
    if nodes.right:
        nodes.draft.set_settings(settings, nodes.span(field.value))


def _tools(nodes: PolicyNodes, field: Field | None) -> tuple[ToolEntry, ...]:
    entries = nodes.mapping(field.value, "`tools`") if field is not None else {}
    if field is not None and entries == {}:
        nodes.error("empty-list", "`tools` is empty", field.value, "leave it out, or name a tool")
    tools = [_tool(nodes, entry) for entry in (entries or {}).values()]
    return tuple(tool for tool in tools if tool is not None)


def _tool(nodes: PolicyNodes, field: Field) -> ToolEntry | None:
    fields = nodes.mapping(field.value, "a tool", TOOL_KEYS)
    pattern = field.key.text
    if not pattern or not pattern.isprintable() or pattern != pattern.strip():
        nodes.error("invalid-value", f"{quote(pattern)} is no name of a tool", field.key, "write it as the client does")
        return None
    if fields is None:
        return None
    required = nodes.required(fields, "actions", field.key, "tool", "say what it does: `actions: [file_write]`")
    actions = nodes.strings(required, action, "unknown-action")
    paths = () if _is_empty(fields.get("paths")) else nodes.strings(fields.get("paths"), str, "invalid-value")
    return ToolEntry(pattern, tuple(each for each in Action if each in actions), tuple(dict.fromkeys(paths)))


def _is_empty(field: Field | None) -> bool:
    """True if it is written that a tool touches no path, with brackets that hold nothing."""
    return field is not None and isinstance(field.value, Sequence) and not field.value.items
