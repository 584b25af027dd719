"""A rule, a mode or an ``unprotect`` line that says what an earlier one of the same layer says."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from agentowners.lint.equivalence import principal_keys, rule_key, unprotect_key
from agentowners.lint.model import Fix, LintFinding, LintSubject, check
from agentowners.policy.expressions import path_regex
from agentowners.policy.model import Layer, ModeLine, Rule, Unprotect
from agentowners.policy.patterns import PathPattern
from agentowners.text.edits import TextEdit
from agentowners.text.wording import quote

T = TypeVar("T", Rule, ModeLine, Unprotect)


@check("duplicate-rule", "a statement says what an earlier one says")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each later statement that means the same in every part, whatever the order, the spelling and the case of its parts."""

    def paths(patterns: Sequence[PathPattern]) -> Hashable:
        return frozenset((path_regex(pattern.text), pattern.negative) for pattern in patterns)

    def mode(one: ModeLine) -> Hashable:
        return one.mode, principal_keys(one.principals), paths(one.workspace), paths(one.approved)

    for layer in subject.layers:
        for earlier, later in _twice(layer.rules, rule_key):
            yield _finding(subject, layer, earlier, later, f"rule {quote(earlier.id)} says the same", _keeps_all(earlier, later))
        for one, other in _twice(layer.modes, mode):
            yield _finding(subject, layer, one, other, "an earlier line chooses the same mode for the same principals", True)
        for line, again in _twice(layer.unprotects, unprotect_key):
            lost = again.reason is not None and again.reason != line.reason
            yield _finding(subject, layer, line, again, "an earlier `unprotect` says the same", not lost)


def _twice(statements: Sequence[T], key: Callable[[T], Hashable]) -> Iterator[tuple[T, T]]:
    first: dict[Hashable, T] = {}
    for statement in statements:
        earlier = first.setdefault(key(statement), statement)
        if earlier is not statement:
            yield earlier, statement


def _keeps_all(earlier: Rule, later: Rule) -> bool:
    """True if nothing is lost with the later rule: a name that reports and test cases may use, or a reason of its own."""
    return later.name is None and (later.reason is None or later.reason == earlier.reason)


def _finding(subject: LintSubject, layer: Layer, earlier: T, later: T, message: str, may_go: bool) -> LintFinding:
    places = subject.places(layer)
    removal = places.removal(later) if may_go else None
    fix = None if removal is None else Fix("remove the later one", (TextEdit(removal, ""),))
    help = "remove one of them" if may_go else "remove one of them; each has a name or a reason that the other has not"
    first = [] if earlier.span is None else [("the earlier one", earlier.span)]
    return mistake.finding(message, places.of(later).whole, help, fix=fix, related=first)
