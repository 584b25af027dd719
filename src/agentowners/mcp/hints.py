"""Learns from a server's answers what it says about its tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from agentowners.dispatch.model import Annotations


class ToolHints(Struct, frozen=True):
    """A server's word about one of its tools."""

    annotations: Annotations | None = None
    """None where the server says nothing."""
    structured: bool = False
    """True if the tool promises results of a shape, to which some clients hold refusals too."""
    parameters: frozenset[str] = frozenset()
    """Names of its arguments, as far as it lists them."""


def hints_of(result: object) -> dict[str, ToolHints]:
    """Hints in a result of `tools/list`, by tool; a tool that is listed twice is held to be destructive."""
    tools = result.get("tools") if isinstance(result, dict) else None
    hints: dict[str, ToolHints] = {}
    for tool in tools if isinstance(tools, list) else ():
        name = tool.get("name") if isinstance(tool, dict) else None
        if isinstance(name, str):
            again = name in hints
            annotations = Annotations() if again else annotations_of(tool.get("annotations"))
            hints[name] = ToolHints(
                annotations, tool.get("outputSchema") is not None, frozenset() if again else _parameters(tool)
            )
    return hints


def annotations_of(value: object) -> Annotations | None:
    """Annotations as MCP writes them; None where they say nothing."""
    if not isinstance(value, dict) or not value:
        return None
    return Annotations(_boolean(value.get("readOnlyHint")), _boolean(value.get("destructiveHint")))


def _parameters(tool: Mapping[str, Any]) -> frozenset[str]:
    schema = tool.get("inputSchema")
    named = schema.get("properties") if isinstance(schema, dict) else None
    return frozenset(named) if isinstance(named, dict) else frozenset()


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
