"""Parts of lines: patterns, principals, and a decision with what follows it."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from agentowners.policy import line_help
from agentowners.policy.line_reader import LineReader
from agentowners.policy.line_tree import DECISION, Token, Tokens, is_positive, is_principal, is_ref, unescape
from agentowners.policy.model import MAX_APPROVALS, Action, Decision, Outcome
from agentowners.policy.patterns import Approver, PathPattern, PatternError, PrincipalPattern, RefPattern, each_once
from agentowners.policy.words import ACTIONS, DECISIONS, REF_AS_PATH, count_problem
from agentowners.text.wording import alternatives, quote, suggest

_CAN_FOLLOW: Final = {
    "rule": "only approvers, `actions=...`, `id=...` and a comment can follow",
    "default": "only approvers and a comment can follow",
    "assert": "only approvers, `actions=...`, `id=...` and a comment can follow",
}
_ATTRIBUTES: Final = ("actions", "id")


class Clause(Struct):
    """``principal+ decision (approver | attribute)*``, as far as it could be read."""

    principals: tuple[PrincipalPattern, ...] = ()
    principal_tokens: list[Token] = []
    outcome: Outcome | None = None
    actions: frozenset[Action] = frozenset()
    name: str | None = None


def read_patterns(line: LineReader, tokens: Tokens) -> tuple[tuple[PathPattern, ...], tuple[RefPattern, ...]]:
    """``pattern = ["!"] (path-pattern | ref-pattern)``; errors are noted and the pattern left out."""
    paths: list[PathPattern] = []
    refs: list[RefPattern] = []
    for token in tokens:
        text = token.text
        if is_principal(token):
            line.error(line_help.TOO_EARLY, f"{quote(text)} before any principal", token, line_help.taken_out_too_early(text))
            continue
        try:
            if is_ref(token):
                refs.append(RefPattern.parse(text))
                continue
            path = PathPattern.parse(text)
        except PatternError as error:
            line.error_at("invalid-pattern", error, token)
            continue
        if path.text.startswith("refs/"):
            line.error("invalid-pattern", f"{quote(text)} is neither a path nor a ref", token, REF_AS_PATH)
        else:
            paths.append(path)
    return tuple(paths), tuple(refs)


def read_principals(line: LineReader, tokens: Tokens) -> tuple[PrincipalPattern, ...]:
    """``principal = ["!"] "@" name``; errors are noted and the principal left out."""
    principals: list[PrincipalPattern] = []
    for token in tokens:
        try:
            principals.append(PrincipalPattern.parse_in_rule(token.text))
        except PatternError as error:
            line.error_at("invalid-principal", error, token)
    return tuple(principals)


def read_clause(line: LineReader, what: Literal["rule", "default", "assert"]) -> Clause:
    """``clause = principal+ decision (approver | attribute)*``; a default has no attributes."""
    clause = Clause()
    patterns, before, word, tail = line.parts.patterns, line.parts.principals, line.parts.decision, line.parts.tail
    is_one = is_positive if what == "default" else is_principal
    clause.principal_tokens = [token for token in before if is_one(token)]
    clause.principals = read_principals(line, clause.principal_tokens)
    if not before and word is None and what != "default":
        help = line_help.nothing_but_patterns(patterns)
        line.error("no-principal", "neither a principal nor a decision", help=help)
        return clause
    if not clause.principal_tokens:
        help = line_help.no_principal(patterns, tail if what == "default" else ())
        line.error("no-principal", f"{what} without a principal", help=help)
    for token in before:
        if not is_one(token):
            _misplaced(line, token, what)
    if word is None:
        help = line_help.WRITE_A_DECISION if what == "default" else line_help.no_decision(patterns, before)
        line.error("no-decision", f"{what} without a decision", help=help)
        return clause
    decided = _read_decision(line, word)
    if what == "default" and not clause.principal_tokens and tail and all(token.text[0] == "@" for token in tail):
        return clause
    approvers = _read_tail(line, tail, clause, word, what)
    if decided is None:
        return clause
    decision, count = decided
    if decision is not Decision.REQUIRE_APPROVAL and (first := next((t for t in tail if t.text[0] == "@"), None)):
        line.error(
            "misplaced-approver",
            f"{quote(first.text)} after `{decision.value}`, which asks for no approval",
            first,
            "approvers stand after `require_approval` only",
        )
        return clause
    clause.outcome = Outcome(decision, count, approvers)
    return clause


def _misplaced(line: LineReader, token: Token, what: str) -> None:
    text = token.text
    key, equals, _ = text.partition("=")
    if equals and key in _ATTRIBUTES:
        line.error("attribute-before-decision", f"{quote(text)} stands before the decision", token, "write it after the decision")
    elif is_principal(token):
        line.error("misplaced-principal", f"{quote(text)} on a `default` line", token, line_help.TAKEN_OUT_OF_RULES)
    elif what == "default":
        line.error("pattern-in-default", f"pattern {quote(text)} on a `default` line", token, "a default holds for every path")
    else:
        line.error(
            "pattern-after-principal",
            f"pattern {quote(text)} after a principal",
            token,
            "write patterns first, then principals, then the decision",
        )


def _read_decision(line: LineReader, token: Token) -> tuple[Decision, int] | None:
    """``decision = "allow" | "block" | "require_approval" ["(" N ")"]`` with 1 <= N <= 10."""
    match = DECISION.fullmatch(token.text)
    if match is None:
        line.error("unknown-decision", f"{quote(token.text)} is not a decision", token, line_help.not_a_decision(token.text))
        return None
    decision = DECISIONS[match[1]]
    if match[2] is None:
        return decision, int(decision is Decision.REQUIRE_APPROVAL)
    if decision is not Decision.REQUIRE_APPROVAL:
        line.error("invalid-count", f"`{decision.value}` takes no number", token, f"write `{decision.value}`")
        return None
    number = match[3]
    if match[4] == "":
        line.error("invalid-count", f"{quote(token.text)} has no closing parenthesis", token, line_help.WRITE_A_DECISION)
        return None
    problem = count_problem(number)
    if problem is None:
        return decision, int(number)
    start = token.at + match.start(3)
    at = Token(number, start) if number else token
    line.error("invalid-count", problem, at, f"write `require_approval(N)` with N from 1 to {MAX_APPROVALS}")
    return None


def _read_tail(line: LineReader, tokens: Tokens, clause: Clause, word: Token, what: str) -> tuple[Approver, ...]:
    """``(approver | attribute)*``: the attributes go into the clause, the approvers, each once, are returned."""
    approvers: list[Approver] = []
    seen: set[str] = set()
    end = 0
    for index, token in enumerate(tokens):
        if index < end:
            continue
        text = token.text
        key, equals, value = text.partition("=")
        if text[0] == "@":
            try:
                approvers.append(Approver.parse(text))
            except PatternError as error:
                line.error_at("invalid-approver", error, token)
        elif equals and what == "default":
            line.error("unknown-attribute", f"a default takes no {quote(key)}", token, "write a rule instead")
        elif key == "reason" and equals:
            line.error("unknown-attribute", "unknown attribute `reason`", Token(key, token.at), line_help.REASON_IS_COMMENT)
            break
        elif key in ("approvers", "approvals") and equals:
            help = line_help.approvers_stand_behind(word.text, key, value)
            line.error("unknown-attribute", f"unknown attribute {quote(key)}", Token(key, token.at), help)
        elif equals and key not in _ATTRIBUTES:
            line.error("unknown-attribute", f"unknown attribute {quote(key)}", Token(key, token.at), suggest(key, _ATTRIBUTES))
        elif equals and key in seen:
            line.error("duplicate-attribute", f"second `{key}`", token, "write it once")
        elif key == "actions" and equals:
            seen.add(key)
            clause.actions = _read_actions(line, token, value)
        elif key == "id" and equals:
            seen.add(key)
            clause.name = unescape(value)
            line.draft.check_name(clause.name, line.span(token.at, token.end))
        elif text[0] == "(":
            help = f"write {quote(word.text + text)}, without a blank"
            line.error("unexpected-token", f"{quote(text)} after the decision", token, help)
        elif is_principal(token):
            line.error("misplaced-principal", f"{quote(text)} after the decision", token, "write it before the decision")
        elif DECISION.fullmatch(text):
            line.error("unexpected-token", f"second decision {quote(text)}", token, "write one rule for each decision")
        else:
            if line_help.is_foreign_comment(text):
                line.error("unexpected-token", f"{quote(text)} after the decision", token, line_help.FOREIGN_COMMENT)
                break
            end = line_help.prose(tokens, index)
            words = " ".join(token.text for token in tokens[index:end])
            help = line_help.after_decision(words, word.text, _CAN_FOLLOW[what])
            whole = line.span(token.at, tokens[end - 1].end)
            line.draft.error("unexpected-token", f"{quote(words)} after the decision", whole, help)
    return each_once(approvers)


def _read_actions(line: LineReader, token: Token, value: str) -> frozenset[Action]:
    """``actions = action ("," action)*``."""
    actions: set[Action] = set()
    at = token.at + len("actions=")
    for word in value.split(","):
        if word in ACTIONS:
            actions.add(ACTIONS[word])
        elif word == "":
            blank = value.endswith(",") and token.end < line.whole.end_column - 1
            help = "write the actions without blanks between them" if blank else "write " + alternatives(ACTIONS)
            line.error("unknown-action", "an action is missing", token, help)
        else:
            line.error("unknown-action", f"unknown action {quote(word)}", Token(word, at), suggest(word, ACTIONS))
        at += len(word) + 1
    return frozenset(actions)
