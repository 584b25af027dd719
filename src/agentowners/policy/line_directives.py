"""Statements of lines: rules, ``default``, ``mode``, ``unprotect``, ``agent``, ``approvals``, ``dispatch`` and ``assert``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, TypeVar

from agentowners.policy.agent_names import NAMESPACE, SIGNALS, account_id, agent_name
from agentowners.policy.line_clauses import read_clause, read_patterns, read_principals
from agentowners.policy.line_help import TAKEN_OUT_OF_RULES
from agentowners.policy.line_reader import LineReader
from agentowners.policy.line_tree import Token, Tokens, is_positive, is_principal, is_ref, unescape
from agentowners.policy.model import AgentEntry, AgentGroup, ApprovalSettings, DispatchSettings, Mode
from agentowners.policy.modes import list_problem
from agentowners.policy.patterns import PathPattern, PatternError
from agentowners.policy.words import (
    AGENT_GROUPS,
    BOUNDS,
    DECISIONS,
    DISPATCH_SETTINGS,
    MODES,
    NO_REFS,
    NO_SIGNAL,
    ONLY_NEGATIVE,
    SETTINGS,
)
from agentowners.text.wording import alternatives, quote, suggest

T = TypeVar("T")

REVIEWER: Final = "reviewer"


def read_rule(line: LineReader, what: Literal["rule", "assert"] = "rule") -> None:
    """``rule = pattern+ principal+ decision (approver | attribute)* [comment]``."""
    patterns, refs = read_patterns(line, line.parts.patterns)
    if not line.parts.patterns and (what == "assert" or not _has_late_pattern(line.tokens)):
        subject = "`assert`" if what == "assert" else "rule"
        line.error("no-pattern", f"{subject} without a pattern", help="write `**` for every path")
    clause = read_clause(line, what)
    if line.right and clause.outcome is not None:
        rule = line.draft.rule(
            patterns, refs, clause.principals, clause.outcome, clause.actions, line.reason, clause.name, line.whole
        )
        if what == "rule":
            line.draft.rules.append(rule)
        else:
            bound = line.parts.bound
            line.draft.add_assert(None if bound is None else BOUNDS[bound.text], rule)


def _has_late_pattern(tokens: Tokens) -> bool:
    """True if a pattern stands behind a principal: that is an error of its own, and then there is a pattern."""
    return any(not is_principal(token) and ("/" in token.text or "." in token.text or "*" in token.text) for token in tokens)


def read_assert(line: LineReader) -> None:
    """``assert = "assert" pattern+ principal+ ["at-least" | "at-most"] decision (approver | attribute)* [comment]``."""
    read_rule(line, "assert")


def read_default(line: LineReader) -> None:
    """``default = "default" principal+ decision approver*``: one default for each principal."""
    clause = read_clause(line, "default")
    right = line.right
    if len(clause.principals) == len(clause.principal_tokens):
        for principal, token in zip(clause.principals, clause.principal_tokens, strict=True):
            outcome = clause.outcome if right else None
            line.draft.add_default(principal, outcome, line.whole, line.span(token.at, token.end))


def read_mode(line: LineReader) -> None:
    """``mode = "mode" name principal+ path-pattern*``."""
    parts = line.parts
    name = parts.name
    if name is None:
        line.error("no-mode", "`mode` without a name", help="write " + alternatives(MODES))
    mode = None if name is None else MODES.get(name.text)
    if name is not None and mode is None:
        line.error("unknown-mode", f"unknown mode {quote(name.text)}", name, suggest(name.text, MODES))
    principals = read_principals(line, parts.principals)
    if not parts.principals and name is not None:
        line.error("no-principal", "mode without a principal", help="name the principals right after the mode")
    patterns = _path_patterns(line, parts.patterns, "mode")
    if mode is None:
        return
    is_approved = mode is Mode.APPROVED_ONLINE
    for token in parts.patterns:
        if is_principal(token):
            continue
        problem = list_problem(mode, "approved" if is_approved else "workspace", negative=token.text[0] == "!")
        if problem is not None:
            line.error("invalid-mode", problem.message, token, problem.help)
    if line.right:
        workspace, approved = ((), patterns) if is_approved else (patterns, ())
        line.draft.add_mode(mode, principals, workspace, approved, line.whole)


def read_unprotect(line: LineReader) -> None:
    """``unprotect = "unprotect" path-pattern+ principal+ [comment]``."""
    parts = line.parts
    if not parts.patterns:
        line.error("no-pattern", "`unprotect` without a pattern", help=ONLY_NEGATIVE.help)
    if not parts.principals:
        line.error("no-principal", "`unprotect` without a principal", help="say who it is for, with an at-sign: `@agents`")
    patterns = _path_patterns(line, parts.patterns, "unprotect")
    principals = read_principals(line, [token for token in parts.principals if is_positive(token)])
    for token in parts.principals:
        if is_positive(token):
            continue
        if is_principal(token):
            line.error("misplaced-principal", f"{quote(token.text)} on an `unprotect` line", token, TAKEN_OUT_OF_RULES)
        elif token.text.partition("(")[0] in DECISIONS:
            message = f"decision {quote(token.text)} on an `unprotect` line"
            line.error("unexpected-token", message, token, "write a rule of its own")
        else:
            message = f"pattern {quote(token.text)} after a principal"
            line.error("pattern-after-principal", message, token, "write patterns first, then principals")
    if patterns and all(pattern.negative for pattern in patterns):
        line.error("no-pattern", ONLY_NEGATIVE.message, help=ONLY_NEGATIVE.help)
    if line.right:
        line.draft.add_unprotect(patterns, principals, line.reason, line.whole)


def read_agent(line: LineReader) -> None:
    """``agent = "agent" name (("login" | "id" | "email" | "branch" | "trailer" | "description" | "group") "=" value)+``; all
    but ``group`` may repeat."""
    parts = line.parts
    token = parts.name
    name = NAMESPACE
    if token is None:
        line.error("no-agent", "`agent` without a name", help="name the identity")
    else:
        try:
            name = agent_name(unescape(token.text))
            line.draft.check_agent_name(name, line.span(token.at, token.end))
        except PatternError as error:
            line.error_at("invalid-agent", error, token)
    signals: defaultdict[str, list[Any]] = defaultdict(list)
    group: AgentGroup | None = None
    for key, value in _attributes(line, parts.tail, (*SIGNALS, "group"), repeatable=tuple(SIGNALS)):
        if key.text == "group":
            group = _choice(line, key, value, AGENT_GROUPS)
            continue
        field, read = SIGNALS[key.text]
        try:
            signals[field].append(read(name, unescape(value.text)))
        except PatternError as error:
            # An escape moves what follows it: then only the value as a whole can be pointed at.
            place = error if "\\" not in value.text else PatternError(error.message, 0, error.help)
            line.error_at("invalid-agent", place, Token(f"{key.text}={value.text}", key.at), len(key.text) + 1)
    if token is not None and not parts.tail:
        line.error("invalid-agent", NO_SIGNAL.message, help=NO_SIGNAL.help)
    if line.right:
        fields: dict[str, Any] = {field: tuple(values) for field, values in signals.items()}
        line.draft.agents.append(AgentEntry(name, group=group or AgentGroup.AGENTS, span=line.whole, **fields))


def read_approvals(line: LineReader) -> None:
    """``approvals = "approvals" (setting "=" value)*``, each setting once, on one line of a file; ``reviewer`` may repeat."""
    settings: dict[str, Any] = {}
    reviewers: list[int] = []
    for key, value in _attributes(line, line.parts.tail, (*SETTINGS, REVIEWER), repeatable=(REVIEWER,)):
        if key.text == REVIEWER:
            try:
                reviewers.append(account_id(value.text))
            except PatternError as error:
                line.error_at("invalid-value", error, value if value.text else Token(f"{key.text}=", key.at))
            continue
        settings[key.text] = _choice(line, key, value, SETTINGS[key.text])
    right = line.right
    approvals = ApprovalSettings(**settings, reviewers=tuple(dict.fromkeys(reviewers))) if right else ApprovalSettings()
    line.draft.set_settings(approvals, line.whole)


def read_dispatch(line: LineReader) -> None:
    """``dispatch = "dispatch" (("opaque" | "at_call") "=" value)*``, each setting once, on one line of a file."""
    settings: dict[str, Any] = {}
    for key, value in _attributes(line, line.parts.tail, tuple(DISPATCH_SETTINGS), repeatable=()):
        settings[key.text] = _choice(line, key, value, DISPATCH_SETTINGS[key.text])
    right = line.right
    line.draft.set_settings(DispatchSettings(**settings) if right else DispatchSettings(), line.whole)


def _path_patterns(line: LineReader, tokens: Tokens, what: str) -> tuple[PathPattern, ...]:
    good: list[Token] = []
    for token in tokens:
        if is_ref(token):
            line.error("invalid-pattern", f"ref pattern {quote(token.text)} on a `{what}` line", token, NO_REFS)
        elif token.text.startswith("!@"):
            line.error("misplaced-principal", f"{quote(token.text)} on a `{what}` line", token, TAKEN_OUT_OF_RULES)
        elif token.text[0] == "@":
            help = "write principals first, then patterns"
            line.error("principal-after-pattern", f"principal {quote(token.text)} after a pattern", token, help)
        else:
            good.append(token)
    return read_patterns(line, good)[0]


def _attributes(
    line: LineReader, tokens: Tokens, keys: tuple[str, ...], repeatable: tuple[str, ...]
) -> Iterator[tuple[Token, Token]]:
    """``key "=" value`` pairs; what is none of them is noted and left out."""
    seen: set[str] = set()
    for token in tokens:
        text, equals, content = token.text.partition("=")
        key = Token(text, token.at)
        if not equals:
            help = "write " + alternatives(f"{name}=..." for name in keys)
            line.error("unexpected-token", f"{quote(text)} is no attribute", token, help)
        elif text not in keys:
            line.error("unknown-attribute", f"unknown attribute {quote(text)}", key, suggest(text, keys))
        elif text in seen and text not in repeatable:
            line.error("duplicate-attribute", f"second `{text}`", token, "write it once")
        else:
            seen.add(text)
            yield key, Token(content, key.end + 1)


def _choice(line: LineReader, key: Token, value: Token, choices: Mapping[str, T]) -> T | None:
    choice = choices.get(value.text)
    if choice is None:
        at = value if value.text else Token(f"{key.text}=", key.at)
        line.error("invalid-value", f"{quote(value.text)} is no value of `{key.text}`", at, suggest(value.text, choices))
    return choice


DIRECTIVES: Final = {
    "default": read_default,
    "mode": read_mode,
    "unprotect": read_unprotect,
    "agent": read_agent,
    "approvals": read_approvals,
    "dispatch": read_dispatch,
    "assert": read_assert,
}
"""By the first token of a line; any other line is a rule."""
