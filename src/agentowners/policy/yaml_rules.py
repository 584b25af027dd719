"""``rules``, ``asserts`` and ``defaults`` of the YAML syntax."""

from __future__ import annotations

from functools import partial
from typing import Final

from agentowners.policy.model import MAX_APPROVALS, Action, Decision, Outcome
from agentowners.policy.patterns import Approver, PathPattern, PatternError, PrincipalPattern, RefPattern, each_once
from agentowners.policy.words import (
    ACTIONS,
    BOUNDS,
    DECISIONS,
    NO_REFS,
    ONLY_TAKEN_OUT,
    REF_AS_PATH,
    count_problem,
    suggest_decision,
)
from agentowners.policy.yaml_nodes import PolicyNodes
from agentowners.text.unseen import said_of, turned_around
from agentowners.text.wording import alternatives, quote, suggest
from agentowners.yamltext.compose import Mapping, Node
from agentowners.yamltext.nodes import Field, Nodes

_HEADS: Final = "refs/heads/"
OUTCOME_KEYS: Final = ("decision", "approvals", "approvers")
RULE_KEYS: Final = ("id", "patterns", "refs", "branches", "principals", "agents", "actions", *OUTCOME_KEYS, "reason")
ASSERT_KEYS: Final = (*RULE_KEYS[:-4], "bound", *RULE_KEYS[-4:])
_UNLESS_SAID: Final = (PrincipalPattern("agents"),)
"""Principals of a rule that names none."""


def read_rules(nodes: PolicyNodes, field: Field) -> None:
    """``rules``: a list of mappings."""
    for node, fields in nodes.items_of(field, "a rule", RULE_KEYS, of_rules=True):
        _read_rule(nodes, node, fields, "rule")


def read_asserts(nodes: PolicyNodes, field: Field) -> None:
    """``asserts``: a list of mappings, each like a rule with a ``bound``."""
    for node, fields in nodes.items_of(field, "an assert", ASSERT_KEYS):
        _read_rule(nodes, node, fields, "assert")


def _read_rule(nodes: PolicyNodes, node: Node, fields: dict[str, Field], what: str) -> None:
    if not fields.keys() & {"patterns", "refs", "branches"}:
        help = 'write `patterns: ["**"]` for every path'
        nodes.error("no-pattern", f"{what} without `patterns`, `refs` or `branches`", node, help)
    patterns = read_patterns(nodes, fields.get("patterns"), f"name a ref under `refs`; {REF_AS_PATH}")
    refs = nodes.strings(fields.get("refs"), RefPattern.parse, "invalid-pattern")
    branches = nodes.strings(fields.get("branches"), _branch, "invalid-pattern")
    principals = _principals_of_rule(nodes, fields)
    actions = frozenset(nodes.strings(fields.get("actions"), action, "unknown-action"))
    bound = nodes.choice(fields.get("bound"), BOUNDS, "invalid-value", "bound")
    outcome = read_outcome(nodes, node, fields, what)
    reason = read_reason(nodes, fields.get("reason"))
    name = nodes.one(fields.get("id"), str, "invalid-id")
    if name is not None:
        nodes.draft.check_name(name, nodes.span(fields["id"].value))
    if nodes.right and outcome is not None:
        span = nodes.span(node)
        rule = nodes.draft.rule(patterns, refs + branches, principals or _UNLESS_SAID, outcome, actions, reason, name, span)
        if what == "assert":
            nodes.draft.add_assert(bound, rule)
        else:
            nodes.draft.rules.append(rule)


def read_defaults(nodes: PolicyNodes, field: Field) -> None:
    """``defaults``: a mapping from principal to a decision, or to a mapping with one."""
    for text, (key, value), span in nodes.entries_of(field):
        word = {"decision": Field(key, value)}
        fields = nodes.mapping(value, "a default", OUTCOME_KEYS) if isinstance(value, Mapping) else word
        outcome = read_outcome(nodes, value, fields or {}, "default")
        try:
            principal = PrincipalPattern.parse(text)
        except PatternError as error:
            nodes.error_at("invalid-principal", error, key)
            continue
        nodes.draft.add_default(principal, outcome if nodes.right else None, span, nodes.span(key))


def read_patterns(nodes: PolicyNodes, field: Field | None, refs: str = NO_REFS) -> tuple[PathPattern, ...]:
    """A list of path patterns; ``refs`` is the help for one that begins like a ref."""
    return () if field is None else nodes.strings(field, partial(_path_pattern, key=field.key.text, refs=refs), "invalid-pattern")


