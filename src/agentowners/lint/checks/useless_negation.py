"""A negative pattern that takes nothing out of its statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from agentowners.diagnostics import Span
from agentowners.lint.model import Fix, LintFinding, LintSubject, check
from agentowners.policy.model import Rule, Unprotect
from agentowners.policy.patterns import PathPattern, RefPattern
from agentowners.proof.prover import ALL_REFS, Doubt, PatternSet
from agentowners.proof.search import Domain
from agentowners.text.edits import TextEdit
from agentowners.text.wording import quote

P = TypeVar("P", PathPattern, RefPattern)


@check("useless-negation", "a negative pattern takes nothing out of its rule")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each negative pattern that the statement could as well do without."""
    prover = subject.shadowing.prover

    def outside(rest: PatternSet, text: str) -> bool:
        return prover.find([ALL_REFS, rest, PatternSet((text,))], domain=Domain.REFS) is Doubt.NONE

    for layer in subject.layers:
        statements: tuple[Rule | Unprotect, ...] = (*layer.rules, *layer.unprotects)
        for statement in statements:
            for index in _useless(statement.patterns, prover.are_apart):
                place = subject.places(layer).of(statement).patterns[index]
                removal = subject.places(layer).removal_of_pattern(statement, index)
                fix = (
                    None if removal is None else Fix(f"remove {quote(str(statement.patterns[index]))}", (TextEdit(removal, ""),))
                )
                yield _finding(statement.patterns, index, place, fix)
        for mode in layer.modes:
            for index in _useless(mode.workspace, prover.are_apart):
                yield _finding(mode.workspace, index, subject.places(layer).of(mode).patterns[index])
        for rule in layer.rules:
            for index in _useless(rule.refs, outside):
                yield _finding(rule.refs, index, subject.places(layer).of(rule).refs[index])


def _useless(patterns: Sequence[P], takes_nothing: Callable[[PatternSet, str], bool]) -> Iterator[int]:
    """Places of the negative patterns that take nothing out of what the others leave."""
    negative = [index for index, pattern in enumerate(patterns) if pattern.negative]
    if len(negative) == len(patterns):
        return
    gone: set[int] = set()
    for index in negative:
        rest = PatternSet.of([pattern for at, pattern in enumerate(patterns) if at != index and at not in gone])
        if takes_nothing(rest, patterns[index].text):
            gone.add(index)
            yield index


def _finding(patterns: Sequence[PathPattern | RefPattern], index: int, span: Span, fix: Fix | None = None) -> LintFinding:
    others = any(pattern.negative for at, pattern in enumerate(patterns) if at != index)
    why = "that the others do not take out as well" if others else "that a pattern beside it covers"
    message = f"{quote(str(patterns[index]))} takes nothing out: it covers nothing {why}"
    return mistake.finding(message, span, "remove it, or check how it is spelled", fix=fix)
