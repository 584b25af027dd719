"""Test cases: a change, its contributors and the decision expected of the policy."""

from __future__ import annotations

from typing import ClassVar, Final

from msgspec import Struct

from agentowners.change.model import Evidence, FileChange, Signal, Status, Strength
from agentowners.diagnostics import AgentownersError, Diagnostic, Severity, Span
from agentowners.engine.path_changes import actions_of
from agentowners.policy.model import Decision
from agentowners.policy.patterns import Approver, ascii_lower
from agentowners.text.wording import short_ref
from agentowners.values import PartlyCompared

FILE_NAMES: Final = (
    ".github/agentowners-tests.yml",
    ".github/agentowners-tests.yaml",
    "agentowners-tests.yml",
    "agentowners-tests.yaml",
)
"""Every name under which test cases are found, in search order."""
STANDARD_REF: Final = "refs/heads/main"
"""Default ref of a change, whatever a clone's default branch is called."""
DEFAULT: Final = "default"
"""Name for "a default, whichever" where a rule is expected."""


class CasesError(AgentownersError):
    """A file of test cases that cannot be read; carries everything that is wrong with it, by place."""

    def __init__(self, path: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR]
        more = "1 error" if len(errors) == 1 else f"{len(errors):,} errors"
        super().__init__(f"the test cases in `{path}` cannot be read: {more}")
        self.diagnostics = diagnostics


class Who(Struct, frozen=True):
    """One who is supposed to make the change."""

    name: str
    """A principal's name, without the at-sign."""
    strength: Strength = Strength.VERIFIED

    @property
    def evidence(self) -> Evidence:
        """Evidence for the engine: the caller names this principal."""
        return Evidence(Signal.DECLARED, self.strength, name=self.name)

    def __str__(self) -> str:
        """The name with its at-sign, and its strength where that is not the usual one."""
        return f"@{self.name}" + ("" if self.strength is Strength.VERIFIED else " (asserted)")


UNNAMED_AGENT: Final = Who("agents")
"""Default principal of a case."""


class Expectation(Struct, frozen=True):
    """Answer expected of the policy for every path of a case."""

    decision: Decision
    rules: tuple[str, ...] = ()
    """Rules that must carry the decision, each by its id or its canonical text, or ``default``; none where any rule will do."""
    approvals: int | None = None
    """Approvals required for all paths together; None where any number will do."""
    approvers: tuple[Approver, ...] | None = None
    """Exactly those who are asked to approve; None where anybody will do."""


class Case(PartlyCompared, frozen=True):
    """One test case."""

    uncompared: ClassVar = frozenset({"span"})

    who: tuple[Who, ...]
    files: tuple[FileChange, ...]
    ref: str
    """Full name of the ref that the change goes to."""
    expected: Expectation
    name: str | None = None
    span: Span | None = None
    """Its place; None before it was written anywhere."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that is judged, each once; a rename has two."""
        named = (path for file in self.files for path in (file.previous_path, file.path) if path is not None)
        return tuple(dict.fromkeys(named))

    @property
    def title(self) -> str:
        """The case's name, else one made from what it says."""
        if self.name is not None:
            return self.name
        paths = self.paths
        more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
        actions = dict.fromkeys(actions_of(file.status)[-1].value for file in self.files)
        phrase = "" if list(actions) == ["file_modify"] else f" ({', '.join(actions)})"
        where = "" if self.ref == STANDARD_REF else f" into {short_ref(self.ref)}"
        return f"{paths[0]}{more}{phrase} by {', '.join(map(str, self.who))}{where}: {self.expected.decision.value}"

    @property
    def meaning(self) -> object:
        """Key that two cases share if they test the same: everything but names and the order of lists."""
        expected = self.expected
        approvers = None if expected.approvers is None else frozenset(approver.key for approver in expected.approvers)
        principals = frozenset((ascii_lower(principal.name), principal.strength) for principal in self.who)
        rules = frozenset(expected.rules)
        return principals, frozenset(self.files), self.ref, expected.decision, rules, expected.approvals, approvers


class CaseFile(Struct, frozen=True):
    """A file of test cases."""

    path: str
    cases: tuple[Case, ...]
    policies: tuple[str, ...] = ()
    """The policy files that its cases are about, from the repository's root; none where they are those that are found."""
    repository: str | None = None
    """``owner/name``, where the file says it: then a name with another owner is no team."""
    ref: str = STANDARD_REF
    """Default ref of the cases."""
    warnings: tuple[Diagnostic, ...] = ()


STATUSES: Final = {
    status.value: status
    for status in (Status.ADDED, Status.MODIFIED, Status.REMOVED, Status.RENAMED, Status.COPIED, Status.CHANGED)
}
"""Values of a path's ``status``: GitHub's words, as in the lists that ``check --changes`` reads."""
