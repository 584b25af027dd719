"""All checks over one policy: what they find, less what is known and meant, in the order of the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

from msgspec import Struct

from agentowners.diagnostics import Severity
from agentowners.lint.model import Check, LintFinding, LintNeed, LintSubject
from agentowners.lint.registry import CHECKS
from agentowners.lint.suppression import Suppressions

MAX_FINDINGS: Final = 10_000
"""Findings of one check at most: nobody reads more, and a file of rubbish holds a million."""


class FixedFinding(Struct, frozen=True):
    """A finding that was mended."""

    id: str
    path: str
    summary: str
    """The fix that was applied, as in ``Fix``."""


class Report(Struct, frozen=True, kw_only=True):
    """Everything that ``lint`` reports."""

    files: tuple[str, ...]
    """The policy files, by the names they are known by."""
    findings: tuple[LintFinding, ...]
    """By file and place; where the policy does not parse, its errors."""
    rules: int = 0
    """Number of rules that were looked at."""
    checks: int = 0
    """Number of checks that ran."""
    not_run: Mapping[LintNeed, int] = {}
    """Number of those that could not run, by what they lacked."""
    meant: int = 0
    """Number of findings that comments in the policies leave out: whoever writes a policy writes its comments."""
    fixed: tuple[FixedFinding, ...] = ()
    remarks: tuple[str, ...] = ()
    """Things that could not be looked at, and why."""

    def count(self, severity: Severity) -> int:
        """Number of findings of a severity."""
        return sum(finding.diagnostic.severity is severity for finding in self.findings)

    @property
    def fixable(self) -> int:
        """Number of findings with a fix."""
        return sum(finding.fix is not None for finding in self.findings)


class CheckResults(NamedTuple):
    """Results of checks."""

    findings: tuple[LintFinding, ...]
    """By file and place."""
    meant: frozenset[LintFinding]
    """Findings that a comment says are meant."""


def find(subject: LintSubject, ignored: Collection[str] = (), checks: Iterable[Check] = CHECKS) -> tuple[LintFinding, ...]:
    """Findings of the checks, by file and place; checks whose ids are ignored do not run."""
    return look(subject, ignored, checks).findings


def look(subject: LintSubject, ignored: Collection[str] = (), checks: Iterable[Check] = CHECKS) -> CheckResults:
    """As ``find``, with those that comments leave out."""
    comments = {layer.name: Suppressions(layer) for layer in subject.layers}
    order = {layer.name: number for number, layer in enumerate(subject.layers)}
    findings: list[LintFinding] = []
    omissions: set[LintFinding] = set()
    for check in checks:
        if check.id not in ignored:
            findings += islice(_not_meant(check.run(subject), comments, omissions), MAX_FINDINGS)
    return CheckResults(
        tuple(sorted(dict.fromkeys(findings), key=lambda finding: _order_of(finding, order))), frozenset(omissions)
    )


def _not_meant(
    findings: Iterable[LintFinding], comments: dict[str, Suppressions], omissions: set[LintFinding]
) -> Iterator[LintFinding]:
    for finding in findings:
        if comments[finding.diagnostic.span.path].cover(finding):
            omissions.add(finding)
        else:
            yield finding


def lacking(subject: LintSubject, ignored: Collection[str] = ()) -> dict[LintNeed, int]:
    """Number of checks that cannot run, by what they lack."""
    needs = Counter(check.needs for check in CHECKS if check.needs is not None and check.id not in ignored)
    return {need: number for need, number in needs.items() if subject.lacks(need)}


def left_out(findings: Iterable[LintFinding]) -> tuple[str, ...]:
    """Remarks about checks that found more than is shown."""
    counts = Counter(finding.diagnostic.id for finding in findings)
    return tuple(
        f"`{id}` found {MAX_FINDINGS:,} mistakes, and does not look for more" for id, n in counts.items() if n >= MAX_FINDINGS
    )


def _order_of(finding: LintFinding, order: dict[str, int]) -> tuple[int, int, int]:
    span = finding.diagnostic.span
    return order[span.path], span.line, span.column