def read_principals(nodes: PolicyNodes, field: Field | None) -> tuple[PrincipalPattern, ...]:
    """A list of principals, with or without their at-signs."""
    return nodes.strings(field, PrincipalPattern.parse, "invalid-principal")


def _principals_of_rule(nodes: PolicyNodes, fields: dict[str, Field]) -> tuple[PrincipalPattern, ...]:
    """``principals``, which may also be called ``agents``; one of them at least takes nobody out."""
    if "principals" in fields and "agents" in fields:
        second = max(fields["principals"].key, fields["agents"].key, key=lambda key: (key.line, key.column))
        nodes.error("duplicate-key", "`principals` and `agents` are the same key", second, "write it once")
    field = fields.get("principals") or fields.get("agents")
    before = nodes.wrong
    principals = nodes.strings(field, PrincipalPattern.parse_in_rule, "invalid-principal")
    if field is not None and principals and nodes.wrong == before and all(principal.negative for principal in principals):
        nodes.error("no-principal", ONLY_TAKEN_OUT.message, field.value, ONLY_TAKEN_OUT.help)
    return principals


def read_outcome(nodes: PolicyNodes, node: Node, fields: dict[str, Field], what: str) -> Outcome | None:
    """``decision``, with ``approvals`` and ``approvers`` where it is ``require_approval``."""
    field = nodes.required(fields, "decision", node, what, "write " + alternatives(DECISIONS))
    decision = None if field is None else read_decision(nodes, field)
    count = _count(nodes, fields["approvals"].value) if "approvals" in fields else 1
    approvers = nodes.strings(fields.get("approvers"), Approver.parse, "invalid-approver")
    if decision is None:
        return None
    if decision is Decision.REQUIRE_APPROVAL:
        return None if count is None else Outcome(decision, count, each_once(approvers))
    for key in ("approvals", "approvers"):
        if key in fields:
            nodes.error(
                "misplaced-approver",
                f"`{key}` beside decision `{decision.value}`, which asks for no approval",
                fields[key].key,
                "it goes with `decision: require_approval`",
            )
    return Outcome(decision)


def read_decision(nodes: Nodes, field: Field, what: str = "a decision") -> Decision | None:
    """One of the decisions, without its number."""
    text = nodes.string(field.value, what)
    if text is None or text in DECISIONS:
        return DECISIONS.get(text or "")
    word, _, number = text.partition("(")
    numbered = word in DECISIONS and number
    help = "write the word alone, and the number as `approvals`" if numbered else suggest_decision(word)
    nodes.error("unknown-decision", f"{quote(text)} is not a decision", field.value, help)
    return None


def _count(nodes: PolicyNodes, node: Node) -> int | None:
    text = nodes.number(node, "`approvals`")
    problem = None if text is None else count_problem(text)
    if problem is not None:
        nodes.error("invalid-count", problem, node, f"write a number from 1 to {MAX_APPROVALS}")
    return None if text is None or problem is not None else int(text)


def read_reason(nodes: PolicyNodes, field: Field | None) -> str | None:
    """Why: any text that stays as it is beside others."""
    reason = nodes.one(field, str, "invalid-value")
    match = None if reason is None else turned_around(reason)
    if field is not None and match is not None:
        nodes.error("bidirectional-character", said_of(match[0]), field.value, "take it out")
    return reason


def _path_pattern(text: str, key: str, refs: str) -> PathPattern:
    pattern = PathPattern.parse(text)
    if pattern.text.startswith("refs/"):
        raise PatternError(f"{quote(text)} under `{key}`", 0, refs)
    return pattern


def _branch(text: str) -> RefPattern:
    mark = "!" if text.startswith("!") else ""
    name = text.removeprefix("!")
    if name == "":
        raise PatternError("empty name of a branch")
    if name.startswith("refs/"):
        raise PatternError(f"{quote(text)} is the full name of a ref", len(mark), "name it under `refs`")
    try:
        return RefPattern.parse(f"{mark}{_HEADS}{name}")
    except PatternError as error:
        raise error.moved(-len(_HEADS)) from None


def action(text: str) -> Action:
    """An action by its word.

    Raises:
        PatternError: there is none of this name.
    """
    if text not in ACTIONS:
        raise PatternError(f"unknown action {quote(text)}", 0, suggest(text, ACTIONS))
    return ACTIONS[text]
