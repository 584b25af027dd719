"""Print a script that makes a shell complete the commands of agentowners, their options and what these take."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn, cast

from agentowners.cli.arguments import CommandParser
from agentowners.cli.commands import COMMANDS
from agentowners.cli.shell import ExitCode, UsageError, say
from agentowners.text.wording import alternatives

if TYPE_CHECKING:
    from argcomplete.completers import BaseCompleter

SHELLS: Final = ("bash", "zsh", "fish")
_BREAKS: Final = "_ARGCOMPLETE_COMP_WORDBREAKS"

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


def parser() -> CommandParser:
    """The command's grammar."""
    missing = UsageError("no shell was named", help=f"name one: {alternatives(SHELLS)}")
    command = CommandParser("completion", __doc__, _EPILOG, missing)
    command.add_argument("shell", metavar="SHELL", choices=SHELLS, help="the shell: %(choices)s")
    return command


def main(arguments: Sequence[str]) -> int:
    """Print the script for the shell that the arguments name."""
    shell = parser().read(arguments).shell
    from argcomplete.shell_integration import shellcode

    say(shellcode(["agentowners"], use_defaults=False, shell=shell))
    return ExitCode.ALLOWED


def complete() -> NoReturn:
    """Answer the script: write what may stand at the cursor, and end the process."""
    from argcomplete import autocomplete

    typed = os.environ.get("COMP_LINE", "").split()
    if _BREAKS in os.environ:  # set by bash, which replaces the at-sign at which it breaks a word, too
        os.environ[_BREAKS] = os.environ[_BREAKS].replace("@", "")
    root = argparse.ArgumentParser("agentowners")
    root.add_argument("-V", "--version", action="store_true", help="show the version and exit")
    commands = root.add_subparsers()
    for name, command in COMMANDS.items():
        # the other commands are named only: importing them would be felt at every key
        grammar = [import_module(command.module).parser()] if name in typed else []
        commands.add_parser(name, help=command.purpose, parents=grammar, add_help=not grammar)
    autocomplete(root, always_complete_options=False, default_completer=cast("BaseCompleter", _values))
    raise SystemExit(ExitCode.FAILED)


def _values(*, prefix: str, action: argparse.Action, **_: object) -> Iterable[str]:
    """The values that an option or an operand may take: its name in the help says of which kind they are."""
    offer = None if _BREAKS in os.environ and "@" in prefix[1:] else VALUES.get(str(action.metavar))
    return () if offer is None else filter(str.isprintable, offer(prefix))


def _files(prefix: str) -> Iterator[str]:
    folder = os.path.dirname(prefix)
    with suppress(OSError), os.scandir(folder or os.curdir) as entries:
        for entry in entries:
            yield os.path.join(folder, entry.name) + ("/" if entry.is_dir() else "")


def _revisions(_: str) -> list[str]:
    return ["HEAD", *_ref_names("%(refname:short)", "refs/heads", "refs/tags", "refs/remotes")]


def _refs(_: str) -> list[str]:
    return _ref_names("%(refname)", "refs/heads", "refs/tags")


def _ref_names(form: str, *below: str) -> list[str]:
    from agentowners.git.run import Git, GitError, text

    try:
        return text(Git().run("for-each-ref", f"--format={form}", *below)).splitlines()
    except GitError:
        return []


def _principals(_: str) -> list[str]:
    """Those that ``--as`` takes without a policy that names more: groups, and the catalogue."""
    from agentowners.identity.catalogue import CATALOGUE
    from agentowners.policy.patterns import GROUP_WORDS

    groups = [group for group in GROUP_WORDS if group != "anyone"]
    return [f"@{name}" for name in [*groups, *sorted(entry.name for entry in CATALOGUE)]]


VALUES: Final[Mapping[str, Callable[[str], Iterable[str]] | None]] = {
    **dict.fromkeys(("FILE", "F", "PATH", "WHERE"), _files),
    **dict.fromkeys(("REV", "B"), _revisions),
    "OTHER": lambda prefix: (*_files(prefix), *_revisions(prefix)),
    **dict.fromkeys(("REF", "R"), _refs),
    **dict.fromkeys(("PRINCIPAL", "P", "WHO"), _principals),
    **dict.fromkeys(
        ("OWNER/NAME", "OWNER/REPO", "NAME", "TEXT", "ID", "LINE", "N", "MODE", "URL", "TIME", "DATE", "S", "COMMAND")
    ),
}
"""Each word that the help shows in place of a value, and what finds the values; None where nobody can guess them."""
