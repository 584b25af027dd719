"""A policy in canonical text: what the parsers read back as the same policy."""

from __future__ import annotations

import re
from typing import Final

from agentowners.diagnostics import AgentownersError
from agentowners.policy.model import Action, Default, Outcome, Rule
from agentowners.policy.words import DIRECTIVES

_BLANK: Final = re.compile(r"([ \t])")


class ConversionRefused(AgentownersError):  # noqa: N818 (named for what happens, like the house's other words)
    """A policy says something that the other syntax cannot say; the message says what."""


def rule_text(rule: Rule) -> str:
    """The rule as a canonical line, without its reason: what a verdict shows."""
    patterns = [escape(str(pattern)) for pattern in (*rule.patterns, *rule.refs)] or ["**"]
    if patterns[0][0] in "#@" or patterns[0] in DIRECTIVES:
        patterns[0] = "\\" + patterns[0]
    tokens = [*patterns, *(str(principal) for principal in rule.principals), *_outcome(rule.outcome)]
    if rule.actions:
        tokens.append("actions=" + ",".join(action.value for action in Action if action in rule.actions))
    if rule.name is not None:
        tokens.append("id=" + escape(rule.name.replace("\\", "\\\\")))
    return " ".join(tokens)


def default_text(default: Default) -> str:
    """The default as a canonical line."""
    return " ".join(["default", str(default.principal), *_outcome(default.outcome)])


def escape(text: str) -> str:
    """Text with its blanks escaped."""
    return _BLANK.sub(r"\\\1", text)


def _outcome(outcome: Outcome) -> list[str]:
    number = f"({outcome.count})" if outcome.count > 1 else ""
    return [outcome.decision.value + number, *(str(approver) for approver in outcome.approvers)]
