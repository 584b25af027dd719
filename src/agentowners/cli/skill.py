"""Write the skill that tells agents how to inspect, check before they write, propose, wait and try again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agentowners.cli.arguments import CommandParser
from agentowners.cli.shell import ExitCode, say
from agentowners.cli.work_tree import find_clone
from agentowners.cli.writing import create_file, replace_file
from agentowners.diagnostics import AgentownersError
from agentowners.dispatch.denial import SKILL as PLACE
from agentowners.proposals.skill import SKILL

_EPILOG: Final = f"""\
it is written to `{PLACE}`, where every denial points to; read it, and commit it.

examples:
  agentowners skill
  agentowners skill --print

exit codes:
  0 written, or there already, 1 the tool failed, or another text is there, 2 usage
"""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("skill", __doc__, _EPILOG)
    command.add_argument("--print", action="store_true", help="print it, and write nothing")
    command.add_argument("--force", action="store_true", help="write it in place of another text that is there")
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Write the skill into the work tree, and return 0."""
    options = parser().read(arguments)
    if options.print:
        if not options.quiet:
            say(SKILL)
        return ExitCode.ALLOWED
    tree = find_clone("run it inside a clone, or `--print` it")
    tree.refuse_links(PLACE)
    place = tree.path(PLACE)
    outcome = f"written: {PLACE}\n"
    try:
        create_file(place, SKILL.encode())
    except AgentownersError:
        if tree.read(PLACE).data == SKILL.encode():
            outcome = f"there already: {PLACE}\n"
        elif options.force:
            replace_file(place, SKILL.encode())
        else:
            raise AgentownersError(
                f"`{PLACE}` is there, with another text", help="`--force` writes this one in its place"
            ) from None
    if not options.quiet:
        say(outcome)
    return ExitCode.ALLOWED
