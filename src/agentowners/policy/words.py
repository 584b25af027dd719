"""The fixed words of the language, and what to say where someone wrote another."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from agentowners.policy.model import (
    MAX_APPROVALS,
    Action,
    AgentEntry,
    AgentGroup,
    ApprovalSettings,
    Assertion,
    AtCall,
    Bound,
    ByComment,
    Decision,
    Default,
    DispatchSettings,
    Mode,
    ModeLine,
    Opaque,
    Permission,
    Rule,
    Unprotect,
)
from agentowners.text.wording import quote, suggest

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
BY_COMMENT: Final = {member.value: member for member in ByComment}
SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "dismiss_stale": BOOLEANS,
    "minimum_permission": PERMISSIONS,
    "requester_counts": BOOLEANS,
    "contributors_count": BOOLEANS,
    "by_comment": BY_COMMENT,
}
"""Keys of ``approvals`` with one value, each with the words for it."""
DISPATCH_SETTINGS: Final[dict[str, dict[str, Any]]] = {"opaque": OPAQUE, "at_call": AT_CALL}
"""The same of ``dispatch``."""
DIRECTIVES: Final = ("default", "mode", "unprotect", "agent", "approvals", "dispatch", "assert")
"""First tokens of lines that are no rules."""
SECTION_OF: Final = {
    ApprovalSettings: "approvals",
    DispatchSettings: "dispatch",
    AgentEntry: "agents",
    Default: "defaults",
    Unprotect: "unprotect",
    ModeLine: "modes",
    Assertion: "asserts",
    Rule: "rules",
}
"""The section of YAML that each kind of statement stands in, in the order in which they are printed."""


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
    decision = _DECISIONS_ELSEWHERE.get(word.lower().replace("-", "_"))
    return suggest(word, DECISIONS) if decision is None else f"did you mean `{decision}`?"


def settings_said(settings: ApprovalSettings | DispatchSettings) -> dict[str, str]:
    """The settings with one value that a layer says anything about, as both syntaxes write them."""
    words = SETTINGS if isinstance(settings, ApprovalSettings) else DISPATCH_SETTINGS
    return {key: word for key in words for word, value in words[key].items() if value is getattr(settings, key)}


def count_problem(number: str) -> str | None:
    """Problem of a number of approvals, as it is written; None where there is none."""
    if number == "":
        return "number of approvals is missing"
    if not (number.isascii() and number.isdecimal()):
        return f"{quote(number)} is not a number of approvals"
    if not number.strip("0"):
        return f"{quote(number)} approvals are none"
    if number.startswith("0"):
        return f"{quote(number)} has a leading zero"
    if len(number) > len(str(MAX_APPROVALS)) or int(number) > MAX_APPROVALS:
        return f"{quote(number)} approvals are more than {MAX_APPROVALS}"
    return None
