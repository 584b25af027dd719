"""Say what a mode lets an agent do, as words and as rules, and how much of it holds where it is enforced."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from agentowners.cli.arguments import CommandParser
from agentowners.cli.commands import COMMANDS
from agentowners.cli.shell import ExitCode, UsageError, emit, say, style_of, suggestion
from agentowners.policy.words import MODES

_EPILOG: Final = """\
commands:
  list     one line for each mode
  show     the rules that a mode compiles to
  explain  both, and what is strong, best-effort, unavailable or not built, for each place that enforces it

examples:
  agentowners mode list
  agentowners mode show reviewed-egress
  agentowners mode explain read-only --format json

exit codes:
  0 said, 1 the tool failed, 2 usage, or there is no such mode
"""


def parser() -> CommandParser:
    """The command's grammar."""
    command = CommandParser("mode", __doc__, _EPILOG)
    command.add_argument("what", metavar="COMMAND", choices=["list", "show", "explain"], help="one of %(choices)s")
    command.add_argument("mode", metavar="MODE", nargs="?", help="mode to describe (default: all)")
    command.add_format()
    command.add_quiet()
    return command


def main(arguments: Sequence[str]) -> int:
    """Say what is asked for about a mode, or about all of them."""
    options = parser().read(arguments)
    if options.mode is not None and options.mode not in MODES:
        raise UsageError(f"there is no mode `{options.mode}`", help=suggestion(options.mode, MODES))
    modes = list(MODES.values()) if options.mode is None else [MODES[options.mode]]
    if options.quiet:
        return ExitCode.ALLOWED
    if options.format == "json":
        from agentowners.report.mode import mode_json

        emit([mode_json(modes, COMMANDS)])
        return ExitCode.ALLOWED
    from agentowners.report.mode import mode_explanation, mode_list, mode_rules

    documents = {
        "list": lambda: mode_list(modes),
        "show": lambda: mode_rules(modes),
        "explain": lambda: mode_explanation(modes, COMMANDS, style_of(sys.stdout)),
    }
    say(documents[options.what]())
    return ExitCode.ALLOWED
