"""Fixes carried out: edits of a policy file's text that change no decision, or that mend what does not parse."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from msgspec import Struct

from agentowners.diagnostics import Diagnostic, PolicyError, Severity, Source, Span
from agentowners.identity.match import Names
from agentowners.identity.resolve import definitions
from agentowners.lint.equivalence import equivalent
from agentowners.lint.model import Fix, LintFinding, LintSubject
from agentowners.lint.run import FixedFinding, find, look
from agentowners.policy.line_help import TOO_EARLY
from agentowners.policy.load import load_policy, parse_source
from agentowners.policy.model import Policy
from agentowners.policy.patterns import PrincipalPattern
from agentowners.text.edits import SourceLines, TextEdit
from agentowners.values import gathered

_ROUNDS: Final = 50
_FIRST_PRINCIPAL: Final = re.compile(r"(?<!\S)@\S+")
_MENDINGS: Final = 100
"""Rounds at most: of names to be moved, one a line is at a time."""


class Repaired(Struct, frozen=True):
    """A policy after all fixes."""

    subject: LintSubject
    fixed: tuple[FixedFinding, ...]


class _Taken:
    """Stretches of texts that are to be edited; no two of them meet."""

    def __init__(self) -> None:
        self._stretches: dict[str, list[tuple[int, int]]] = {}

    def add(self, wanted: list[tuple[str, int, int]]) -> bool:
        """Take stretches, unless one of them meets one that is taken."""
        if not all(self._is_free(*stretch) for stretch in wanted):
            return False
        for path, start, stop in wanted:
            insort(self._stretches.setdefault(path, []), (start, stop))
        return True

    def _is_free(self, path: str, start: int, stop: int) -> bool:
        stretches = self._stretches.get(path, [])
        at = bisect_left(stretches, (start,))
        return (at == 0 or stretches[at - 1][1] < start) and (at == len(stretches) or stop < stretches[at][0])


def select(policy: Policy, findings: Iterable[LintFinding]) -> tuple[LintFinding, ...]:
    """Findings whose fixes can be carried out together. Of two that touch the same text the first is taken: the other's turn
    comes when the policy is looked at again."""
    texts = _texts(policy)
    stretches = _Taken()
    return tuple(
        finding
        for finding in findings
        if finding.fix is not None
        and all(edit.span.path in texts for edit in finding.fix.edits)
        and stretches.add([(edit.span.path, *texts[edit.span.path].offsets(edit.span)) for edit in finding.fix.edits])
    )


def apply(policy: Policy, findings: Sequence[LintFinding]) -> tuple[Source, ...]:
    """The sources of a policy, in its order, after the fixes of findings that ``select`` gave."""
    fixes = (finding.fix for finding in findings if finding.fix is not None)
    edits = gathered((edit.span.path, edit) for fix in fixes for edit in fix.edits)
    return tuple(text.edited(edits[path]) if path in edits else text.source for path, text in _texts(policy).items())


def repair(subject: LintSubject, named: Sequence[str] = (), ignored: Collection[str] = ()) -> Repaired:
    """Carry out every fix there is, look again, and so on until nothing is left to fix.

    A set of fixes is kept only if the policy still parses and decides the same, and no comment comes to leave out a finding that
    it did not leave out before; of one that is not, half is tried, and a fix that by itself does such a thing is left out.

    Args:
        subject: the policy and what is known beside it.
        named: as for ``load_policy``.
        ignored: ids of checks that are not to run.
    """
    fixed: list[FixedFinding] = []
    refused: set[tuple[str, ...]] = set()
    tried: set[tuple[str, ...]] = set()
    for _ in range(_ROUNDS):
        findings = [finding for finding in find(subject, ignored) if _finding_key(finding) not in refused]
        # a fix that was refused may do once the text is another, and comes after those that never were
        batch = select(subject.policy, sorted(findings, key=lambda finding: _finding_key(finding) in tried))
        if not batch:
            break
        after = _after(subject, batch, named, ignored)
        while after is None and len(batch) > 1:
            batch = batch[: len(batch) // 2]
            after = _after(subject, batch, named, ignored)
        if after is None:
            refused.add(_finding_key(batch[0]))
            tried.add(_finding_key(batch[0]))
            continue
        subject = after
        refused.clear()
        fixed += [FixedFinding(f.diagnostic.id, f.diagnostic.span.path, f.fix.summary) for f in batch if f.fix is not None]
    return Repaired(subject, tuple(fixed))


def _after(
    subject: LintSubject, batch: Sequence[LintFinding], named: Sequence[str], ignored: Collection[str]
) -> LintSubject | None:
    """The policy after fixes, None where it would not parse, would decide differently, or would hush a finding."""
    try:
        after = LintSubject(load_policy(apply(subject.policy, batch), named=named), subject.facts)
    except PolicyError:
        return None
    if not equivalent(subject.policy, after.policy):
        return None
    return None if _left_out(after, ignored) - _left_out(subject, ignored) else after


def _left_out(subject: LintSubject, ignored: Collection[str]) -> Counter[tuple[str, ...]]:
    """The findings that comments leave out, by what stands the same wherever their lines move to. A comment stands above the
    statement that it is about, and above the next one when that is removed."""
    if not any(layer.source is not None and b"lint:" in layer.source.data for layer in subject.layers):
        return Counter()
    return Counter(_finding_key(finding)[:3] for finding in look(subject, ignored).meant)


def _finding_key(finding: LintFinding) -> tuple[str, ...]:
    """Key of a finding, wherever its line moves to."""
    diagnostic = finding.diagnostic
    return diagnostic.id, diagnostic.span.path, diagnostic.span.text, diagnostic.message


def _texts(policy: Policy) -> dict[str, SourceLines]:
    return {layer.name: SourceLines(layer.source) for layer in policy.layers if layer.source is not None}


def findings_of(diagnostics: Sequence[Diagnostic]) -> tuple[LintFinding, ...]:
    """A policy's errors, each with its fix where it has one."""
    return tuple(LintFinding(diagnostic, _fix(diagnostic)) for diagnostic in diagnostics)


def mend(source: Source) -> tuple[Source, tuple[FixedFinding, ...]]:
    """The source after every fix that its errors have, and what was done."""
    results: list[FixedFinding] = []
    for _ in range(_MENDINGS):
        fixable = [finding for finding in findings_of(parse_source(source)[1]) if finding.fix is not None]
        by_line = {finding.diagnostic.span.line: finding for finding in reversed(fixable)}
        if not by_line:
            break
        fixes = [(error.diagnostic, error.fix) for error in by_line.values() if error.fix is not None]
        source = SourceLines(source).edited(edit for _, fix in fixes for edit in fix.edits)
        results += [FixedFinding(diagnostic.id, source.path, fix.summary) for diagnostic, fix in fixes]
    return source, tuple(results)


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
