"""A policy in canonical text: what the parsers read back as the same policy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agentowners.policy.conversion import ConversionRefused, refuse_if
from agentowners.policy.model import (
    Action,
    AgentEntry,
    AgentGroup,
    ApprovalSettings,
    Default,
    Layer,
    Mode,
    ModeLine,
    Outcome,
    Rule,
    Unprotect,
)
from agentowners.policy.modes import place
from agentowners.policy.patterns import PathPattern, RefPattern
from agentowners.policy.words import DIRECTIVES, quote

__all__ = ["ConversionRefused", "default_text", "rule_text", "to_lines", "to_yaml", "unprotect_text"]

_BLANK: Final = re.compile(r"([ \t])")
_NOT_IN_LINES: Final = "[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]"


def rule_text(rule: Rule) -> str:
    """The rule as a canonical line, without its reason: what a verdict shows.

    It holds whatever the patterns hold, control characters too; only ``to_lines`` promises a line that can be parsed.
    """
    patterns = _patterns([*rule.patterns, *rule.refs]) or ["**"]
    if patterns[0] in DIRECTIVES:
        patterns[0] = "\\" + patterns[0]
    tokens = [*patterns, *map(str, rule.principals), *_outcome(rule.outcome)]
    if rule.actions:
        tokens.append("actions=" + ",".join(action.value for action in Action if action in rule.actions))
    if rule.name is not None:
        tokens.append("id=" + _value(rule.name))
    return " ".join(tokens)


def default_text(default: Default) -> str:
    """The default as a canonical line."""
    return " ".join(["default", str(default.principal), *_outcome(default.outcome)])


def unprotect_text(unprotect: Unprotect) -> str:
    """The ``unprotect`` line in canonical form, without its reason."""
    return " ".join(["unprotect", *_patterns(unprotect.patterns), *map(str, unprotect.principals)])


def to_yaml(layer: Layer) -> str:
    """The layer as ``.agentowners.yml``; see ``yaml_printer``.

    Raises:
        ConversionRefused: it says something that YAML cannot hold.
    """
    # imported here: a verdict shows rules as lines, and most commands print no YAML
    from agentowners.policy import yaml_printer

    return yaml_printer.to_yaml(layer)


def to_lines(layer: Layer) -> str:
    """A whole layer in the line syntax, comments aside; rules and modes stay in file order.

    Raises:
        ConversionRefused: the layer says something that has no line form.
    """
    lines = [_approvals(layer.approvals)] if layer.approvals != ApprovalSettings() else []
    lines += [_agent(agent) for agent in layer.agents]
    lines += [default_text(default) for default in layer.defaults]
    lines += [_unprotect(unprotect) for unprotect in layer.unprotects]
    statements: list[Rule | ModeLine] = [*layer.rules, *layer.modes]
    statements.sort(key=place)
    lines += [_rule(one) if isinstance(one, Rule) else _mode(one) for one in statements]
    return "".join(f"{line}\n" for line in lines)


def _rule(rule: Rule) -> str:
    return _checked(rule_text(rule), f"rule {quote(rule.id)}") + _reason(rule.reason, f"rule {quote(rule.id)}")


def _unprotect(unprotect: Unprotect) -> str:
    what = f"`unprotect` {quote(unprotect.id)}"
    return _checked(unprotect_text(unprotect), what) + _reason(unprotect.reason, what)


def _mode(mode: ModeLine) -> str:
    is_approved = mode.mode is Mode.APPROVED_ONLINE
    if is_approved and mode.workspace:
        raise ConversionRefused(
            f"mode {quote(mode.id)} has a `workspace`, and the patterns of an `{mode.mode.value}` line are those approved",
            help="keep this policy in YAML, or write the mode's rules out",
        )
    patterns = _patterns(mode.approved if is_approved else mode.workspace)
    return _checked(" ".join(["mode", mode.mode.value, *map(str, mode.principals), *patterns]), f"mode {quote(mode.id)}")


def _agent(agent: AgentEntry) -> str:
    if agent.oidc:
        message = f"agent {quote(agent.name)} has OIDC claims, which have no line form"
        raise ConversionRefused(message, help="keep this policy in YAML")
    tokens = ["agent", agent.name]
    for key, values in (("login", agent.logins), ("id", agent.ids), ("email", agent.emails), ("branch", agent.branches)):
        tokens += [f"{key}={_value(str(value))}" for value in values]
    if agent.group is not AgentGroup.AGENTS or len(tokens) == 2:
        tokens.append(f"group={agent.group.value}")
    return " ".join(tokens)


def _approvals(settings: ApprovalSettings) -> str:
    from agentowners.policy.yaml_printer import settings_said

    return " ".join(["approvals", *(f"{key}={value}" for key, value in settings_said(settings).items())])


def _patterns(patterns: Iterable[PathPattern | RefPattern]) -> list[str]:
    """Pattern tokens: blanks escaped, and a first character that would make another token of it (or a byte order mark)."""
    tokens = [_BLANK.sub(r"\\\1", str(pattern)) for pattern in patterns]
    return [f"\\{token}" if token[0] in "#@\ufeff" else token for token in tokens]


def _value(text: str) -> str:
    return _BLANK.sub(r"\\\1", text.replace("\\", "\\\\"))


def _outcome(outcome: Outcome) -> list[str]:
    number = f"({outcome.count})" if outcome.count > 1 else ""
    return [outcome.decision.value + number, *map(str, outcome.approvers)]


def _reason(reason: str | None, what: str) -> str:
    if reason is None:
        return ""
    _checked(reason, f"the reason of {what}")
    if reason != reason.strip(" \t"):
        raise ConversionRefused(
            f"the reason of {what} begins or ends with a blank, which has no line form", help="take the blank away"
        )
    return f" # {reason}"


def _checked(text: str, what: str) -> str:
    refuse_if(re.search(_NOT_IN_LINES, text), what, "the line syntax")
    return text
