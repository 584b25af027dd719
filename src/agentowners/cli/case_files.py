"""The files of test cases: found in the work tree or named, read, and held against the policies that they are about."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from agentowners.cases.compare import FileOutcome, Results, compare
from agentowners.cases.coverage import Coverage, coverage, together
from agentowners.cases.model import FILE_NAMES, Case, CaseFile, CasesError
from agentowners.cases.rules import RuleBook, told_apart
from agentowners.cases.run import judge
from agentowners.cli.inputs import read_file
from agentowners.cli.policies import LIMIT
from agentowners.cli.shell import ExitCode, report_error, show
from agentowners.cli.work_tree import FileOnDisk, WorkTree, find_policies
from agentowners.diagnostics import AgentownersError, Diagnostic, PolicyError, Source
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy
from agentowners.policy.patterns import GROUP_WORDS, ascii_lower


def find_cases(tree: WorkTree, named: Sequence[str] = ()) -> tuple[FileOnDisk, ...]:
    """The files that are named, else every one that stands in the work tree under a name of test cases; perhaps none."""
    if named:
        return tuple(FileOnDisk(_read_cases(name, name), name) for name in dict.fromkeys(named))
    files = [(name, place) for name in FILE_NAMES if os.path.lexists(place := tree.path(name))]
    for name, _ in files:
        tree.refuse_links(name)
    return tuple(FileOnDisk(_read_cases(place, name), place) for name, place in files)


def _read_cases(place: str, name: str) -> Source:
    return Source(name, read_file(place, "file of test cases", LIMIT + 1))


class CasePolicies:
    """The policies that files of test cases are about, each loaded once."""

    def __init__(self, tree: WorkTree, named: Sequence[str]) -> None:
        """Remember where to look, and what the command line names: that goes before what the files say."""
        self._tree = tree
        self._named = tuple(named)
        self._loaded: dict[tuple[str, ...], tuple[tuple[FileOnDisk, ...], Policy]] = {}

    def names_for(self, file: CaseFile) -> tuple[str, ...]:
        """The policy files that are named for a file of cases, as ``--policy-file`` takes them."""
        return self._named or tuple(os.path.relpath(self._tree.path(name)) for name in file.policies)

    def of(self, file: CaseFile) -> tuple[tuple[FileOnDisk, ...], Policy]:
        """The policy files that a file of cases is about, and their policy."""
        key = () if self._named else file.policies
        if key not in self._loaded:
            named = [FileOnDisk(self._tree.read(name), self._tree.path(name)) for name in key]
            files = tuple(named) or find_policies(self._tree, self._named)
            policy = load_policy([entry.source for entry in files], named=key or self._tree.names(self._named))
            self._loaded[key] = (files, told_apart(policy))
        return self._loaded[key]


def slips_in(file: CaseFile, policy: Policy) -> tuple[Diagnostic, ...]:
    """A warning for each case about somebody who is nearly an agent, and is none: it may pass whatever the policy says of that
    agent."""
    from agentowners.identity.match import Names
    from agentowners.identity.resolve import definitions

    names = Names(definitions(policy), None)
    logins = dict.fromkeys(principal.name for case in file.cases for principal in case.who)
    doubtful = [login for login in logins if not names.is_defined(ascii_lower(login)) and ascii_lower(login) not in GROUP_WORDS]
    if not doubtful:
        return ()
    # only now: importing it takes longer than all else that is done here
    from agentowners.lint.checks.names import meant_among, unknown_agent

    meanings = meant_among(doubtful, names)
    return tuple(
        unknown_agent.finding(
            f"`@{principal.name}` is no known agent", case.span, f"did you mean `@{meanings[principal.name]}`?"
        ).diagnostic
        for case in file.cases
        for principal in case.who
        if principal.name in meanings and case.span is not None
    )


def run_cases(
    files: Sequence[CaseFile], policies: CasePolicies, selected: Callable[[Case], bool], *, covered: bool = False
) -> Results:
    """Run the selected cases of some files."""
    outcomes: list[FileOutcome] = []
    reports: list[Coverage] = []
    sources: dict[str, None] = {}
    for file in files:
        on_disk, policy = policies.of(file)
        sources |= dict.fromkeys(file.source.path for file in on_disk)
        book = RuleBook(policy)
        judged = judge([case for case in file.cases if selected(case)], policy, file.repository)
        outcomes.append(FileOutcome(file.path, tuple(compare(run, book) for run in judged), policies.names_for(file)))
        if covered:
            reports.append(coverage(policy, judged))
    return Results(tuple(outcomes), tuple(sources), together(reports) if covered else None)


def refused(error: CasesError | PolicyError) -> ExitCode:
    """Say why no case was run or written, and return the exit code."""
    show(error.diagnostics, "\n\n")
    report_error(AgentownersError(message_of(error)))
    return ExitCode.POLICY_INVALID if isinstance(error, PolicyError) else ExitCode.FAILED


def message_of(error: CasesError | PolicyError) -> str:
    """One line about everything that is wrong."""
    return "the policy does not parse" if isinstance(error, PolicyError) else error.message
