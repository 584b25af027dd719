"""Errors that can be mended without asking what was meant: the policy does not parse yet, so nothing can be proved of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agentowners.diagnostics import Diagnostic, Severity, Source, Span
from agentowners.identity.match import Names
from agentowners.identity.resolve import definitions
from agentowners.lint.model import Fix, LintFinding
from agentowners.lint.run import FixedFinding
from agentowners.policy.line_help import TOO_EARLY
from agentowners.policy.load import parse_source
from agentowners.policy.model import Policy
from agentowners.policy.patterns import PrincipalPattern
from agentowners.text.edits import SourceLines, TextEdit

_FIRST_PRINCIPAL: Final = re.compile(r"(?<!\S)@\S+")
_ROUNDS: Final = 100
"""Rounds at most: of names to be moved, one a line is at a time."""


def findings_of(diagnostics: Sequence[Diagnostic]) -> tuple[LintFinding, ...]:
    """A policy's errors, each with its fix where it has one."""
    return tuple(LintFinding(diagnostic, _fix(diagnostic)) for diagnostic in diagnostics)


def mend(source: Source) -> tuple[Source, tuple[FixedFinding, ...]]:
    """The source after every fix that its errors have, and what was done."""
    done: list[FixedFinding] = []
    for _ in range(_ROUNDS):
        fixable = [found for found in findings_of(parse_source(source)[1]) if found.fix is not None]
        a_line = {found.diagnostic.span.line: found for found in reversed(fixable)}
        if not a_line:
            break
        fixes = [(found.diagnostic, found.fix) for found in a_line.values() if found.fix is not None]
        source = SourceLines(source).edited(edit for _, fix in fixes for edit in fix.edits)
        done += [FixedFinding(diagnostic.id, source.path, fix.summary) for diagnostic, fix in fixes]
    return source, tuple(done)


def _fix(diagnostic: Diagnostic) -> Fix | None:
    """For ``!@name`` before any principal: a group or a known agent is put behind whom the rule is about; anything else was a
    path until ``!@name`` came to mean a principal, and is written as one."""
    if diagnostic.id != TOO_EARLY or diagnostic.severity is not Severity.ERROR:
        return None
    span = diagnostic.span
    start, end = span.column - 1, span.end_column - 1
    written = span.text[start:end]
    first = _FIRST_PRINCIPAL.search(span.text, end)
    if first is not None and _is_known(written[2:]):
        blank = re.compile(r"[ \t]*").match(span.text, end)
        after = _at(span, first.end(), first.end())
        edits = (TextEdit(_at(span, start, end if blank is None else blank.end()), ""), TextEdit(after, f" {written}"))
        return Fix(f"write `{written}` behind `{first[0]}`", edits)
    return Fix(f"write the path `!\\{written[1:]}`", (TextEdit(_at(span, start, start + 1), "!\\"),))


def _is_known(name: str) -> bool:
    pattern = PrincipalPattern(name)
    return pattern.group is not None or Names(definitions(Policy(())), None).is_defined(pattern.key)


def _at(span: Span, start: int, end: int) -> Span:
    return Span(span.path, span.line, start + 1, span.line, end + 1, span.text)
