"""A policy as canonical YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from agentowners.policy.conversion import refuse_if
from agentowners.policy.model import (
    Action,
    AgentEntry,
    AgentGroup,
    ApprovalSettings,
    Decision,
    Default,
    Layer,
    ModeLine,
    Outcome,
    Rule,
    Unprotect,
)

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON leaves as it is and a YAML policy must not hold as it is."""


def to_yaml(layer: Layer) -> str:
    """A whole layer in the YAML syntax, comments aside.

    Raises:
        ConversionRefused: a pattern holds a byte that is not UTF-8 (none that was read from a policy does).
    """
    lines = ["version: 1"]
    lines += _section("approvals", [f"{key}: {value}" for key, value in settings_said(layer.approvals).items()])
    lines += _section("agents", [line for agent in layer.agents for line in _agent(agent)])
    lines += _section("defaults", [_default(default) for default in layer.defaults])
    lines += _section("unprotect", [line for unprotect in layer.unprotects for line in _item(_unprotect(unprotect))])
    lines += _section("modes", [line for mode in layer.modes for line in _item(_mode(mode))])
    lines += _section("rules", [line for rule in layer.rules for line in _item(_rule(rule))])
    return "".join(f"{line}\n" for line in lines)


def settings_said(settings: ApprovalSettings) -> dict[str, str]:
    """The settings that a layer says anything about, as both syntaxes write them."""
    values = {
        "dismiss_stale": settings.dismiss_stale,
        "minimum_permission": settings.minimum_permission and settings.minimum_permission.value,
        "requester_counts": settings.requester_counts,
        "contributors_count": settings.contributors_count,
    }
    return {key: str(value).lower() for key, value in values.items() if value is not None}


def _rule(rule: Rule) -> list[str]:
    fields = [] if rule.name is None else [f"id: {_quoted(rule.name)}"]
    fields += _list("patterns", rule.patterns)
    fields += _list("refs", rule.refs)
    fields += _list("principals", rule.principals)
    if rule.actions:
        fields.append("actions: [" + ", ".join(action.value for action in Action if action in rule.actions) + "]")
    return [*fields, *_outcome(rule.outcome), *_reason(rule.reason)]


def _unprotect(unprotect: Unprotect) -> list[str]:
    return [*_list("patterns", unprotect.patterns), *_list("principals", unprotect.principals), *_reason(unprotect.reason)]


def _mode(mode: ModeLine) -> list[str]:
    fields = [f"mode: {mode.mode.value}", *_list("principals", mode.principals)]
    return [*fields, *_list("workspace", mode.workspace), *_list("approved", mode.approved)]


def _default(default: Default) -> str:
    outcome = _outcome(default.outcome)
    value = default.outcome.decision.value if len(outcome) == 1 else "{" + ", ".join(outcome) + "}"
    return f"{_quoted(str(default.principal))}: {value}"


def _agent(agent: AgentEntry) -> list[str]:
    fields = [*_list("logins", agent.logins)]
    if agent.ids:
        fields.append("ids: [" + ", ".join(map(str, agent.ids)) + "]")
    fields += [*_list("emails", agent.emails), *_list("branches", agent.branches)]
    if agent.oidc:
        fields.append("oidc:")
    for token in agent.oidc:
        claims = ", ".join(f"{_quoted(claim)}: {_quoted(glob)}" for claim, glob in token.claims)
        fields.append(f"  - {{issuer: {_quoted(token.issuer)}, claims: {{{claims}}}}}")
    if agent.group is not AgentGroup.AGENTS or not fields:
        fields.append(f"group: {agent.group.value}")
    return [f"{_quoted(agent.name)}:", *(f"  {field}" for field in fields)]


def _outcome(outcome: Outcome) -> list[str]:
    fields = [f"decision: {outcome.decision.value}"]
    if outcome.decision is Decision.REQUIRE_APPROVAL and outcome.count > 1:
        fields.append(f"approvals: {outcome.count}")
    return [*fields, *_list("approvers", outcome.approvers)]


def _reason(reason: str | None) -> list[str]:
    return [] if reason is None else [f"reason: {_quoted(reason)}"]


def _list(key: str, values: Iterable[object]) -> list[str]:
    items = ", ".join(_quoted(str(value)) for value in values)
    return [f"{key}: [{items}]"] if items else []


def _item(fields: list[str]) -> list[str]:
    return [f"{'  ' if number else '- '}{field}" for number, field in enumerate(fields)]


def _section(key: str, lines: list[str]) -> list[str]:
    return [f"{key}:", *(f"  {line}" for line in lines)] if lines else []


def _quoted(text: str) -> str:
    refuse_if(_SURROGATE.search(text), "a text", "YAML")
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
