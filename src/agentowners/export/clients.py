"""Settings of agents' clients: what Claude Code and GitHub Copilot refuse, ask about and let through, in that order of strength.

Whatever is let through has to be allowed by every layer. So the first two lists hold at least what the policy restricts, and the
third at most what its rules allow; what no list names is for the client to ask about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct, field

from agentowners.diagnostics import Diagnostic
from agentowners.export.model import NO_EXCEPTIONS, NOT_HELD, STRICTER, Exported, Target, has_exceptions, positive, remark
from agentowners.export.patterns import gitignore, plain_globs
from agentowners.export.standpoint import HeldPolicy
from agentowners.policy.model import WRITE_KINDS, Action, Decision, Default, Rule
from agentowners.policy.patterns import EVERYTHING, PathPattern

_WORDS: Final = {Decision.BLOCK: "deny", Decision.REQUIRE_APPROVAL: "ask", Decision.ALLOW: "allow"}
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

    texts: dict[Decision, dict[str, None]]
    """Patterns in the client's language by what is decided about them; each once."""
    remarks: list[Diagnostic] = field(default_factory=list)

    def add(self, decision: Decision, texts: Iterable[str]) -> None:
        """Put patterns on the list for a decision."""
        self.texts[decision].update(dict.fromkeys(texts))


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
    if not policy.closed:
        reads.add(Decision.ALLOW, ["/**"])
    listed, remarks = _listed(policy, edits, reads, "Shell(*)")
    permissions = {"disableBypassPermissionsMode": "disable", **listed}
    return Exported(Target.COPILOT, {"permissions": permissions}, _COPILOT_NOTES, remarks)


def _listed(
    policy: HeldPolicy, edits: _PermissionLists, reads: _PermissionLists, every_command: str
) -> tuple[dict[str, list[str]], tuple[Diagnostic, ...]]:
    """The lists in the clients' words, and every remark once."""
    by_word: dict[str, list[str]] = {word: [] for word in _WORDS.values()}
    shell, remarks = _shell_decision(policy)
    if shell.restricts:
        by_word[_WORDS[shell]].append(every_command)
    for tool, lists in (("Edit", edits), ("Read", reads)):
        for decision, word in _WORDS.items():
            by_word[word] += [f"{tool}({text})" for text in lists.texts[decision]]
    return by_word, tuple(dict.fromkeys((*policy.remarks, *edits.remarks, *reads.remarks, *remarks)))


def _permission_lists(policy: HeldPolicy, action: Action, write: _Written, *, unnamed_is_open: bool) -> _PermissionLists:
    """The lists for one of the general actions; ``unnamed_is_open`` says if the client lets through what no list names."""
    lists = _PermissionLists({decision: {} for decision in Decision})
    closed = policy.closed
    for _, rule in policy.about(action, restricts=True):
        _restrict(rule, action, write, lists)
    # a rule is trusted where what it allows is allowed by every layer, unless something restricts it
    trusting = [closed[0][0]] if len(closed) == 1 else [] if closed else policy.layers
    allowing = policy.about(action, restricts=False)
    if not (unnamed_is_open and closed):
        for layer, rule in allowing:
            if layer in trusting:
                _allow(rule, write, lists, [default for _, default in closed])
    words = "another file's default asks or refuses as well, so nothing is let through by it"
    lists.remarks += [remark(STRICTER, words, rule) for layer, rule in allowing if layer not in trusting]
    for _, default in closed:
        _close(default, write, lists, whole=unnamed_is_open or not lists.texts[Decision.ALLOW])
    return lists


def _restrict(rule: Rule, action: Action, write: _Written, lists: _PermissionLists) -> None:
    for pattern in positive(rule):
        lists.add(rule.decision, _certainly(pattern, write))
    if has_exceptions(rule):
        lists.remarks.append(remark(STRICTER, NO_EXCEPTIONS, rule))
    if action is Action.FILE_WRITE and rule.actions and rule.actions <= WRITE_KINDS and rule.actions != WRITE_KINDS:
        lists.remarks.append(remark(STRICTER, "one kind of write cannot be told from another here, so it holds for all", rule))
    if rule.outcome.approvers or rule.outcome.count > 1:
        words = "whoever sits at the client is asked, and nobody counts approvals: the gate does"
        lists.remarks.append(remark(NOT_HELD, words, rule))


def _allow(rule: Rule, write: _Written, lists: _PermissionLists, closed: Iterable[Default]) -> None:
    for pattern in positive(rule):
        texts = write(pattern, False)
        if texts is None:
            words = f"`{pattern.text[:80]}` has no form here that matches no more, so what it allows is asked about"
            lists.remarks.append(remark(STRICTER, words, rule))
        else:
            lists.add(Decision.ALLOW, texts)
    for default in closed:
        for pattern in rule.patterns:
            if pattern.negative:
                lists.add(default.outcome.decision, _certainly(pattern, write))


def _close(default: Default, write: _Written, lists: _PermissionLists, *, whole: bool) -> None:
    if whole:
        lists.add(default.outcome.decision, _certainly(EVERYTHING, write))
    elif default.outcome.decision is Decision.BLOCK:
        words = "what nothing allows is only asked about here: to refuse it would outweigh what is allowed"
        lists.remarks.append(remark(NOT_HELD, words, default))


def _certainly(pattern: PathPattern, write: _Written) -> tuple[str, ...]:
    return write(pattern, True) or write(EVERYTHING, True) or ()


def _shell_decision(policy: HeldPolicy) -> tuple[Decision, list[Diagnostic]]:
    """The decision about every command, and remarks about rules that speak of commands on some paths."""
    decisions = [Decision.ALLOW, *(default.outcome.decision for _, default in policy.closed)]
    remarks: list[Diagnostic] = []
    for layer, rule in policy.about(Action.SHELL_EXECUTE, restricts=True):
        if EVERYTHING in positive(rule) and not has_exceptions(rule):
            decisions.append(rule.decision)
        elif not layer.builtin:
            words = "a command may touch these paths, and the client knows only the command's text"
            remarks.append(remark(NOT_HELD, words, rule))
    return max(decisions, key=lambda each: each.strictness), remarks
