"""A negative pattern that takes nothing out of its statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentowners.diagnostics import Span
from agentowners.lint.model import Fix, LintFinding, LintSubject, check
from agentowners.policy.model import Rule, Unprotect
from agentowners.policy.patterns import PathPattern, RefPattern
from agentowners.proof.prover import ALL_REFS, Doubt, PatternSet
from agentowners.proof.search import Domain
from agentowners.text.edits import TextEdit
from agentowners.text.wording import quote


@check("useless-negation", "a negative pattern takes nothing out of its rule")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each negative pattern that the statement could as well do without."""
    for layer in subject.layers:
        statements: tuple[Rule | Unprotect, ...] = (*layer.rules, *layer.unprotects)
        for statement in statements:
            for index in _useless(subject, statement.patterns):
                place = subject.places(layer).of(statement).patterns[index]
                removal = subject.places(layer).removal_of_pattern(statement, index)
                fix = (
                    None if removal is None else Fix(f"remove {quote(str(statement.patterns[index]))}", (TextEdit(removal, ""),))
                )
                yield _finding(statement.patterns, index, place, fix)
        for mode in layer.modes:
            for index in _useless(subject, mode.workspace):
                yield _finding(mode.workspace, index, subject.places(layer).of(mode).patterns[index])
        for rule in layer.rules:
            if any(ref.negative for ref in rule.refs):
                for index in _useless_refs(subject, rule):
                    yield _finding(rule.refs, index, subject.places(layer).of(rule).refs[index])


def _useless(subject: LintSubject, patterns: Sequence[PathPattern]) -> Iterator[int]:
    negative = [index for index, pattern in enumerate(patterns) if pattern.negative]
    if not negative or len(negative) == len(patterns):
        return
    gone: set[int] = set()
    for index in negative:
        rest = [pattern for at, pattern in enumerate(patterns) if at != index and at not in gone]
        if subject.shadowing.prover.are_apart(PatternSet.of(rest), patterns[index].text):
            gone.add(index)
            yield index


def _useless_refs(subject: LintSubject, rule: Rule) -> Iterator[int]:
    negative = [index for index, pattern in enumerate(rule.refs) if pattern.negative]
    if len(negative) == len(rule.refs):
        return
    gone: set[int] = set()
    for index in negative:
        rest = PatternSet.of([pattern for at, pattern in enumerate(rule.refs) if at != index and at not in gone])
        alone = PatternSet((rule.refs[index].text,))
        if subject.shadowing.prover.find([ALL_REFS, rest, alone], domain=Domain.REFS) is Doubt.NONE:
            gone.add(index)
            yield index


def _finding(patterns: Sequence[PathPattern | RefPattern], index: int, span: Span, fix: Fix | None = None) -> LintFinding:
    others = any(pattern.negative for at, pattern in enumerate(patterns) if at != index)
    why = "that the others do not take out as well" if others else "that a pattern beside it covers"
    message = f"{quote(str(patterns[index]))} takes nothing out: it covers nothing {why}"
    return mistake.finding(message, span, "remove it, or check how it is spelled", fix=fix)
