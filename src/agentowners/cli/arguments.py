"""The grammar that all commands share: how options are declared, and how a mistake in them is answered."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

from agentowners.cli.formats import FORMATS
from agentowners.cli.help import columns, wrapped
from agentowners.cli.shell import UsageError, say, suggestion

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class CommandParser(argparse.ArgumentParser):
    """A command's arguments. A mistake becomes a ``UsageError`` that names the nearest option there is."""

    def __init__(self, name: str, description: str | None, epilog: str, missing: UsageError | None = None) -> None:
        """Begin the grammar of ``agentowners <name>``, whose help begins with its module's docstring and ends with examples and
        exit codes; ``missing`` says in better words than argparse that something has to be named."""
        super().__init__(
            prog=f"agentowners {name}",
            description="\n".join(" ".join(part.split()) for part in (description or "").split("\n\n")),
            epilog=epilog,
            formatter_class=HelpFormatter,
            allow_abbrev=False,
        )
        # From Python 3.14 on argparse has colours of its own, which know nothing of what this tool's options say about colour.
        self.color = False
        self._missing = missing

    def add_quiet(self, help: str = "print only errors; the exit code has the result") -> None:
        """Add ``--quiet``."""
        self.add_argument("-q", "--quiet", action="store_true", help=help)

    def add_format(self, subject: str | None = None) -> None:
        """Add ``--format`` with the formats that a subject has; by default text and JSON."""
        choices = ["text", "json"] if subject is None else list(FORMATS[subject])
        self.add_argument("--format", choices=choices, default="text", help="output format (default: %(default)s)")

    def add_delivery(self, subject: str) -> None:
        """Add ``--format`` and ``--output`` for a subject's reports, which ``deliver`` writes."""
        choices = list(FORMATS[subject])
        self.add_argument("--format", choices=choices, help="output format (default: by the name of --output, else text)")
        self.add_argument("-o", "--output", metavar="FILE", help="write the report there, in place of what there is")

    def add_compare(self) -> None:
        """Add ``--compare``, which ``other_policy`` reads."""
        self.add_argument("--compare", metavar="OTHER", help="policy to compare with: a file, or a revision whose policy it is")

    def add_repeated(self, option: str, dest: str, metavar: str, help: str) -> None:
        """Add an option that may be given more than once, as a list."""
        self.add_argument(option, dest=dest, metavar=metavar, action="append", default=[], help=help)

    def add_policy_files(self, help: str = "policy to use, read from disk; may be repeated") -> None:
        """Add ``--policy-file``, as ``policy_files``."""
        self.add_repeated("--policy-file", "policy_files", "F", help)

    def add_client(self, help: str, **more: Any) -> None:
        """Add ``--client``; the help goes on with the names there are."""
        from agentowners.dispatch.model import Client

        names = [client.value for client in Client]
        self.add_argument("--client", choices=names, metavar="NAME", help=f"{help}; one of %(choices)s", **more)

    def add_principals(self, help: str, token_help: str) -> None:
        """Add ``--as``, as ``principals``, and ``--token-file``: who acts, by name or by what proves it."""
        group = self.add_mutually_exclusive_group()
        group.add_argument("--as", dest="principals", metavar="PRINCIPAL", action="append", help=help)
        group.add_argument("--token-file", metavar="FILE", help=token_help)

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse the arguments; options that do not exist are refused before anything that is missing is asked for."""
        known = [option for option in self._option_string_actions if option.startswith("--")]
        for argument in arguments:
            if argument == "--":
                break
            name = argument.partition("=")[0]
            if argument.startswith("--") and name not in known:
                raise UsageError(f"unknown option `{name}`", help=suggestion(name, known))
        return self.parse_args(list(arguments))

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Say what the command takes; a standard output that takes nothing is an error, as it is for what commands say."""
        say(self.format_help())

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and value not in action.choices:
            name = action.option_strings[-1] if action.option_strings else action.metavar or action.dest
            raise UsageError(f"`{name}` cannot be `{value}`", help=suggestion(str(value), map(str, action.choices)))

    def error(self, message: str) -> NoReturn:
        """Answer what argparse found wrong."""
        if self._missing is not None and message.startswith(("one of the arguments", "the following arguments are required")):
            raise self._missing
        for pattern, words in _SAID:
            match = re.fullmatch(pattern, message)
            if match is not None:
                message = words.format(*match.groups())
                break
        raise UsageError(message.replace("'", "`"), help=self._choices(message) or f"run `{self.prog} --help` for usage")

    def _choices(self, message: str) -> str | None:
        """A help line with the words that a missing operand may be, where there are few to choose from."""
        for action in self._actions:
            if not action.option_strings and action.choices and message == f"`{action.metavar or action.dest}` is missing":
                return suggestion("", map(str, action.choices))
        return None


