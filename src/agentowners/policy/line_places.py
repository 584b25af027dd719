"""Places in the line syntax: the statement's line is cut into tokens again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from agentowners.diagnostics import Source, Span
from agentowners.policy.draft import Draft
from agentowners.policy.line_tokens import Line, Token, is_principal
from agentowners.policy.model import AgentEntry, Assertion, Default, ModeLine, Rule, Unprotect
from agentowners.policy.patterns import Approver, PrincipalPattern
from agentowners.policy.statement_places import Statement, StatementPlaces
from agentowners.policy.words import BOUNDS, DIRECTIVES
from agentowners.text.source import LINE_REFUSES, read_source


class LinePlaces:
    """Answers for a source in the line syntax that was read without errors."""

    def __init__(self, source: Source) -> None:
        """Cut the source into lines."""
        self._draft = Draft(source, read_source(source, LINE_REFUSES))

    def of(self, statement: Statement) -> StatementPlaces:
        """See ``Places.of``."""
        line = self._line(statement)
        match statement:
            case Rule():
                return _rule(line, line.tokens, statement)
            case Assertion():
                return _rule(line, line.tokens[1:], statement.claim)
            case Default():
                principals = [_principal(line, statement)]
                _, decision, tail = _clause(line.tokens[1:])
                return _places(line, principals=principals, decision=decision, approvers=_approvers(tail))
            case ModeLine():
                principals, patterns = _split(line.tokens[2:])
                return _places(line, principals=principals, patterns=patterns, decision=line.tokens[1])
            case Unprotect():
                patterns, principals = _patterns_and_rest(line.tokens[1:])
                return _places(line, patterns=patterns, principals=principals, reason=_reason(line, statement.reason))
            case AgentEntry():
                return _places(line, name=line.tokens[1])
            case _:
                assert_never(statement)

    def removal(self, statement: Statement) -> Span | None:
        """See ``Places.removal``. Of a line with several defaults one principal goes."""
        line = self._line(statement)
        if isinstance(statement, Default):
            principals, _, _ = _clause(line.tokens[1:])
            if len(principals) > 1:
                return _with_blanks(line, _principal(line, statement))
        return self._draft.whole_lines(line.number, line.number)

    def removal_of_pattern(self, statement: Rule | Unprotect, index: int) -> Span | None:
        """See ``Places.removal_of_pattern``."""
        line = self._line(statement)
        first = 1 if isinstance(statement, Unprotect) else 0
        patterns, _ = _patterns_and_rest(line.tokens[first:])
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


def _rule(line: Line, tokens: list[Token], rule: Rule) -> StatementPlaces:
    patterns, rest = _patterns_and_rest(tokens)
    principals, decision, tail = _clause(rest)
    ids = [Token(token.text[len("id=") :], token.at + len("id=")) for token in tail if token.text.startswith("id=")]
    return _places(
        line,
        patterns=[token for token in patterns if not _is_ref(token)],
        refs=[token for token in patterns if _is_ref(token)],
        principals=sorted(principals, key=lambda token: token.text[0] == "!"),
        decision=decision,
        approvers=_approvers(tail),
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


def _patterns_and_rest(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """Tokens before the first principal, and the rest."""
    split = next((index for index, token in enumerate(tokens) if token.text[0] == "@"), len(tokens))
    return tokens[:split], tokens[split:]


def _split(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """Principals in front, and the rest."""
    split = next((index for index, token in enumerate(tokens) if not is_principal(token)), len(tokens))
    return tokens[:split], tokens[split:]


def _clause(tokens: list[Token]) -> tuple[list[Token], Token, list[Token]]:
    """Principals, the decision without its bound, and what follows it."""
    principals, rest = _split(tokens)
    decision, *tail = rest[rest[0].text in BOUNDS :]
    return principals, decision, tail


def _approvers(tail: list[Token]) -> list[Token]:
    """The first spelling of each, as in the outcome."""
    found: dict[str, Token] = {}
    for token in tail:
        if token.text[0] == "@":
            found.setdefault(Approver.parse(token.text).key, token)
    return list(found.values())


def _principal(line: Line, default: Default) -> Token:
    """Place at which a line with several defaults names this one's principal."""
    principals, _, _ = _clause(line.tokens[1:])
    for token in principals:
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
