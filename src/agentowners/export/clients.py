"""Settings of agents' clients: what Claude Code and GitHub Copilot refuse, ask about and let through, in that order of strength.

Whatever is let through has to be allowed by every layer. So the first two lists hold at least what the policy restricts, and the
third at most what its rules allow; what no list names is for the client to ask about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct, field

from agentowners.diagnostics import Diagnostic
from agentowners.export.model import (
    EVERYTHING,
    NO_EXCEPTIONS,
    NOT_HELD,
    STRICTER,
    Exported,
    Target,
    has_exceptions,
    positive,
    remark,
)
from agentowners.export.patterns import gitignore, plain_globs
from agentowners.export.standpoint import HeldLayer, HeldPolicy
from agentowners.policy.model import WRITE_KINDS, Action, Decision, Default, Rule
from agentowners.policy.patterns import PathPattern

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


_Written = Callable[[PathPattern, bool], tuple[str, ...] | None]
"""A pattern in the client's language: with True at least what it matches, with False at most that; None for neither."""


class _PermissionLists(Struct):
    """The lists for one action."""

    deny: dict[str, None] = field(default_factory=dict)
    ask: dict[str, None] = field(default_factory=dict)
    allow: dict[str, None] = field(default_factory=dict)
    remarks: list[Diagnostic] = field(default_factory=list)

    def of(self, decision: Decision) -> dict[str, None]:
        """The list for a decision."""
        return {Decision.BLOCK: self.deny, Decision.REQUIRE_APPROVAL: self.ask, Decision.ALLOW: self.allow}[decision]


def claude_code(policy: HeldPolicy) -> Exported:
    """``permissions`` of a project's ``.claude/settings.json``."""
    edits = _permission_lists(policy, Action.FILE_WRITE, gitignore, unnamed_is_open=False)
    reads = _permission_lists(policy, Action.FILE_READ, gitignore, unnamed_is_open=True)
    listed, remarks = _listed(policy, edits, reads, "Bash")
    permissions = {**listed, "disableBypassPermissionsMode": "disable"}
    return Exported(Target.CLAUDE_CODE, {"permissions": permissions}, _CLAUDE_NOTES, remarks)


def copilot(policy: HeldPolicy) -> Exported:
    """``permissions`` of an enterprise's ``managed-settings.json``."""
    edits = _permission_lists(policy, Action.FILE_WRITE, plain_globs, unnamed_is_open=False)
    reads = _permission_lists(policy, Action.FILE_READ, plain_globs, unnamed_is_open=False)
    if not any(layer.default_decision.restricts for layer in policy.layers):
        reads.allow["/**"] = None
    listed, remarks = _listed(policy, edits, reads, "Shell(*)")
    permissions = {"disableBypassPermissionsMode": "disable", **listed}
    return Exported(Target.COPILOT, {"permissions": permissions}, _COPILOT_NOTES, remarks)


def _listed(
    policy: HeldPolicy, edits: _PermissionLists, reads: _PermissionLists, every_command: str
) -> tuple[dict[str, list[str]], tuple[Diagnostic, ...]]:
    """The lists in the clients' words, and every remark once."""
    found: dict[str, list[str]] = {"deny": [], "ask": [], "allow": []}
    shell, remarks = _shell_decision(policy)
    if shell.restricts:
        found[_WORD[shell]].append(every_command)
    for tool, lists in (("Edit", edits), ("Read", reads)):
        for word, texts in (("deny", lists.deny), ("ask", lists.ask), ("allow", lists.allow)):
            found[word] += [f"{tool}({text})" for text in texts]
    return found, tuple(dict.fromkeys((*policy.remarks, *edits.remarks, *reads.remarks, *remarks)))