def whole_number(option: str, given: str, *, least: int = 0, most: int = 999_999_999) -> int:
    """The number that an option was given; a ``UsageError`` where it is none, or out of bounds."""
    if not re.fullmatch(r"[0-9]{1,9}", given, re.ASCII) or not least <= int(given) <= most:
        room = f"from {least} to {most}" if most < 999_999_999 else f"from {least}"
        raise UsageError(f"`{option}` cannot be `{given}`", help=f"give a number, {room}")
    return int(given)


_SAID: Final = (
    (r"argument (?:-\w/)?(\S+): expected (?:one|at least one) argument", "`{}` needs a value"),
    (r"argument (?:-\w/)?(\S+): ignored explicit argument .*", "`{}` takes no value"),
    (r"argument (?:-\w/)?(\S+): not allowed with argument (?:-\w/)?(\S+)", "`{}` cannot be used with `{}`"),
    (r"unrecognized arguments: (\S+).*", "unexpected argument `{}`"),
    (r"the following arguments are required: ([^\s,]+).*", "`{}` is missing"),
)
"""Messages of argparse, and this tool's own for them."""


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """argparse's help, whose usage keeps options that exclude each other on one line, and whose prose fits the terminal."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return wrapped(super()._fill_text(text, width, indent), columns())

    def _format_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None,
    ) -> str:
        given = list(actions)
        options = self._options([action for action in given if action.option_strings], list(groups))
        operands = [self._format_args(action, action.dest) for action in given if not action.option_strings]
        start = f"usage: {self._prog} "
        whole = start + " ".join([*options, *operands])
        if len(whole) <= self._width:
            return f"{whole}\n\n"
        indent = "\n" + " " * len(start)
        return start + indent.join([*self._lines(options, len(start)), *self._lines(operands, len(start))]) + "\n\n"

    def _options(self, options: list[argparse.Action], groups: list[argparse._MutuallyExclusiveGroup]) -> list[str]:
        """Each option as it is typed, with those of a group together, where the first of them stands."""
        grouped = {id(action): group for group in groups for action in group._group_actions}
        parts = []
        for action in options:
            group = grouped.get(id(action))
            if group is None:
                parts.append(self._typed(action) if action.required else f"[{self._typed(action)}]")
            elif action is group._group_actions[0]:
                choice = " | ".join(map(self._typed, group._group_actions))
                parts.append(f"({choice})" if group.required else f"[{choice}]")
        return parts

    def _typed(self, action: argparse.Action) -> str:
        name = action.option_strings[0]
        return name if action.nargs == 0 else f"{name} {self._format_args(action, action.dest.upper())}"

    def _lines(self, parts: list[str], indent: int) -> list[str]:
        """The parts, as many on a line as fit behind the indent; none is broken."""
        glued = " ".join(part.replace(" ", "\xa0") for part in parts)
        lines = textwrap.wrap(glued, max(1, self._width - indent), break_long_words=False, break_on_hyphens=False)
        return [line.replace("\xa0", " ") for line in lines]
