"""Places in the line syntax: the statement's line is cut into tokens again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from agentowners.diagnostics import Source, Span
from agentowners.policy.draft import Draft
from agentowners.policy.line_parts import LineParts, Tokens, line_parts
from agentowners.policy.line_tokens import Line, Token
from agentowners.policy.model import AgentEntry, Assertion, Default, ModeLine, Rule, Unprotect
from agentowners.policy.patterns import Approver, PrincipalPattern
from agentowners.policy.statement_places import Statement, StatementPlaces
from agentowners.policy.words import DIRECTIVES
from agentowners.text.source import LINE_REFUSES, read_source


class LinePlaces:
    """Answers for a source in the line syntax that was read without errors."""

    def __init__(self, source: Source) -> None:
        """Cut the source into lines."""
        self._draft = Draft(source, read_source(source, LINE_REFUSES))

    def of(self, statement: Statement) -> StatementPlaces:
        """See ``Places.of``."""
        line = self._line(statement)
        parts = line_parts(line.tokens)
        match statement:
            case Rule():
                return _rule(line, parts, statement)
            case Assertion():
                return _rule(line, parts, statement.claim)
            case Default():
                principals = [_principal(parts, statement)]
                return _places(line, principals=principals, decision=parts.decision, approvers=_approvers(parts.tail))
            case ModeLine():
                return _places(line, principals=parts.principals, patterns=parts.patterns, decision=parts.name)
            case Unprotect():
                reason = _reason(line, statement.reason)
                return _places(line, patterns=parts.patterns, principals=parts.principals, reason=reason)
            case AgentEntry():
                return _places(line, name=parts.name)
            case _:
                assert_never(statement)

    def removal(self, statement: Statement) -> Span | None:
        """See ``Places.removal``. Of a line with several defaults one principal goes."""
        line = self._line(statement)
        parts = line_parts(line.tokens)
        if isinstance(statement, Default) and len(parts.principals) > 1:
            return _with_blanks(line, _principal(parts, statement))
        return self._draft.whole_lines(line.number, line.number)

    def removal_of_pattern(self, statement: Rule | Unprotect, index: int) -> Span | None:
        """See ``Places.removal_of_pattern``."""
        line = self._line(statement)
        patterns = line_parts(line.tokens).patterns
        token = [one for one in patterns if not _is_ref(one)][index]
        left = [one for one in patterns if one is not token]
        if not left or (isinstance(statement, Unprotect) and all(one.text[0] == "!" for one in left)):
            return None
        if token is line.tokens[0] and (left[0].text in DIRECTIVES or left[0].text[0] == "\ufeff"):
            return None
        return _with_blanks(line, token)

    def _line(self, statement: Statement) -> Line:
        span = statement.span
        if span is None or span.path != self._draft.source.path or not self._draft.line(span.line):
            raise KeyError(statement)
        return Line(self._draft, span.line, self._draft.line(span.line))


def _rule(line: Line, parts: LineParts, rule: Rule) -> StatementPlaces:
    ids = [Token(token.text[len("id=") :], token.at + len("id=")) for token in parts.tail if token.text.startswith("id=")]
    return _places(
        line,
        patterns=[token for token in parts.patterns if not _is_ref(token)],
        refs=[token for token in parts.patterns if _is_ref(token)],
        principals=sorted(parts.principals, key=lambda token: token.text[0] == "!"),
        decision=parts.decision,
        approvers=_approvers(parts.tail),
        name=ids[0] if ids else None,
        reason=_reason(line, rule.reason),
    )


def _places(
    line: Line,
    *,
    patterns: Iterable[Token] = (),
    refs: Iterable[Token] = (),
    principals: Iterable[Token] = (),
    approvers: Iterable[Token] = (),
    decision: Token | None = None,
    name: Token | None = None,
    reason: Token | None = None,
) -> StatementPlaces:
    def one(token: Token) -> Span:
        return line.span(token.at, token.end)

    return StatementPlaces(
        line.whole,
        tuple(map(one, patterns)),
        tuple(map(one, refs)),
        tuple(map(one, principals)),
        tuple(map(one, approvers)),
        decision and one(decision),
        name and one(name),
        reason and one(reason),
    )


def _approvers(tail: Tokens) -> list[Token]:
    """The first spelling of each, as in the outcome."""
    found: dict[str, Token] = {}
    for token in tail:
        if token.text[0] == "@":
            found.setdefault(Approver.parse(token.text).key, token)
    return list(found.values())


def _principal(parts: LineParts, default: Default) -> Token:
    """Place at which a line with several defaults names this one's principal."""
    for token in parts.principals:
        if PrincipalPattern.parse(token.text) == default.principal:
            return token
    raise KeyError(default)


def _reason(line: Line, reason: str | None) -> Token | None:
    if reason is None:
        return None
    text = line.draft.line(line.number)
    return Token(reason, text.index(reason, text.index("#", line.whole.end_column - 1) + 1))


def _is_ref(token: Token) -> bool:
    return token.text.startswith(("refs/", "!refs/"))


def _with_blanks(line: Line, token: Token) -> Span:
    """The token and the blanks up to the next one: there is always one, and it keeps the line's columns."""
    return line.span(token.at, next(one.at for one in line.tokens if one.at > token.at))
