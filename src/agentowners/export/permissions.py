"""Lists of what an agent's client refuses, asks about and lets through, in that order of strength.

Whatever is let through has to be allowed by every layer. So the first two lists hold at least what the policy restricts, and the
third at most what its rules allow; what no list names is for the client to ask about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, field

from agentowners.diagnostics import Diagnostic
from agentowners.export.model import NOT_HELD, STRICTER, remark
from agentowners.export.standpoint import HeldLayer, HeldPolicy
from agentowners.policy.model import WRITE_KINDS, Action, Decision, Default, Rule
from agentowners.policy.patterns import PathPattern

Written = Callable[[PathPattern, bool], tuple[str, ...] | None]
"""A pattern in the client's language: with True at least what it matches, with False at most that; None for neither."""

EVERYTHING = PathPattern("**")


class PermissionLists(Struct):
    """The lists for one action."""

    deny: dict[str, None] = field(default_factory=dict)
    ask: dict[str, None] = field(default_factory=dict)
    allow: dict[str, None] = field(default_factory=dict)
    remarks: list[Diagnostic] = field(default_factory=list)

    def of(self, decision: Decision) -> dict[str, None]:
        """The list for a decision."""
        return {Decision.BLOCK: self.deny, Decision.REQUIRE_APPROVAL: self.ask, Decision.ALLOW: self.allow}[decision]


def permission_lists(policy: HeldPolicy, action: Action, write: Written, *, unnamed_is_open: bool) -> PermissionLists:
    """The lists for an action on paths.

    Args:
        policy: the statements that apply.
        action: one of the general ones.
        write: writes a pattern.
        unnamed_is_open: whether the client lets through what no list names.
    """
    lists = PermissionLists()
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


def _restrict(rule: Rule, action: Action, write: Written, lists: PermissionLists) -> None:
    listed = lists.of(rule.decision)
    for pattern in _positive(rule):
        listed.update(dict.fromkeys(_certainly(pattern, write)))
    if any(pattern.negative for pattern in rule.patterns):
        lists.remarks.append(remark(STRICTER, "its exceptions have no form here, so it holds for them too", rule))
    if action is Action.FILE_WRITE and rule.actions and rule.actions <= WRITE_KINDS and rule.actions != WRITE_KINDS:
        lists.remarks.append(remark(STRICTER, "one kind of write cannot be told from another here, so it holds for all", rule))
    if rule.outcome.approvers or rule.outcome.count > 1:
        words = "whoever sits at the client is asked, and nobody counts approvals: the gate does"
        lists.remarks.append(remark(NOT_HELD, words, rule))


def _allow(rule: Rule, write: Written, lists: PermissionLists, closed: Sequence[HeldLayer]) -> None:
    for pattern in _positive(rule):
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


def _close(default: Default, write: Written, lists: PermissionLists, *, whole: bool) -> None:
    if whole:
        lists.of(default.outcome.decision).update(dict.fromkeys(_certainly(EVERYTHING, write)))
    elif default.outcome.decision is Decision.BLOCK:
        words = "what nothing allows is only asked about here: to refuse it would outweigh what is allowed"
        lists.remarks.append(remark(NOT_HELD, words, default))


def _positive(rule: Rule) -> Iterator[PathPattern]:
    positive = [pattern for pattern in rule.patterns if not pattern.negative]
    yield from positive or [EVERYTHING]


def _certainly(pattern: PathPattern, write: Written) -> tuple[str, ...]:
    return write(pattern, True) or write(EVERYTHING, True) or ()


def shell_decision(policy: HeldPolicy) -> tuple[Decision, list[Diagnostic]]:
    """The decision about every command, and remarks about rules that speak of commands on some paths."""
    decision = Decision.ALLOW
    remarks: list[Diagnostic] = []
    for layer in policy.layers:
        for rule in layer.about(Action.SHELL_EXECUTE):
            if not rule.decision.restricts:
                continue
            if EVERYTHING in _positive(rule) and not any(pattern.negative for pattern in rule.patterns):
                decision = max(decision, rule.decision, key=lambda one: one.strictness)
            elif not layer.builtin:
                words = "a command may touch these paths, and the client knows only the command's text"
                remarks.append(remark(NOT_HELD, words, rule))
        if layer.default_decision.restricts:
            decision = max(decision, layer.default_decision, key=lambda one: one.strictness)
    return decision, remarks
