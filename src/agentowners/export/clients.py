"""Settings of agents' clients: permissions of Claude Code and of GitHub Copilot."""

from __future__ import annotations

from typing import Final

from agentowners.export.model import Exported, Target
from agentowners.export.patterns import gitignore, plain_globs
from agentowners.export.permissions import PermissionLists, permission_lists, shell_decision
from agentowners.export.standpoint import HeldPolicy
from agentowners.policy.model import Action, Decision

_WORD: Final = {Decision.BLOCK: "deny", Decision.REQUIRE_APPROVAL: "ask"}
_CLAUDE_NOTES: Final = (
    "Commands are not on the list of what is let through: they can write what `Edit` may not.",
    "A person at the client answers what is asked; who has to approve, and how often, the gate holds.",
    "Other spellings of a protected name than in letter case are for the gate to tell.",
)
_COPILOT_NOTES: Final = (
    "Whatever no list names is asked about, commands and hosts among it: a policy says nothing of hosts.",
    "How these globs treat stars inside a path is not written down, so only whole folders and files are let through.",
    "A person at the client answers what is asked; who has to approve, and how often, the gate holds.",
    "Other spellings of a protected name, in letter case too, are for the gate to tell.",
)


def claude_code(policy: HeldPolicy) -> Exported:
    """``permissions`` of a project's ``.claude/settings.json``."""
    edits = permission_lists(policy, Action.FILE_WRITE, gitignore, unnamed_is_open=False)
    reads = permission_lists(policy, Action.FILE_READ, gitignore, unnamed_is_open=True)
    listed = _listed({"Edit": edits, "Read": reads})
    shell, remarks = shell_decision(policy)
    if shell.restricts:
        listed[_WORD[shell]].insert(0, "Bash")
    permissions = {
        "deny": listed["deny"],
        "ask": listed["ask"],
        "allow": listed["allow"],
        "disableBypassPermissionsMode": "disable",
    }
    found = tuple(dict.fromkeys((*policy.remarks, *edits.remarks, *reads.remarks, *remarks)))
    return Exported(Target.CLAUDE_CODE, {"permissions": permissions}, _CLAUDE_NOTES, found)


def copilot(policy: HeldPolicy) -> Exported:
    """``permissions`` of an enterprise's ``managed-settings.json``."""
    edits = permission_lists(policy, Action.FILE_WRITE, plain_globs, unnamed_is_open=False)
    reads = permission_lists(policy, Action.FILE_READ, plain_globs, unnamed_is_open=False)
    if not any(layer.default_decision.restricts for layer in policy.layers):
        reads.allow["/**"] = None
    listed = _listed({"Edit": edits, "Read": reads})
    shell, remarks = shell_decision(policy)
    if shell.restricts:
        listed[_WORD[shell]].insert(0, "Shell(*)")
    permissions = {
        "disableBypassPermissionsMode": "disable",
        "deny": listed["deny"],
        "ask": listed["ask"],
        "allow": listed["allow"],
    }
    found = tuple(dict.fromkeys((*policy.remarks, *edits.remarks, *reads.remarks, *remarks)))
    return Exported(Target.COPILOT, {"permissions": permissions}, _COPILOT_NOTES, found)


def _listed(tools: dict[str, PermissionLists]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"deny": [], "ask": [], "allow": []}
    for tool, lists in tools.items():
        for word, texts in (("deny", lists.deny), ("ask", lists.ask), ("allow", lists.allow)):
            found[word] += [f"{tool}({text})" for text in texts]
    return found
