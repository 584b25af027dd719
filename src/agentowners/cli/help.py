"""The text of ``agentowners --help``."""

from __future__ import annotations

from agentowners.cli.commands import COMMANDS
from agentowners.cli.wrapping import columns, wrapped

_STANDARD, _WIDEST = 78, 100
"""Columns to write in that a terminal has by default; and the longest line, which one that wide breaks by itself."""
_EXAMPLES = """\
examples:
  agentowners init --dry-run
      see what a first policy for this repository would say
  agentowners explain package.json --as @copilot
      why Copilot may, or may not, change this file, rule by rule
  agentowners lint
      find mistakes in the policy that you are writing
  agentowners test
      see whether it decides as its test cases expect
  agentowners check --base main
      judge the current branch as a change to main, by the policy there

exit codes:
  0 allowed, 1 the tool failed, 2 usage, 3 blocked, 4 approval required,
  5 policy invalid, 6 not proved, 7 conflicts with the branch it goes to
"""


def overview() -> str:
    """The commands, one line each, with examples and the exit codes."""
    width, room = max(map(len, COMMANDS)), columns()
    commands = "".join(f"  {name:{width}}  {command.purpose}\n" for name, command in COMMANDS.items())
    return wrapped(
        "usage: agentowners <command> [options]\n\n"
        "CODEOWNERS for AI agents: says whether a change may be made, by the\npolicy of the repository.\n\n"
        f"commands:\n{commands}\n"
        "options:\n"
        "  -h, --help     show this help; after a command: show that command's options\n"
        "  -V, --version  show the version and exit\n\n"
        f"{_EXAMPLES}",
        room if room < _STANDARD else _WIDEST,
    )
