"""Places in the line syntax: the tokens of the statement's line."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import assert_never

from agentowners.diagnostics import Span
from agentowners.policy.line_tree import Line, LineParts, LineTree, Token, Tokens, is_ref
from agentowners.policy.model import AgentEntry, Assertion, Default, ModeLine, Rule, Unprotect
from agentowners.policy.patterns import Approver, PrincipalPattern
from agentowners.policy.places import Places, Statement, StatementPlaces
from agentowners.policy.words import DIRECTIVES


class LinePlaces(Places):
    """Answers for a tree that was read without errors."""

    def __init__(self, tree: LineTree) -> None:
        self._tree = tree

    def of(self, statement: Statement) -> StatementPlaces:
        """See ``Places.of``."""
        line = self._line(statement)
        parts = line.parts
        match statement:
            case Rule():
                return self._rule(line, statement.reason)
            case Assertion():
                return self._rule(line, statement.claim.reason)
            case Default():
                principals = [_principal(parts, statement)]
                return self._places(line, principals=principals, decision=parts.decision, approvers=_approvers(parts.tail))
            case ModeLine():
                return self._places(line, principals=parts.principals, patterns=parts.patterns, decision=parts.name)
            case Unprotect():
                reason = None if statement.reason is None else line.reason
                return self._places(line, patterns=parts.patterns, principals=parts.principals, reason=reason)
            case AgentEntry():
                return self._places(line, name=parts.name)
            case _:
                assert_never(statement)

    def keyword(self, word: str) -> Span | None:
        """See ``Places.keyword``."""
        return next((self._tree.at(one, one.tokens[0]) for one in self._tree if one.tokens and one.tokens[0].text == word), None)

    def removal(self, statement: Statement) -> Span | None:
        """See ``Places.removal``."""
        line = self._line(statement)
        if isinstance(statement, Default) and len((parts := line.parts).principals) > 1:
            return self._with_blanks(line, _principal(parts, statement))
        return self._tree.whole_lines(line.number, line.number)

    def removal_of_pattern(self, statement: Rule | Unprotect, index: int) -> Span | None:
        """See ``Places.removal_of_pattern``."""
        line = self._line(statement)
        patterns = line.parts.patterns
        token = [one for one in patterns if not is_ref(one)][index]
        left = [one for one in patterns if one is not token]
        if not left or (isinstance(statement, Unprotect) and all(one.text[0] == "!" for one in left)):
            return None
        if token is line.tokens[0] and (left[0].text in DIRECTIVES or left[0].text[0] == "\ufeff"):
            return None
        return self._with_blanks(line, token)

    def _line(self, statement: Statement) -> Line:
        span = statement.span
        if span is None or span.path != self._tree.source.path or not self._tree.line(span.line):
            raise KeyError(statement)
        return self._tree.cut(span.line)

    def _rule(self, line: Line, reason: str | None) -> StatementPlaces:
        parts = line.parts
        ids = [Token(token.text[len("id=") :], token.at + len("id=")) for token in parts.tail if token.text.startswith("id=")]
        return self._places(
            line,
            patterns=[token for token in parts.patterns if not is_ref(token)],
            refs=[token for token in parts.patterns if is_ref(token)],
            principals=sorted(parts.principals, key=lambda token: token.text[0] == "!"),
            decision=parts.decision,
            approvers=_approvers(parts.tail),
            name=ids[0] if ids else None,
            reason=line.reason if reason is not None else None,
        )

    def _places(
        self,
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
        at = partial(self._tree.at, line)
        return StatementPlaces(
            self._tree.whole(line),
            tuple(map(at, patterns)),
            tuple(map(at, refs)),
            tuple(map(at, principals)),
            tuple(map(at, approvers)),
            decision and at(decision),
            name and at(name),
            reason and at(reason),
        )

    def _with_blanks(self, line: Line, token: Token) -> Span:
        """The token and the blanks up to the next one: there is always one, and it keeps the line's columns."""
        end = next(one.at for one in line.tokens if one.at > token.at)
        return self._tree.span(line.number, token.at + 1, line.number, end + 1)


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
