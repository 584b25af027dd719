"""Modes for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentowners.policy.model import Mode
from agentowners.policy.statement_text import rule_text
from agentowners.proof.mode_guide import WORDS, Enforcer, holds, rules_of
from agentowners.report.mode.hooks import unseen_by_hooks
from agentowners.report.shared.style import PLAIN, Style


def mode_list(modes: Iterable[Mode]) -> str:
    """Each mode with what whoever it is declared for may do."""
    return "".join(f"{mode.value:16}  {WORDS[mode]}\n" for mode in modes)


def mode_rules(modes: Iterable[Mode]) -> str:
    """The rules that each mode compiles to, for every agent and without patterns."""
    return "\n".join(f"# mode {mode.value} @agents\n" + "".join(f"{line}\n" for line in _rules(mode)) for mode in modes)


def mode_explanation(modes: Iterable[Mode], style: Style = PLAIN) -> str:
    """Everything about each mode."""
    return "\n".join("".join(f"{line}\n" for line in _explained(mode, style)) for mode in modes)


def _rules(mode: Mode) -> list[str]:
    return [rule_text(rule) for rule in rules_of(mode)] or ["# no rule: nothing of the file that says so is enforced for them"]


def _explained(mode: Mode, style: Style) -> Iterator[str]:
    yield f"{style.strong(mode.value)}: {WORDS[mode]}"
    yield ""
    yield from (f"  {line}" for line in _rules(mode))
    for place, cells in holds(mode).items():
        yield ""
        yield f"  {place.value}"
        for action, entry in cells.items():
            yield f"    {action.value:13}  {entry.hold.value:11}  {entry.why}"
        if place is Enforcer.HOOK:
            yield from (f"    {name}: its hooks never see {'; '.join(unseen)}" for name, unseen in unseen_by_hooks())
