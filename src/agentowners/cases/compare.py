"""Compares expectations with the policy's answers."""

from __future__ import annotations

from msgspec import Struct

from agentowners.cases.coverage import Coverage
from agentowners.cases.model import Case
from agentowners.cases.rules import RuleBook
from agentowners.cases.run import Judged
from agentowners.diagnostics import Diagnostic
from agentowners.engine.verdict import FileDecision


class PathDifference(Struct, frozen=True):
    """A path about which the policy says something else."""

    file: FileDecision
    decision: bool
    """True if the decision differs."""
    rules: tuple[str, ...]
    """Rules that were expected to carry the decision and do not."""


class UnknownRule(Struct, frozen=True):
    """A rule that is expected, and that the policy does not have."""

    name: str
    nearest: str | None
    """One that it has, and that may be meant."""


class CaseOutcome(Struct, frozen=True):
    """Outcome of a case."""

    judged: Judged
    paths: tuple[PathDifference, ...] = ()
    approvals: bool = False
    """True if the number of approvals differs."""
    approvers: bool = False
    """True if the approvers differ."""
    unknown: tuple[UnknownRule, ...] = ()

    @property
    def case(self) -> Case:
        """The case."""
        return self.judged.case

    @property
    def passed(self) -> bool:
        """True if everything is as expected."""
        return not (self.paths or self.approvals or self.approvers)


class FileOutcome(Struct, frozen=True):
    """Outcomes of the cases of one file."""

    path: str
    outcomes: tuple[CaseOutcome, ...]
    policies: tuple[str, ...] = ()
    """The policy files that somebody named for it, as the command line takes them; none where they are those that are found."""

    @property
    def failed(self) -> int:
        """Number of cases that failed."""
        return sum(not outcome.passed for outcome in self.outcomes)


class Results(Struct, frozen=True):
    """Outcomes of all cases."""

    files: tuple[FileOutcome, ...]
    policies: tuple[str, ...]
    """Names of the policy files that they were held against."""
    coverage: Coverage | None = None
    """Coverage of the policy, where somebody asked for it."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """Warnings; where nothing could be run, errors of the policy or the cases."""
    message: str | None = None
    """Reason why nothing was run."""

    @property
    def passed(self) -> int:
        """Number of cases that passed."""
        return sum(len(file.outcomes) for file in self.files) - self.failed

    @property
    def failed(self) -> int:
        """Number of cases that failed."""
        return sum(file.failed for file in self.files)


def compare(judged: Judged, book: RuleBook) -> CaseOutcome:
    """Hold a case's expectation against what is said of each of its paths."""
    expected = judged.case.expected
    paths = tuple(difference for file in judged.files if (difference := _path_difference(file, judged.case, book)) is not None)
    approvals = expected.approvals is not None and expected.approvals != judged.approvals
    names = {name.lower() for name in judged.approvers}
    approvers = expected.approvers is not None and {str(approver).lower() for approver in expected.approvers} != names
    missing = dict.fromkeys(name for difference in paths for name in difference.rules)
    unknown = tuple(UnknownRule(name, book.nearest(name)) for name in missing if not book.knows(name))
    return CaseOutcome(judged, paths, approvals, approvers, unknown)


def _path_difference(file: FileDecision, case: Case, book: RuleBook) -> PathDifference | None:
    judgement = file.judgement
    another = judgement.decision is not case.expected.decision
    rules = tuple(name for name in case.expected.rules if not any(book.means(name, rule) for rule in judgement.rules))
    return PathDifference(file, another, rules) if another or rules else None
