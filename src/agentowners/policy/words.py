"""The fixed words of the language, and what to say where someone wrote another."""

from __future__ import annotations

from typing import Final, NamedTuple

from agentowners.policy.model import (
    Action,
    AgentGroup,
    ApprovalSettings,
    AtCall,
    Bound,
    ByComment,
    Decision,
    DispatchSettings,
    Mode,
    Opaque,
    Permission,
)
from agentowners.text.wording import suggest

DECISIONS: Final = {decision.value: decision for decision in Decision}
ACTIONS: Final = {action.value: action for action in Action}
BOUNDS: Final = {bound.value: bound for bound in Bound}
MODES: Final = {mode.value: mode for mode in Mode}
AGENT_GROUPS: Final = {group.value: group for group in AgentGroup}
PERMISSIONS: Final = {permission.value: permission for permission in Permission if permission is not Permission.NONE}
"""Those that ``minimum_permission`` may name: without any permission, nobody's approval could mean anything."""
BOOLEANS: Final = {"true": True, "false": False}
OPAQUE: Final = {setting.value: setting for setting in Opaque}
AT_CALL: Final = {setting.value: setting for setting in AtCall}
BY_COMMENT: Final = {who.value: who for who in ByComment}
SETTINGS: Final = ("dismiss_stale", "minimum_permission", "requester_counts", "contributors_count", "by_comment")
"""Keys of ``approvals`` with one value."""
DIRECTIVES: Final = ("default", "mode", "unprotect", "agent", "approvals", "dispatch", "assert")
"""First tokens of lines that are no rules."""


class Problem(NamedTuple):
    """A problem in words that both syntaxes use, and the way out."""

    message: str
    help: str


ONLY_NEGATIVE: Final = Problem("`unprotect` with negative patterns only", "name the paths to take out of the built-in rules")
NO_SIGNAL: Final = Problem(
    "agent without anything that shows it", "give a login, an id, an e-mail, a branch, a trailer, a description or a group"
)
ONLY_TAKEN_OUT: Final = Problem("`!@name` alone is nobody", "name first whom the rule is about, as `@agents !@copilot`")
REF_AS_PATH: Final = "a path that begins with `refs/` is written `/refs/...`"
NO_REFS: Final = f"what it says holds on every ref; {REF_AS_PATH}"

_DECISIONS_ELSEWHERE: Final = {
    **dict.fromkeys(("deny", "forbid", "reject", "refuse", "prohibit", "never", "none", "no"), Decision.BLOCK.value),
    **dict.fromkeys(("permit", "accept", "grant", "always", "yes", "ok"), Decision.ALLOW.value),
    **dict.fromkeys(("approve", "approval", "approvals", "ask", "review", "require", "require_review"), "require_approval"),
}
"""Words of other tools for a decision, with ours."""


def suggest_decision(word: str) -> str:
    """Help for a word that is no decision: perhaps it is what another tool calls one."""
    meant = _DECISIONS_ELSEWHERE.get(word.lower().replace("-", "_"))
    return suggest(word, DECISIONS) if meant is None else f"did you mean `{meant}`?"


def settings_said(settings: ApprovalSettings) -> dict[str, str]:
    """The settings with one value that a layer says anything about, as both syntaxes write them."""
    values = {
        "dismiss_stale": settings.dismiss_stale,
        "minimum_permission": settings.minimum_permission and settings.minimum_permission.value,
        "requester_counts": settings.requester_counts,
        "contributors_count": settings.contributors_count,
        "by_comment": settings.by_comment and settings.by_comment.value,
    }
    return {key: str(value).lower() for key, value in values.items() if value is not None}


def dispatch_said(settings: DispatchSettings) -> dict[str, str]:
    """The settings of tool calls with one value that a layer says anything about, as both syntaxes write them."""
    values = {"opaque": settings.opaque, "at_call": settings.at_call}
    return {key: value.value for key, value in values.items() if value is not None}
