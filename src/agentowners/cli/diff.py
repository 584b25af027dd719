"""Say what a change of the policy lets anybody do that they could not before, for every path there could be."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from agentowners import __version__
from agentowners.cli.arguments import CommandParser
from agentowners.cli.formats import function
from agentowners.cli.policies import from_disk, home_owner, load_pair, on_revision, standard_branch
from agentowners.cli.progress import working
from agentowners.cli.shell import ExitCode, UsageError, emit, say, wants_color
from agentowners.cli.what_if import add_action, declared, full_ref, refuse_slips
from agentowners.cli.work_tree import find_policies, find_work_tree
from agentowners.diagnostics import AgentownersError, Source
from agentowners.git.listing import files_at, tracked_files
from agentowners.git.objects import Objects
from agentowners.git.revisions import find_branch, resolve
from agentowners.git.run import Git
from agentowners.policy.model import Action, Policy
from agentowners.proof.cells import EVERY_CELL, PartialCell
from agentowners.proof.compare import Terms, compare
from agentowners.proof.difference import Direction
from agentowners.proof.promises import Compatibility, ProofStatus
from agentowners.proof.prover import IN_ALL
from agentowners.proof.signals import PolicySignals, signals
from agentowners.report.shared.style import Style

_EPILOG: Final = """\
what is compared:
  the policies as the gate would find them: on --base (default: the default branch) and on --head (default: the work tree);
  or the files of --old and of --new, read from disk

examples:
  agentowners diff
  agentowners diff --base origin/main --head HEAD --format markdown
  agentowners diff --old before/AGENTOWNERS --new after/AGENTOWNERS --format json

exit codes:
  0 nothing is lost, 1 the tool failed, 2 usage, 5 a policy does not parse, 6 something is lost, refuted, or not known
"""


_Sources = tuple[Source, ...]


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("diff", __doc__, _EPILOG)
    command.add_argument("--base", metavar="REV", help="revision whose policy is the old one (default: the default branch)")
    command.add_argument("--head", metavar="REV", help="revision whose policy is the new one (default: the work tree)")
    command.add_argument("--old", metavar="FILE", nargs="+", default=[], help="files that are the old policy, read from disk")
    command.add_argument("--new", metavar="FILE", nargs="+", default=[], help="files that are the new policy, read from disk")
    command.add_argument("--against", metavar="REV", help="revision whose files are counted (default: those of the new policy)")
    command.add_argument("--as", dest="principal", metavar="PRINCIPAL", help="show only what is about this principal")
    command.add_argument("--ref", metavar="REF", help="show only what holds on this ref, `refs/heads/main`")
    add_action(command, "show only what is about this action")
    command.add_argument("--only", choices=["looser"], help="show only what became looser")
    command.add_format("diff")
    command.add_argument("--effort", metavar="N", default=str(IN_ALL), help="steps that may be spent (default: %(default)s)")
    command.add_argument("--exit-zero", action="store_true", help="end with 0 although something is lost or not known")
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Compare the two policies that the arguments name, say what differs, and return the exit code that says how it ended."""
    options = parser().read(arguments)
    _check(options)
    sources, terms = _compared(options)
    old, new = load_pair(*sources)
    if options.principal is not None:
        refuse_slips([declared(options.principal)], new)
    with working("Comparing the policies", quiet=options.quiet):
        result = signals(old, new, terms)
    if not options.quiet:
        narrowed = _narrowed(result, (old, new), terms, options)
        _render(narrowed, *sources, options.format, only_looser=options.only is not None)
    return ExitCode.ALLOWED if options.exit_zero else exit_code(result)


def exit_code(result: PolicySignals) -> ExitCode:
    """Code by which a script learns of what was found: what is not known is not taken for nothing."""
    known = not result.unknown and not any(mode.status is not Compatibility.COMPATIBLE for mode in result.modes)
    return ExitCode.ALLOWED if known and result.prover is ProofStatus.PASSED else ExitCode.NOT_PROVED


def _check(options: Namespace) -> None:
    full_ref(options.ref)
    if options.principal is not None:
        declared(options.principal)
    if bool(options.old) is not bool(options.new):
        given, other = ("--old", "--new") if options.old else ("--new", "--old")
        raise UsageError(f"`{given}` requires `{other}`")
    for name in ("base", "head"):
        if options.old and getattr(options, name) is not None:
            raise UsageError(f"`--{name}` cannot be used with `--old` and `--new`")
    if not re.fullmatch(r"[1-9][0-9]{0,11}", options.effort, re.ASCII):
        raise UsageError(f"`--effort` cannot be `{options.effort}`", help="give a number of steps, from 1")


def _compared(options: Namespace) -> tuple[tuple[_Sources, _Sources], Terms]:
    """The files of the old policy and of the new one, and the terms on which they are compared."""
    git, limit = Git(), int(options.effort)
    if options.old:
        files = None
        if options.against is not None:
            with Objects.of(git) as objects:
                files = files_at(git, resolve(objects, options.against))
        return (read_files(options.old), read_files(options.new)), Terms(files=files, limit=limit)
    tree = find_work_tree(git)
    if not tree.is_repository:
        raise AgentownersError(
            "there is no repository here", help="run it inside a clone, or name files with `--old` and `--new`"
        )
    with Objects.of(git) as objects:
        standard = find_branch(objects, standard_branch(git))
        base = standard if options.base is None else resolve(objects, options.base)
        if base is None:
            raise AgentownersError("the default branch is not in this clone", help="name the old policy's revision with `--base`")
        old = on_revision(objects, base, standard)
        head = None if options.head is None else resolve(objects, options.head)
        against = head if options.against is None else resolve(objects, options.against)
        if head is None:
            new = tuple(file.source for file in find_policies(tree, required=False))
            new = new or on_revision(objects, standard or base, standard)
        else:
            new = on_revision(objects, head, standard)
        files = tracked_files(git) if against is None else files_at(git, against)
    return (old, new), Terms(files=files, owner=home_owner(git), limit=limit)


def read_files(paths: Sequence[str]) -> tuple[Source, ...]:
    """Files that are named on the command line; a ``UsageError`` where one of them cannot be read."""
    try:
        return from_disk(paths)
    except AgentownersError as error:
        raise UsageError(error.message, help=error.help) from None


def _narrowed(result: PolicySignals, policies: tuple[Policy, Policy], terms: Terms, options: Namespace) -> PolicySignals:
    """The part of what differs that is asked for; the exit code stays that of everything."""
    action = None if options.action is None else Action(options.action)
    only = PartialCell(options.principal, action, full_ref(options.ref))
    difference = result.difference
    if only != EVERY_CELL:
        difference = replace(difference, regions=compare(*policies, replace(terms, cell=only)).regions)
    if options.only is not None:
        difference = replace(
            difference,
            regions=tuple(region for region in difference.regions if region.direction is not Direction.STRICTER),
            everywhere=tuple(shift for shift in difference.everywhere if shift.direction is not Direction.STRICTER),
            no_effect=(),
        )
    return replace(result, part=difference)


def _render(result: PolicySignals, old: _Sources, new: _Sources, form: str, *, only_looser: bool) -> None:
    write = function("diff", form)
    if form == "json":
        emit([write(result, old, new, __version__)])
    elif form == "markdown":
        before = [file.data for file in old]
        changed = dict.fromkeys(source.path for source in new if source.data not in before)
        say(write(result, list(changed) or [source.path for source in old], only_looser=only_looser))
    else:
        say(write(result, Style(color=wants_color(sys.stdout)), only_looser=only_looser))
