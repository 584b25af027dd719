"""``agentowners test --record``: a real change becomes test cases, at the end of the file of them."""

from __future__ import annotations

import os
from argparse import Namespace
from typing import Final

from msgspec.structs import replace

from agentowners.cases.model import FILE_NAMES, Case, CaseFile, CasesError
from agentowners.cases.reader import read_cases
from agentowners.cases.record import record_cases
from agentowners.cases.write import append_cases, cases_yaml, new_file
from agentowners.change.model import Change
from agentowners.cli.case_files import CasePolicies, find_cases, refused
from agentowners.cli.check import collect
from agentowners.cli.request import Request
from agentowners.cli.shell import ExitCode, UsageError, say
from agentowners.cli.what_if import refuse_slips
from agentowners.cli.work_tree import FileOnDisk, WorkTree, find_work_tree
from agentowners.cli.writing import create_file, replace_file
from agentowners.diagnostics import PolicyError, Source
from agentowners.git.clone import HEADS, REMOTES
from agentowners.git.run import Git, text
from agentowners.report.shared.cut import count
from agentowners.report.shared.escape import for_terminal, printable

_SHORT: Final = 7
"""Digits of a commit's id in a name."""


def record(options: Namespace) -> ExitCode:
    """Judge the change that the options name by the policy of the work tree, and write down what came of it."""
    if len(options.files) > 1:
        raise UsageError("`--record` writes into one file", help="name one, or none")
    if options.base is None and options.changes is None and options.event is None:
        raise UsageError("no change to record was named", help="begin with `agentowners test --record --base main`")
    request = Request.of(options)
    git = Git()
    tree = find_work_tree(git)
    place = _file_to_write(tree, options)
    try:
        file = CaseFile(place.source.path, ()) if place.source.data == b"" else read_cases(place.source)
        cases = _cases(request, file, CasePolicies(tree, options.policy_files), git, options)
        there = {case.meaning for case in file.cases}
        new = tuple(case for case in cases if case.meaning not in there)
        if options.dry_run:
            say(cases_yaml(new, file.ref) if not options.quiet else "")
            return ExitCode.ALLOWED
        if new:
            _write(place, new)
    except (CasesError, PolicyError) as error:
        return refused(error)
    if not options.quiet:
        say(_told(new, len(cases) - len(new), file.path))
    return ExitCode.ALLOWED


def _file_to_write(tree: WorkTree, options: Namespace) -> FileOnDisk:
    """The file to write into: the one that is named, else the first that is there, else one to be made."""
    if options.files:
        (name,) = options.files
        return find_cases(tree, [name])[0] if os.path.lexists(name) else FileOnDisk(Source(name, b""), name)
    files = find_cases(tree)
    if files:
        return files[0]
    tree.refuse_links(FILE_NAMES[0])
    return FileOnDisk(Source(FILE_NAMES[0], b""), tree.path(FILE_NAMES[0]))


def _cases(request: Request, file: CaseFile, policies: CasePolicies, git: Git, options: Namespace) -> tuple[Case, ...]:
    on_disk, policy = policies.of(file)
    refuse_slips(request.principals, policy)
    # Named, so that nobody looks for a policy where the change goes: it is judged by the one that is being written.
    subject = collect(replace(request, policy_files=tuple(file.place for file in on_disk)))
    label = printable(_label(subject.change, git, options))
    names = [case.name for case in file.cases if case.name is not None]
    return record_cases(policy, subject.change, label, file.repository, names, subject.paths_of)


def _label(change: Change, git: Git, options: Namespace) -> str:
    """Name of a change: ``copilot/count-items at 4de09e9``."""
    at = f" at {change.head[:_SHORT]}" if change.head is not None else ""
    if change.pull_request is not None:
        return f"pull request {change.pull_request}{at}"
    if options.base is not None:
        return f"{_branch(git, options.head or 'HEAD')}{at}"
    if options.event is not None:
        return f"push{at}"
    return "listed paths" if options.changes == "-" else options.changes.rpartition("/")[2]


def _branch(git: Git, head: str) -> str:
    name = text(git.run("rev-parse", "--symbolic-full-name", head, accept=(0, 128))).strip()
    return "a change" if name in ("", "HEAD") else name.removeprefix(HEADS).removeprefix(REMOTES)


def _write(place: FileOnDisk, cases: tuple[Case, ...]) -> None:
    if os.path.lexists(place.place):
        replace_file(place.place, append_cases(place.source, cases))
    else:
        create_file(place.place, new_file(place.source.path, cases))


def _told(new: tuple[Case, ...], known: int, path: str) -> str:
    lines = [f"{count(len(new), 'test case')} written to {for_terminal(path)}"] if new else []
    lines += [f"  {for_terminal(case.title)}" for case in new]
    if known:
        lines.append(f"{count(known, 'case is', 'cases are')} there already and not written again")
    return "".join(f"{line}\n" for line in lines)
