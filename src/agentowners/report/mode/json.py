"""Modes as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.matrix import matrix
from agentowners.policy.model import Mode
from agentowners.policy.statement_text import rule_text
from agentowners.proof.mode_guide import WORDS, rules_of
from agentowners.report.shared.json_text import encode
from agentowners.report.shared.matrix import matrix_json


def mode_json(modes: Iterable[Mode], commands: Collection[str]) -> str:
    """Everything about each mode, as ASCII text that ends in a newline; ``commands`` as for ``matrix``."""
    entries = [
        {
            "mode": mode.value,
            "may": WORDS[mode],
            "rules": [rule_text(rule) for rule in rules_of(mode)],
            "enforced": matrix_json(matrix(commands, mode)),
        }
        for mode in modes
    ]
    hooks = [{"client": facts.name, "never_sees": list(facts.unseen)} for facts in CLIENTS.values()]
    return encode({"schema": 1, "modes": entries, "hooks": hooks}, indent=2) + "\n"
