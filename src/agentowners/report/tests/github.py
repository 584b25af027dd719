"""Results of test cases as workflow commands: each failure on its line of the file of cases."""

from __future__ import annotations

from msgspec.structs import replace

from agentowners.cases.compare import CaseOutcome, Results
from agentowners.diagnostics import Severity
from agentowners.report.shared.commands import workflow_commands
from agentowners.report.shared.finding import Finding, of_diagnostic
from agentowners.report.tests.text import difference, supposed


def cases_commands(results: Results) -> tuple[str, ...]:
    """The lines to print, without line ends: at most ten failures, as many as the runner shows, and what could not be read."""
    unread = [replace(of_diagnostic(diagnostic), title=f"Test cases: {diagnostic.id}") for diagnostic in results.diagnostics]
    if results.message is not None and not unread:
        unread = [Finding(id="unreadable", level=Severity.ERROR, title="Nothing was tested", message=results.message)]
    failed = [_failure(outcome) for file in results.files for outcome in file.outcomes if not outcome.passed]
    return workflow_commands([*unread, *failed])


def _failure(outcome: CaseOutcome) -> Finding:
    case = outcome.case
    return Finding(
        id="test-case",
        level=Severity.ERROR,
        title=f"Test case: {case.title}",
        message=supposed(case),
        details=(supposed(case), *(line.strip() for line in difference(outcome))),
        location=case.span,
    )
