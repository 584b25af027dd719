"""``agentowners completion``: prints what makes a shell complete commands, options and their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NoReturn

from agentowners.cli.arguments import CommandParser
from agentowners.cli.exit_codes import ExitCode
from agentowners.cli.output import say
from agentowners.cli.shell import UsageError
from agentowners.policy.words import alternatives

SHELLS: Final = ("bash", "zsh", "fish")

_DESCRIPTION: Final = "Print a script that makes a shell complete the commands of agentowners, their options and what these take."

_EPILOG: Final = """\
completed are commands, options, words to choose from, files, git's revisions and refs, and for --as the agents that are known

examples:
  source <(agentowners completion bash)
      in this bash; to keep it, put the line into ~/.bashrc
  agentowners completion zsh > ~/.zfunc/_agentowners
      for every zsh that has ~/.zfunc in its fpath before compinit runs
  agentowners completion fish > ~/.config/fish/completions/agentowners.fish
      for every fish

exit codes:
  0 printed, 1 the tool failed, 2 usage
"""


class _Parser(CommandParser):
    def error(self, message: str) -> NoReturn:
        if message.startswith("the following arguments are required"):
            raise UsageError("no shell was named", help=f"name one: {alternatives(SHELLS)}")
        super().error(message)


def parser() -> _Parser:
    """The command's grammar."""
    made = _Parser("completion", _DESCRIPTION, _EPILOG)
    made.add_argument("shell", metavar="SHELL", choices=SHELLS, help="the shell: %(choices)s")
    return made


def main(arguments: Sequence[str]) -> int:
    """Print the script for the shell that the arguments name.

    Raises:
        UsageError: they name none.
    """
    shell = parser().read(arguments).shell
    from agentowners.cli.completion_grammar import grammars, principals

    match shell:
        case "bash":
            from agentowners.cli.completion_bash import script
        case "zsh":
            from agentowners.cli.completion_zsh import script
        case _:
            from agentowners.cli.completion_fish import script
    say(script(grammars(), principals()))
    return ExitCode.ALLOWED
