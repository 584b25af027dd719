"""``dispatch`` of the YAML syntax: settings of the tool call, and what tools do."""

from __future__ import annotations

from typing import Final

from agentowners.policy.model import DispatchSettings, ToolEntry
from agentowners.policy.words import ACTIONS, AT_CALL, OPAQUE
from agentowners.policy.yaml_nodes import PolicyNodes
from agentowners.text.wording import quote, suggest
from agentowners.yamltext.compose import Node, Sequence
from agentowners.yamltext.nodes import Field

DISPATCH_KEYS: Final = ("opaque", "at_call", "tools")
TOOL_KEYS: Final = ("actions", "paths")


def read_dispatch(nodes: PolicyNodes, field: Field) -> None:
    """``dispatch``: a mapping of settings, and of tools by their names."""
    nodes.begin()
    fields = nodes.mapping(field.value, "`dispatch`", DISPATCH_KEYS) or {}
    opaque, at_call = fields.get("opaque"), fields.get("at_call")
    settings = DispatchSettings(
        None if opaque is None else nodes.choice(opaque, OPAQUE, "invalid-value", "value of `opaque`"),
        None if at_call is None else nodes.choice(at_call, AT_CALL, "invalid-value", "value of `at_call`"),
        _tools(nodes, fields.get("tools")),
    )
    if nodes.right:
        nodes.draft.set_dispatch(settings, nodes.span(field.value))


def _tools(nodes: PolicyNodes, field: Field | None) -> tuple[ToolEntry, ...]:
    entries = nodes.mapping(field.value, "`tools`") if field is not None else {}
    if field is not None and entries == {}:
        nodes.error("empty-list", "`tools` is empty", field.value, "leave it out, or name a tool")
    found = [_tool(nodes, entry) for entry in (entries or {}).values()]
    return tuple(entry for entry in found if entry is not None)


def _tool(nodes: PolicyNodes, field: Field) -> ToolEntry | None:
    fields = nodes.mapping(field.value, "a tool", TOOL_KEYS)
    pattern = field.key.text
    if not pattern or not pattern.isprintable() or pattern != pattern.strip():
        nodes.error("invalid-value", f"{quote(pattern)} is no name of a tool", field.key, "write it as the client does")
        return None
    if fields is None:
        return None
    actions = nodes.required(fields, "actions", field.key, "tool", "say what it does: `actions: [file_write]`")
    named = [_action(nodes, item) for item in nodes.items(actions.value, "`actions`")] if actions is not None else []
    paths = () if _is_empty(fields.get("paths")) else nodes.strings(fields.get("paths"), str, "invalid-value")
    chosen = dict.fromkeys(ACTIONS[name] for name in ACTIONS if name in named)
    return ToolEntry(pattern, tuple(chosen), tuple(dict.fromkeys(paths)))


def _action(nodes: PolicyNodes, item: Node) -> str | None:
    text = nodes.string(item, "an item of `actions`")
    if text is not None and text not in ACTIONS:
        nodes.error("unknown-action", f"unknown action {quote(text)}", item, suggest(text, ACTIONS))
    return text


def _is_empty(field: Field | None) -> bool:
    """True if it is written that a tool touches no path, with brackets that hold nothing."""
    return field is not None and isinstance(field.value, Sequence) and not field.value.items
