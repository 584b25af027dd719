"""Places in the line syntax: the tokens of the statement's line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from agentowners.diagnostics import Span
from agentowners.policy.line_tree import Line, LineParts, LineTree, Token, Tokens, is_ref
from agentowners.policy.model import AgentEntry, Default, ModeLine, Rule, Unprotect
from agentowners.policy.patterns import Approver, PrincipalPattern
from agentowners.policy.statement_places import Places, Statement, StatementPlaces
from agentowners.policy.words import DIRECTIVES


class LinePlaces(Places):
    """Answers for a tree that was read without errors."""

    def __init__(self, tree: LineTree) -> None:
        self._tree = tree

    def of(self, statement: Statement) -> StatementPlaces:
        """See ``Places.of``."""
        line = self._line_of(statement)
        parts, at = line.parts, partial(self._tree.at, line)
        whole, name = self._tree.whole(line), parts.name and at(parts.name)
        if isinstance(statement, AgentEntry):
            return StatementPlaces(whole, name=name)
        if isinstance(statement, ModeLine):
            return StatementPlaces(whole, _all(at, parts.patterns), (), _all(at, parts.principals), decision=name)
        principals = sorted(parts.principals, key=lambda token: token.text[0] == "!")
        ids = [Token(token.text[len("id=") :], token.at + len("id=")) for token in parts.tail if token.text.startswith("id=")]
        reason = None if isinstance(statement, Default) or statement.reason is None else line.reason
        return StatementPlaces(
            whole,
            _all(at, [token for token in parts.patterns if not is_ref(token)]),
            _all(at, filter(is_ref, parts.patterns)),
            _all(at, [_principal(parts, statement)] if isinstance(statement, Default) else principals),
            _all(at, _approvers(parts.tail)),
            parts.decision and at(parts.decision),
            at(ids[0]) if ids else None,
            reason and at(reason),
        )

    def keyword(self, word: str) -> Span | None:
        """See ``Places.keyword``."""
        return next(
            (self._tree.at(line, line.tokens[0]) for line in self._tree if line.tokens and line.tokens[0].text == word), None
        )

    def removal(self, statement: Statement) -> Span | None:
        """See ``Places.removal``."""
        line = self._line_of(statement)
        if isinstance(statement, Default) and len((parts := line.parts).principals) > 1:
            return self._with_blanks(line, _principal(parts, statement))
        return self._tree.whole_lines(line.number, line.number)

    def removal_of_pattern(self, statement: Rule | Unprotect, index: int) -> Span | None:
        """See ``Places.removal_of_pattern``."""
        line = self._line_of(statement)
        patterns = line.parts.patterns
        token = [pattern for pattern in patterns if not is_ref(pattern)][index]
        left = [pattern for pattern in patterns if pattern is not token]
        if not left or (isinstance(statement, Unprotect) and all(other.text[0] == "!" for other in left)):
            return None
        if token is line.tokens[0] and (left[0].text in DIRECTIVES or left[0].text[0] == "\ufeff"):
            return None
        return self._with_blanks(line, token)

    def _line_of(self, statement: Statement) -> Line:
        span = statement.span
        if span is None or span.path != self._tree.source.path or not self._tree.line(span.line):
            raise KeyError(statement)
        return self._tree.cut(span.line)

    def _with_blanks(self, line: Line, token: Token) -> Span:
        """The token and the blanks up to the next one: there is always one, and it keeps the line's columns."""
        end = next(other.at for other in line.tokens if other.at > token.at)
        return self._tree.span(line.number, token.at + 1, line.number, end + 1)


def _all(at: Callable[[Token], Span], tokens: Iterable[Token]) -> tuple[Span, ...]:
    return tuple(map(at, tokens))


def _approvers(tail: Tokens) -> list[Token]:
    """The first spelling of each, as in the outcome."""
    tokens: dict[str, Token] = {}
    for token in tail:
        if token.text[0] == "@":
            tokens.setdefault(Approver.parse(token.text).key, token)
    return list(tokens.values())


def _principal(parts: LineParts, default: Default) -> Token:
    """Place at which a line with several defaults names this one's principal."""
    for token in parts.principals:
        if PrincipalPattern.parse(token.text) == default.principal:
            return token
    raise KeyError(default)
