"""Show what the policy decides about every file of the repository, for each agent and branch, and by which rule."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from agentowners.cli.arguments import CommandParser, whole_number
from agentowners.cli.formats import deliver
from agentowners.cli.policies import load_with_other
from agentowners.cli.progress import working
from agentowners.cli.shell import ExitCode, complain
from agentowners.cli.what_if import add_action, declared, full_ref, refuse_slips
from agentowners.cli.work_tree import find_clone, find_policies
from agentowners.git.run import Git
from agentowners.policy.model import Action

if TYPE_CHECKING:
    from agentowners.map.model import Standpoint
    from agentowners.policy.model import Policy

_EPILOG: Final = """\
what is shown:
  the files that git tracks in the work tree, decided by the policy that stands there, saved but perhaps not committed; without
  --as for an unnamed agent and for each agent that the policy names, without --ref for the default branch and each ref that the
  policy names; --compare shows beside it what differs from another policy, which is the older one

examples:
  agentowners map
  agentowners map --as @copilot --ref refs/heads/main --depth 5
  agentowners map --compare origin/main -o map.html
  agentowners map --format json

exit codes:
  0 shown, 1 the tool failed, 2 usage, 5 a policy does not parse
"""


_MOST_CONTRIBUTORS: Final = 16
_MOST_REFS: Final = 8


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("map", __doc__, _EPILOG)
    command.add_repeated("--as", "principals", "PRINCIPAL", "who acts; may be repeated")
    command.add_repeated("--ref", "refs", "REF", "full name of a ref; may be repeated")
    command.add_compare()
    command.add_policy_files("policy to show, read from disk; may be repeated (default: those of the work tree)")
    add_action(command, "what is done to the files (default: %(default)s)", Action.FILE_MODIFY)
    command.add_argument("--depth", metavar="N", default="3", help="levels of folders that are listed (default: %(default)s)")
    command.add_delivery("map")
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Draw the map that the arguments ask for, and write it."""
    options = parser().read(arguments)
    depth = whole_number("--depth", options.depth)
    evidence = [declared(name) for name in options.principals]
    refs = [full for ref in options.refs if (full := full_ref(ref)) is not None]
    tree = find_clone()
    from agentowners.cli.offline import answer
    from agentowners.git.clone import origin_repository
    from agentowners.git.listing import tracked_kinds
    from agentowners.map.draw import draw
    from agentowners.report.map.report import MapReport

    git = Git(tree.root)
    sources = tuple(file.source for file in find_policies(tree, options.policy_files, required=False))
    policy, other, compared = load_with_other(sources, options.compare, tree.names(options.policy_files))
    if evidence:
        refuse_slips(evidence, policy)
    policies = [policy] if other is None else [policy, other]
    with working("Deciding about every file", quiet=options.quiet):
        repository = origin_repository(git)
        standpoints = _standpoints(git, options, refs, policies)
        action = Action(options.action)
        chart = draw(tracked_kinds(git), policy, standpoints, answer, other=other, action=action, repository=repository)
        report = MapReport(chart, sources, compared, options.compare, repository or os.path.basename(tree.root), depth)
        if not options.quiet or options.output is not None:
            deliver("map", options, report, trees=bool(options.principals or options.refs))
    return ExitCode.ALLOWED


def _standpoints(git: Git, options: Namespace, refs: Sequence[str], policies: Sequence[Policy]) -> list[Standpoint]:
    from agentowners.cli.survey import standard_branch
    from agentowners.git.clone import branches
    from agentowners.map.model import Standpoint, principals_of, refs_of_interest

    known = branches(git)
    named = [f"@{name.removeprefix('@')}" for name in options.principals]
    principals = named or _first(principals_of(policies), _MOST_CONTRIBUTORS, "contributors", "--as")
    refs = refs or _first(refs_of_interest(policies, standard_branch(git, known), known), _MOST_REFS, "refs", "--ref")
    return [Standpoint(principal, ref) for ref in dict.fromkeys(refs) for principal in dict.fromkeys(principals)]


def _first(names: Sequence[str], most: int, what: str, option: str) -> Sequence[str]:
    """The first of those that the policy speaks of; that there are more is said."""
    if len(names) > most:
        complain(f"note: the policy speaks of {len(names):,} {what}, of which {most} are shown; `{option}` shows others\n")
    return names[:most]
