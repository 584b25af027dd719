"""Modes as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from agentowners.policy.model import Mode
from agentowners.policy.statement_text import rule_text
from agentowners.proof.mode_guide import WORDS, holds, rules_of
from agentowners.report.mode.hooks import unseen_by_hooks
from agentowners.report.shared.json_text import encode


def mode_json(modes: Iterable[Mode]) -> str:
    """Everything about each mode, as ASCII text that ends in a newline."""
    entries = [
        {
            "mode": mode.value,
            "may": WORDS[mode],
            "rules": [rule_text(rule) for rule in rules_of(mode)],
            "enforced": [
                {"where": place.value, "action": action.value, "holds": entry.hold.value, "why": entry.why}
                for place, cells in holds(mode).items()
                for action, entry in cells.items()
            ],
        }
        for mode in modes
    ]
    hooks = [{"client": name, "never_sees": list(unseen)} for name, unseen in unseen_by_hooks()]
    return encode({"schema": 1, "modes": entries, "hooks": hooks}, indent=2) + "\n"
