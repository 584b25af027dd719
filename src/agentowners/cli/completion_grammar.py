"""What may be typed after ``agentowners``, read off the commands' own parsers, for the scripts that complete it in a shell."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from typing import Final

from agentowners.cli.commands import COMMANDS
from agentowners.records import record


class ValueKind(Enum):
    """What a value is, as far as a shell can offer one."""

    FILE = "file"
    REVISION = "revision"
    REF = "ref"
    PRINCIPAL = "principal"
    WORD = "word"
    """One of some words that are listed."""
    OTHER = "other"
    """Something that nobody can guess."""


KINDS: Final = {
    "FILE": ValueKind.FILE,
    "F": ValueKind.FILE,
    "LIST": ValueKind.FILE,
    "EVENT": ValueKind.FILE,
    "PATH": ValueKind.FILE,
    "REV": ValueKind.REVISION,
    "REF": ValueKind.REF,
    "R": ValueKind.REF,
    "PRINCIPAL": ValueKind.PRINCIPAL,
    "P": ValueKind.PRINCIPAL,
    "OWNER/NAME": ValueKind.OTHER,
    "B": ValueKind.REVISION,
    "NAME": ValueKind.OTHER,
    "TEXT": ValueKind.OTHER,
    "ID": ValueKind.OTHER,
}
"""What each word stands for that the help shows in place of a value."""


@record
class Value:
    """What follows an option, or stands by itself."""

    kind: ValueKind
    words: tuple[str, ...] = ()


@record
class Option:
    """An option: its names, what it is for, and the value that it takes."""

    names: tuple[str, ...]
    purpose: str
    value: Value | None = None
    repeats: bool = False


@record
class Grammar:
    """What may follow a command."""

    command: str
    purpose: str
    options: tuple[Option, ...]
    operand: Value | None = None
    """What stands by itself, without an option."""


HELP: Final = Option(("-h", "--help"), "say what there is")
VERSION: Final = Option(("-V", "--version"), "say the version")


def grammars() -> tuple[Grammar, ...]:
    """Every command's."""
    return tuple(_grammar(name, command.purpose, import_module(command.module).parser()) for name, command in COMMANDS.items())


def principals() -> tuple[str, ...]:
    """Those that ``--as`` takes without a policy that names more: groups, and the catalogue."""
    from agentowners.identity.catalogue import CATALOGUE
    from agentowners.policy.patterns import GROUP_WORDS

    groups = [group for group in GROUP_WORDS if group != "anyone"]
    return tuple(f"@{name}" for name in [*groups, *sorted(entry.name for entry in CATALOGUE)])


def _grammar(name: str, purpose: str, parser: argparse.ArgumentParser) -> Grammar:
    options, operands = [], []
    for action in parser._actions:
        if action.option_strings:
            options.append(_option(parser, action))
        else:
            operands.append(_value(action))
    return Grammar(name, purpose, tuple(options), next(iter(operands), None))


def _option(parser: argparse.ArgumentParser, action: argparse.Action) -> Option:
    if isinstance(action, argparse._HelpAction):
        return HELP
    purpose = parser._get_formatter()._expand_help(action)
    value = None if action.nargs == 0 else _value(action)
    return Option(tuple(action.option_strings), purpose, value, isinstance(action, argparse._AppendAction))


def _value(action: argparse.Action) -> Value:
    if action.choices is not None:
        return Value(ValueKind.WORD, tuple(map(str, action.choices)))
    return Value(KINDS.get(str(action.metavar), ValueKind.OTHER))


def takes(grammar: Grammar) -> Iterator[tuple[tuple[str, ...], Value]]:
    """The names of each option that takes a value, with what it takes."""
    for option in grammar.options:
        if option.value is not None:
            yield option.names, option.value