def _permission_lists(policy: HeldPolicy, action: Action, write: _Written, *, unnamed_is_open: bool) -> _PermissionLists:
    """The lists for one of the general actions; ``unnamed_is_open`` says if the client lets through what no list names."""
    lists = _PermissionLists()
    closed = [layer for layer in policy.layers if layer.default_decision.restricts]
    trusted = _trusted(policy.layers, closed, action)
    for layer in policy.layers:
        for rule in layer.about(action):
            if rule.decision.restricts:
                _restrict(rule, action, write, lists)
    for rule in trusted if not (unnamed_is_open and closed) else ():
        _allow(rule, write, lists, closed)
    for layer in policy.layers:
        for rule in layer.about(action):
            if not rule.decision.restricts and rule not in trusted:
                words = "another file's default asks or refuses as well, so nothing is let through by it"
                lists.remarks.append(remark(STRICTER, words, rule))
    for layer in closed:
        if layer.default is not None:
            _close(layer.default, write, lists, whole=unnamed_is_open or not lists.allow)
    return lists


def _trusted(layers: Sequence[HeldLayer], closed: Sequence[HeldLayer], action: Action) -> list[Rule]:
    """Rules whose paths are allowed by every layer where nothing restricts them."""
    if len(closed) > 1:
        return []
    return [rule for layer in closed or layers for rule in layer.about(action) if not rule.decision.restricts]


def _restrict(rule: Rule, action: Action, write: _Written, lists: _PermissionLists) -> None:
    listed = lists.of(rule.decision)
    for pattern in positive(rule):
        listed.update(dict.fromkeys(_certainly(pattern, write)))
    if has_exceptions(rule):
        lists.remarks.append(remark(STRICTER, NO_EXCEPTIONS, rule))
    if action is Action.FILE_WRITE and rule.actions and rule.actions <= WRITE_KINDS and rule.actions != WRITE_KINDS:
        lists.remarks.append(remark(STRICTER, "one kind of write cannot be told from another here, so it holds for all", rule))
    if rule.outcome.approvers or rule.outcome.count > 1:
        words = "whoever sits at the client is asked, and nobody counts approvals: the gate does"
        lists.remarks.append(remark(NOT_HELD, words, rule))


def _allow(rule: Rule, write: _Written, lists: _PermissionLists, closed: Sequence[HeldLayer]) -> None:
    for pattern in positive(rule):
        texts = write(pattern, False)
        if texts is None:
            words = f"`{pattern.text[:80]}` has no form here that matches no more, so what it allows is asked about"
            lists.remarks.append(remark(STRICTER, words, rule))
        else:
            lists.allow.update(dict.fromkeys(texts))
    for layer in closed:
        for pattern in rule.patterns:
            if pattern.negative:
                lists.of(layer.default_decision).update(dict.fromkeys(_certainly(pattern, write)))


def _close(default: Default, write: _Written, lists: _PermissionLists, *, whole: bool) -> None:
    if whole:
        lists.of(default.outcome.decision).update(dict.fromkeys(_certainly(EVERYTHING, write)))
    elif default.outcome.decision is Decision.BLOCK:
        words = "what nothing allows is only asked about here: to refuse it would outweigh what is allowed"
        lists.remarks.append(remark(NOT_HELD, words, default))


def _certainly(pattern: PathPattern, write: _Written) -> tuple[str, ...]:
    return write(pattern, True) or write(EVERYTHING, True) or ()


def _shell_decision(policy: HeldPolicy) -> tuple[Decision, list[Diagnostic]]:
    """The decision about every command, and remarks about rules that speak of commands on some paths."""
    decision = Decision.ALLOW
    remarks: list[Diagnostic] = []
    for layer in policy.layers:
        for rule in layer.about(Action.SHELL_EXECUTE):
            if not rule.decision.restricts:
                continue
            if EVERYTHING in positive(rule) and not has_exceptions(rule):
                decision = max(decision, rule.decision, key=lambda one: one.strictness)
            elif not layer.builtin:
                words = "a command may touch these paths, and the client knows only the command's text"
                remarks.append(remark(NOT_HELD, words, rule))
        if layer.default_decision.restricts:
            decision = max(decision, layer.default_decision, key=lambda one: one.strictness)
    return decision, remarks
