"""What ``agentowners --help`` says."""

from __future__ import annotations

from agentowners.cli.commands import COMMANDS

_EXAMPLES = """\
examples:
  agentowners check --base main
      judge the current branch as a change to main, by the policy that stands on main
  git diff --name-only -z main | agentowners check --changes - -z --as @copilot
      ask what would happen if Copilot changed these files
  agentowners check --base main --format json
      the same, for a program

exit codes:
  0 allowed, 1 the tool failed, 2 usage, 3 blocked, 4 approval required, 5 policy invalid, 6 not proved
"""


def overview() -> str:
    """The commands, one line each, with examples and the exit codes."""
    width = max(map(len, COMMANDS))
    commands = "".join(f"  {name:{width}}  {command.purpose}\n" for name, command in COMMANDS.items())
    return (
        "usage: agentowners <command> [options]\n\n"
        "CODEOWNERS for AI agents: says whether a change may be made, by the policy of the repository.\n\n"
        f"commands:\n{commands}\n"
        "options:\n"
        "  -h, --help     say this; after a command: say what that command takes\n"
        "  -V, --version  say the version\n\n"
        f"{_EXAMPLES}"
    )
