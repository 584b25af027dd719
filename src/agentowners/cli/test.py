"""Run a repository's own test cases for its policy, as both stand in the work tree."""

from __future__ import annotations

import gc
from argparse import Namespace
from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from agentowners.cases.compare import Results
from agentowners.cases.model import FILE_NAMES, CaseFile, CasesError
from agentowners.cases.reader import read_cases
from agentowners.cli.arguments import CommandParser
from agentowners.cli.case_files import CasePolicies, find_cases, message_of, refused, run_cases, slips_in
from agentowners.cli.formats import function, render
from agentowners.cli.policies import STANDARD_REF, home_owner, standard_branch
from agentowners.cli.progress import working
from agentowners.cli.request import add_change_options
from agentowners.cli.shell import ExitCode, UsageError, complain, show
from agentowners.cli.work_tree import find_work_tree
from agentowners.cli.writing import write_report
from agentowners.diagnostics import AgentownersError, PolicyError
from agentowners.git.run import Git

_EPILOG: Final = f"""\
what is run:
  FILE        files of test cases; without any, those of these that are there:
              {FILE_NAMES[0]}, {FILE_NAMES[2]} (or .yaml)
  the policy  what --policy-file names, else what the file's `policy:` names, else every policy of the work tree

with --record, a change is judged by that policy and written down as cases; --base, --head, --changes, -z, --event,
--event-name, --as, --ref and --action say which change, as for `agentowners check`

examples:
  agentowners test
  agentowners test --coverage -k keys
  agentowners test --junit report.xml
  agentowners test --record --base main --head copilot/count-items
  git diff --name-only -z main | agentowners test --record --changes - -z --as @copilot --dry-run

exit codes:
  0 every case passes, 1 the tool failed (a file of cases that cannot be read, or no cases), 2 usage, 5 policy invalid,
  6 a case fails
"""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("test", __doc__, _EPILOG)
    command.add_argument("files", metavar="FILE", nargs="*", help="file of test cases; by default those of the work tree")
    command.add_policy_files("policy to hold the cases against, read from disk; may be repeated")
    command.add_argument(
        "-k", dest="select", metavar="TEXT", help="run only cases with this text in their name, in any case of letters"
    )
    command.add_argument("--coverage", action="store_true", help="also report rules and defaults that no case reaches")
    command.add_format("tests")
    command.add_argument("--junit", metavar="F", help="also write JUnit XML to this file")
    command.add_argument("-v", "--verbose", action="store_true", help="also list the cases that pass")
    command.add_quiet()
    record = command.add_argument_group("recording")
    record.add_argument("--record", action="store_true", help="write test cases from a change instead of running any")
    record.add_argument("--dry-run", action="store_true", help="with --record: print the cases, and write nothing")
    add_change_options(record, "record")
    record.add_argument(
        "--as", dest="principals", metavar="PRINCIPAL", action="append", help="who changes it, taken as proved; may be repeated"
    )
    return command


_ONLY_RECORDING: Final = ("dry_run", "base", "head", "changes", "nul", "event", "event_name", "principals", "ref", "action")
_ONLY_RUNNING: Final = ("select", "coverage", "junit", "verbose")


def main(arguments: Sequence[str]) -> int:
    """Run test cases, or record some, and return the exit code."""
    options = parser().read(arguments)
    _check(options)
    if options.record:
        from agentowners.cli.record import record

        return record(options)
    return _run(options)


def _check(options: Namespace) -> None:
    for name in _ONLY_RUNNING if options.record else _ONLY_RECORDING:
        if getattr(options, name):
            option = {"nul": "-z", "select": "-k", "principals": "--as"}.get(name, f"--{name.replace('_', '-')}")
            wrong = "cannot be used with" if options.record else "requires"
            raise UsageError(f"`{option}` {wrong} `--record`", help="run `agentowners test --help` for usage")
    if options.record and options.format != "text":
        raise UsageError(
            "`--format` cannot be used with `--record`", help="`--dry-run` prints the cases as they would be written"
        )


def _run(options: Namespace) -> ExitCode:
    # cases of a thousand different people are a thousand changes: long enough for garbage to matter
    gc.enable()
    git = Git()
    tree = find_work_tree(git)
    case_files = find_cases(tree, options.files)
    policies = CasePolicies(tree, options.policy_files)
    wanted = None if options.select is None else options.select.casefold()
    try:
        files = tuple(read_cases(file.source) for file in case_files)
        if not any(file.cases for file in files):
            raise AgentownersError(
                "there are no test cases in the files there are" if case_files else "there are no test cases",
                help="`agentowners test --record --base main` writes some from a change; `agentowners init` writes first ones",
            )
        with working("Running the test cases", quiet=options.quiet):
            results = run_cases(
                files, policies, lambda case: wanted is None or wanted in case.title.casefold(), covered=options.coverage
            )
    except (CasesError, PolicyError) as error:
        return _refused(error, options)
    if wanted is not None and not any(file.outcomes for file in results.files):
        raise AgentownersError(f"no test case has `{options.select}` in its name", help="`-k` takes a part of a name")
    warnings = tuple(warning for file in files for warning in (*file.warnings, *slips_in(file, policies.of(file)[1])))
    if warnings:
        show(warnings, "\n\n")
    standard = standard_branch(git) if tree.is_repository else STANDARD_REF
    _report(replace(results, diagnostics=warnings), options, verbose=options.verbose, standard=standard)
    refuted = _refuted(policies, files, git, quiet=options.quiet) if wanted is None else False
    return ExitCode.NOT_PROVED if results.failed or refuted else ExitCode.ALLOWED


def _refuted(policies: CasePolicies, files: Sequence[CaseFile], git: Git, *, quiet: bool) -> bool:
    """True if an assert of any policy that the cases are about does not hold; each that does not is said."""
    from agentowners.proof.compare import Terms
    from agentowners.proof.promises import ProofStatus, asserts_of, prove_assert
    from agentowners.report.diff.text import prove_text

    every = dict.fromkeys(policies.of(file)[1] for file in files)
    if not any(asserts_of(policy) for policy in every):
        return False
    terms = Terms(owner=home_owner(git))
    proofs = [prove_assert(promise, policy, terms) for policy in every for promise in asserts_of(policy)]
    broken = [proof for proof in proofs if proof.status is not ProofStatus.PASSED]
    if broken and not quiet:
        complain(prove_text(broken, ()))
    return bool(broken)


def _report(results: Results, options: Namespace, **details: Any) -> None:
    if options.junit is not None:
        write_report(options.junit, function("tests", "junit")(results).encode("utf-8", "backslashreplace"))
    if not options.quiet and (results.message is None or options.format != "text"):
        render("tests", options.format, results, **details)


def _refused(error: CasesError | PolicyError, options: Namespace) -> ExitCode:
    """Report why nothing was run: to people all that is wrong, each with its place, and to programs in their format."""
    _report(Results((), (), diagnostics=error.diagnostics, message=message_of(error)), options)
    return refused(error)
