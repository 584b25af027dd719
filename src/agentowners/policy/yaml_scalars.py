"""Writes each value of a YAML policy: the canonical form of one scalar, by the key that it stands under."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from agentowners.policy.patterns import Approver, PathPattern, PrincipalPattern, RefPattern
from agentowners.policy.words import BOOLEANS, DISPATCH_SETTINGS, SETTINGS
from agentowners.policy.yaml_dispatch import DISPATCH_KEYS, TOOL_KEYS
from agentowners.policy.yaml_oidc import OIDC_KEYS
from agentowners.policy.yaml_printer import BARE
from agentowners.policy.yaml_rules import ASSERT_KEYS, OUTCOME_KEYS, RULE_KEYS
from agentowners.policy.yaml_sections import AGENT_KEYS, APPROVALS_KEYS, MODE_KEYS, UNPROTECT_KEYS
from agentowners.policy.yaml_tree import quoted

ORDER: Final = {
    "rules": RULE_KEYS,
    "asserts": ASSERT_KEYS,
    "modes": MODE_KEYS,
    "unprotect": UNPROTECT_KEYS,
    "defaults": OUTCOME_KEYS,
    "agents": AGENT_KEYS,
    "approvals": APPROVALS_KEYS,
    "oidc": OIDC_KEYS,
    "dispatch": DISPATCH_KEYS,
    "tools": TOOL_KEYS,
}
"""The order of keys in each section's statements."""

SPELLINGS: Final = {"agents": "principals"}
"""Keys of statements that have another name, by which they are printed."""

LISTS: Final = frozenset({"rules", "modes", "unprotect", "asserts"})
"""Sections that are lists; the others are mappings."""


def principal(text: str) -> str:
    """A principal with its at-sign."""
    return quoted(str(PrincipalPattern.parse(text)))


def _path(text: str) -> str:
    return quoted(str(PathPattern.parse(text)))


_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "patterns": _path,
    "workspace": _path,
    "approved": _path,
    "refs": lambda text: quoted(str(RefPattern.parse(text))),
    "principals": lambda text: quoted(str(PrincipalPattern.parse_in_rule(text))),
    "approvers": lambda text: quoted(str(Approver.parse(text))),
    **{key: str.lower if words is BOOLEANS else str for key, words in (SETTINGS | DISPATCH_SETTINGS).items()},
    **dict.fromkeys(BARE, str),
}


def written(key: str, text: str) -> str:
    """Form of a text under a key: bare words and numbers as they are, all else in double quotes."""
    return _FORMS.get(key, quoted)(text)
