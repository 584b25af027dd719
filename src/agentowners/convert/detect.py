"""The tool that a file belongs to, by its name and its content."""

from __future__ import annotations

from typing import Final

from agentowners.convert.model import Origin
from agentowners.diagnostics import Source
from agentowners.yamltext.plain import Plain, read_plain

_BY_NAME: Final = {"CODEOWNERS": Origin.CODEOWNERS, "OWNERS": Origin.PROW, "OWNERS_ALIASES": Origin.PROW}
_POLICY_BOT: Final = frozenset({"approval_rules", "policy", "remote"})
_EFFECTS: Final = frozenset({"known_agent", "unknown_agent", "docs_only", "workflows", "secrets"})
"""Keys of ``defaults`` of the other AGENTOWNERS."""


class UnclearOrigin(Exception):  # noqa: N818 (says what there is)
    """It cannot be told; the message says why."""


def origin_of(name: str, data: bytes) -> Origin:
    """The tool whose file this is, by its name without the directory, and its content.

    Raises:
        UnclearOrigin: nothing tells, or its name and its content tell different things.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    if not name.endswith((".yml", ".yaml")) and name != "-":
        raise UnclearOrigin("its name tells of no tool")
    origin = _by_content(read_plain(Source(name, data)))
    if origin is None:
        raise UnclearOrigin("its content tells of no tool")
    return origin


def _by_content(data: Plain | None) -> Origin | None:
    if not isinstance(data, dict):
        return None
    rules = data.get("rules")
    items = rules if isinstance(rules, list) else []
    if any(isinstance(item, dict) and "decision" in item for item in items):
        raise UnclearOrigin("it is a policy of this tool already")
    is_other = data.get("version") == "1" and (
        any(isinstance(item, dict) and {"when", "effect"} <= item.keys() for item in items)
        or _has_matches(data.get("agents"))
        or (isinstance(data.get("defaults"), dict) and bool(_EFFECTS.intersection(data["defaults"])))
    )
    is_policy_bot = bool(_POLICY_BOT & data.keys()) and not items
    if is_other and is_policy_bot:
        raise UnclearOrigin("its content tells of two tools")
    if is_other:
        return Origin.AGENTOWNERS_YAML_1
    return Origin.POLICY_BOT if is_policy_bot else None


def _has_matches(agents: Plain | None) -> bool:
    return isinstance(agents, dict) and any(isinstance(entry, dict) and "match" in entry for entry in agents.values())
