"""The usage that help begins with: no Python of its own breaks it otherwise."""

from __future__ import annotations

import argparse
import re
from importlib import import_module

import pytest

from agentowners.cli.arguments import CommandParser, HelpFormatter
from agentowners.cli.commands import COMMANDS
from agentowners.cli.help import wrapped
from agentowners.cli.shell import UsageError

NAMES = sorted(COMMANDS.keys() - {"action"})


def usage(parser: argparse.ArgumentParser) -> list[str]:
    return parser.format_help().partition("\n\n")[0].split("\n")


def of(command: str) -> CommandParser:
    found: CommandParser = import_module(COMMANDS[command].module).parser()
    return found


@pytest.mark.parametrize("width", [80, 100, 400])
@pytest.mark.parametrize("command", NAMES)
def test_lines_hold_what_fits_and_break_no_option_and_no_choice(
    command: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = usage(of(command))
    for line in lines:
        assert len(line) <= width - 2
        assert line.count("[") == line.count("]")
        assert line.count("(") == line.count(")")
    assert len(lines) == 1 or width < 400


def test_what_goes_on_in_a_next_line_is_broken_with_it_and_nothing_else_is() -> None:
    text = """\
what is read:
  --base REV  everything that the branch has,
              by the evidence in its commits
  what stands in the work tree, saved but
  perhaps not committed
  {"a": "a document",
   "b": "as long as this"}
  agentowners check --base origin/main
  agentowners lint --against origin/main"""
    assert (
        wrapped(text, 34)
        == """\
what is read:
  --base REV  everything that the
              branch has, by the
              evidence in its
              commits
  what stands in the work tree,
  saved but perhaps not committed
  {"a": "a document",
   "b": "as long as this"}
  agentowners check --base origin/main
  agentowners lint --against origin/main"""
    )


@pytest.mark.parametrize("command", NAMES)
def test_every_option_and_operand_is_there_once(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    parser = of(command)
    said = " ".join(usage(parser))
    for action in parser._actions:
        operand = str(action.metavar or ",".join(action.choices or ()))
        name = action.option_strings[0] if action.option_strings else operand
        assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said), name


def test_what_must_be_given_stands_without_brackets_and_a_choice_in_its_own() -> None:
    parser = argparse.ArgumentParser(prog="tool", add_help=False, formatter_class=HelpFormatter)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--a", metavar="A")
    parser.add_argument("--must", metavar="M", required=True)
    choice.add_argument("--b", action="store_true")
    parser.add_argument("--may", choices=["x", "y"])
    parser.add_argument("files", metavar="FILE", nargs="*")
    assert usage(parser) == ["usage: tool (--a A | --b) --must M [--may {x,y}] [FILE ...]"]


@pytest.mark.parametrize("command", NAMES)
def test_a_format_is_explained_in_the_same_words_everywhere(command: str) -> None:
    for action in of(command)._actions:
        if "--format" in action.option_strings:
            assert str(action.help).startswith("output format")


@pytest.mark.parametrize("command", NAMES)
def test_an_operand_goes_by_its_name_in_help_and_its_words_are_named(command: str) -> None:
    parser = of(command)
    operands = [action for action in parser._actions if not action.option_strings and action.nargs not in ("?", "*", "...")]
    if not operands or command in {"completion", "lint"}:
        return
    first = operands[0]
    with pytest.raises(UsageError) as missing:
        parser.read([])
    assert missing.value.message == f"`{first.metavar}` is missing"
    if first.choices:
        with pytest.raises(UsageError) as wrong:
            parser.read(["zzzz"])
        assert wrong.value.message == f"`{first.metavar}` cannot be `zzzz`"
        words = ", ".join(f"`{word}`" for word in first.choices)
        assert missing.value.help == wrong.value.help == f"there are: {words}"
