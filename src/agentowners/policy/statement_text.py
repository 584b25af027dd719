"""Statements in canonical text, token by token."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agentowners.policy.model import Action, Assertion, Bound, Default, Outcome, Rule, Unprotect
from agentowners.policy.patterns import PathPattern, RefPattern
from agentowners.policy.words import DIRECTIVES

_BLANK: Final = re.compile(r"([ \t])")
_TO_ESCAPE: Final = re.compile(r"[ \t]|^\s|\s\Z")
"""Blanks of a pattern: those that end a token, and at its ends any."""
_OTHER_TOKEN: Final = re.compile("^(#|!?@)")
"""Beginning of a comment, or of a principal."""


def canonical_text(statement: Rule | Default | Unprotect) -> str:
    """A statement as a canonical line, without its reason."""
    if isinstance(statement, Rule):
        return rule_text(statement)
    return default_text(statement) if isinstance(statement, Default) else unprotect_text(statement)


def rule_text(rule: Rule) -> str:
    """The rule as a canonical line, without its reason: what a verdict shows.

    It holds whatever the patterns hold, control characters too; only ``to_lines`` promises a line that can be parsed.
    """
    first, *patterns = pattern_tokens([*rule.patterns, *rule.refs]) or ["**"]
    tokens = [first_token(first), *patterns, *map(str, rule.principals), *_outcome(rule.outcome), *attribute_tokens(rule)]
    return " ".join(tokens)


def assert_text(assertion: Assertion) -> str:
    """The promise as a canonical line, without its reason."""
    rule = assertion.claim
    tokens = ["assert", *(pattern_tokens([*rule.patterns, *rule.refs]) or ["**"]), *map(str, rule.principals)]
    return " ".join([*tokens, *bound_tokens(assertion), *_outcome(rule.outcome), *attribute_tokens(rule)])


def default_text(default: Default) -> str:
    """The default as a canonical line."""
    return " ".join(["default", str(default.principal), *_outcome(default.outcome)])


def unprotect_text(unprotect: Unprotect) -> str:
    """The ``unprotect`` line in canonical form, without its reason."""
    return " ".join(["unprotect", *pattern_tokens(unprotect.patterns), *map(str, unprotect.principals)])


def pattern_tokens(patterns: Iterable[PathPattern | RefPattern]) -> list[str]:
    """Patterns as tokens: blanks escaped, and what would make another token of it where it begins."""
    tokens = [("!" if pattern.negative else "") + _TO_ESCAPE.sub(r"\\\g<0>", pattern.text) for pattern in patterns]
    return [_OTHER_TOKEN.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", token) for token in tokens]


def value_token(text: str) -> str:
    """Value behind an equals sign."""
    return _BLANK.sub(r"\\\1", text.replace("\\", "\\\\"))


def decision_token(outcome: Outcome) -> str:
    """The decision, and the number that it asks for unless that is one."""
    return f"{outcome.decision.value}({outcome.count})" if outcome.count > 1 else outcome.decision.value


def bound_tokens(assertion: Assertion) -> list[str]:
    """The bound of a promise, where it is not the usual one of its decision."""
    return [] if assertion.bound is Bound.usual(assertion.claim.decision) else [assertion.bound.value]


def attribute_tokens(rule: Rule) -> list[str]:
    """Attributes of a rule, behind its approvers."""
    tokens = ["actions=" + ",".join(action.value for action in Action if action in rule.actions)] if rule.actions else []
    return tokens if rule.name is None else [*tokens, "id=" + value_token(rule.name)]


def first_token(pattern: str) -> str:
    """The first token of a rule's line, escaped if it would begin another statement."""
    return f"\\{pattern}" if pattern in DIRECTIVES else pattern


def _outcome(outcome: Outcome) -> list[str]:
    return [decision_token(outcome), *map(str, outcome.approvers)]
