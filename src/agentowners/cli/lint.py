"""Find likely mistakes in a policy that parses."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import cache
from typing import Final

from msgspec.structs import replace

from agentowners.cli.arguments import CommandParser
from agentowners.cli.formats import render
from agentowners.cli.policies import home_owner
from agentowners.cli.progress import working
from agentowners.cli.shell import ExitCode, UsageError, say, style_of, suggestion
from agentowners.cli.work_tree import FileOnDisk, WorkTree, find_policies, find_work_tree
from agentowners.cli.writing import replace_file
from agentowners.diagnostics import AgentownersError, PolicyError, Severity
from agentowners.git.listing import files_at, tracked_files
from agentowners.git.objects import Objects
from agentowners.git.revisions import resolve
from agentowners.git.run import Git
from agentowners.lint.fixes import Repaired, findings_of, mend, repair
from agentowners.lint.model import LintFacts, LintSubject
from agentowners.lint.registry import CHECKS
from agentowners.lint.run import FixedFinding, Report, lacking, left_out, look
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy

_EPILOG: Final = """\
what is looked at:
  FILE               policy files on disk; without any, every policy of the work tree, as it stands there
  the files of git's index, so that a pattern can be held against them; with --against REV those of a revision

a comment directly above a statement says that a finding is meant: `# lint: ignore=one-level-pattern`

examples:
  agentowners lint
  agentowners lint --fix
  agentowners lint --explain one-level-pattern
  agentowners lint --against HEAD --ignore unmatched-pattern
  agentowners lint --format sarif .github/AGENTOWNERS > lint.sarif

exit codes:
  0 nothing found, or notes only, 1 the tool failed, 2 usage, 5 errors, or the policy does not parse, 6 warnings
"""
_MUCH: Final = 500_000
"""Characters of patterns; fewer always fit into the memory that matching may take."""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("lint", __doc__, _EPILOG)
    command.add_argument("files", metavar="FILE", nargs="*", default=[], help="policy to look at, read from disk")
    command.add_policy_files("the same as FILE, as other commands have it; may be repeated")
    command.add_argument("--against", metavar="REV", help="find every pattern that matches no file of a revision, `HEAD` say")
    command.add_argument("--online", action="store_true", help="ask GitHub whether the accounts and teams that are named exist")
    command.add_argument("--fix", action="store_true", help="apply the fixes that change no decision")
    command.add_repeated("--ignore", "ignore", "ID", "skip a check; may be repeated")
    command.add_format("lint")
    command.add_argument("--explain", metavar="ID", help="say what a finding of this id is about, with an example, and exit")
    command.add_argument("--list", action="store_true", help="list the checks and exit")
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Look at the policies that the arguments name, say what was found, and return the exit code that says how bad it is."""
    options = parser().read(arguments)
    ignored = _ids(options.ignore)
    if options.explain is not None or options.list:
        from agentowners.cli.lint_explain import explained
        from agentowners.report.lint.text import checks_text

        text = checks_text(CHECKS) if options.explain is None else explained(options.explain, style_of(sys.stdout))
        if not options.quiet:
            say(text)
        return ExitCode.ALLOWED
    with working("Looking at the policy", quiet=options.quiet):
        report = _report(options, ignored)
    if not options.quiet:
        render("lint", options.format, report)
    return exit_code(report)


def exit_code(report: Report) -> ExitCode:
    """The exit code of a report."""
    if report.count(Severity.ERROR):
        return ExitCode.POLICY_INVALID
    return ExitCode.NOT_PROVED if report.count(Severity.WARNING) else ExitCode.ALLOWED


def _report(options: Namespace, ignored: frozenset[str]) -> Report:
    tree = find_work_tree(Git())
    unread: list[str] = []
    files = find_policies(tree, [*options.files, *options.policy_files], remarks=unread)
    names = tuple(file.source.path for file in files)
    # policies that were named protect themselves, by the names by which the repository knows them
    is_named = tree.is_repository and (options.files or options.policy_files)
    named = tree.names([file.place for file in files]) if is_named else ()
    files, mended = _mend(files) if options.fix else (files, ())
    try:
        policy = load_policy([file.source for file in files], named=named)
    except PolicyError as error:
        return Report(files=names, findings=findings_of(error.diagnostics), fixed=mended, remarks=tuple(unread))
    _try_patterns(policy)
    facts = _local_facts(tree, options.against)
    remarks: tuple[str, ...] = ()
    if options.online:
        from agentowners.cli.lint_online import online_facts

        facts, remarks = online_facts(tree, facts, policy)
    subject = LintSubject(policy, facts)
    repairs = repair(subject, named, ignored) if options.fix else Repaired(subject, ())
    _write(files, repairs)
    results = look(repairs.subject, ignored)
    not_run = lacking(repairs.subject, ignored)
    return Report(
        files=names,
        findings=results.findings,
        meant=len(results.meant),
        rules=sum(len(layer.rules) for layer in repairs.subject.layers),
        checks=sum(check.id not in ignored for check in CHECKS) - sum(not_run.values()),
        not_run=not_run,
        fixed=(*mended, *repairs.fixed),
        remarks=(*unread, *remarks, *left_out(results.findings)),
    )


def _local_facts(tree: WorkTree, against: str | None) -> LintFacts:
    """Facts that the clone tells. Its files are listed when a check asks for them; a revision is looked up at once."""
    if not tree.is_repository:
        if against is not None:
            raise AgentownersError("`--against` needs a repository, and there is none here", help="run it inside a clone")
        return LintFacts()
    git = Git(tree.root)
    if against is None:
        listing = cache(lambda: tracked_files(git))
    else:
        with Objects.of(git) as objects:
            revision = resolve(objects, against)
        listing = cache(lambda: files_at(git, revision))
    return LintFacts(files=listing, against=against is not None, owner=home_owner(git))


def _mend(files: tuple[FileOnDisk, ...]) -> tuple[tuple[FileOnDisk, ...], tuple[FixedFinding, ...]]:
    """The files after the fixes of their errors, written, and what was done."""
    after: list[FileOnDisk] = []
    fixed: list[FixedFinding] = []
    for file in files:
        source, fixes = mend(file.source)
        if fixes:
            replace_file(file.place, source.data)
            fixed += fixes
        after.append(replace(file, source=source))
    return tuple(after), tuple(fixed)


def _try_patterns(policy: Policy) -> None:
    """Make sure that patterns of an unusual size can be matched at all, as whoever judges a change by them will have to."""
    patterns = [pattern for layer in policy.layers for rule in layer.rules for pattern in rule.patterns]
    if sum(len(pattern.text) for pattern in patterns) > _MUCH:
        from agentowners.engine.matcher import Matcher

        Matcher.of(patterns)


def _ids(given: Sequence[str]) -> frozenset[str]:
    known = [check.id for check in CHECKS]
    for id in given:
        if id not in known:
            raise UsageError(f"unknown check `{id}`", help=suggestion(id, known))
    return frozenset(given)


def _write(files: Sequence[FileOnDisk], repairs: Repaired) -> None:
    after = {layer.name: layer.source for layer in repairs.subject.layers}
    for file in files:
        source = after.get(file.source.path)
        if source is not None and source.data != file.source.data:
            replace_file(file.place, source.data)
