"""The text of ``agentowners --help``, and help texts fitted to the terminal's width as argparse fits its own part."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby

from agentowners.cli.commands import COMMANDS

_STANDARD, _WIDEST = 78, 100
"""Columns to write in that a terminal has by default; and the longest line, which one that wide breaks by itself."""
_UNBROKEN = 10_000
_INDENT = re.compile(" *")
_FIRST_COLUMN = re.compile(r" *(?:\S+(?: \S+)* {2,})?")
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


def columns() -> int:
    """Width for help texts: the terminal's; where there is none, more than any line takes."""
    from shutil import get_terminal_size

    return get_terminal_size((_UNBROKEN, 24)).columns - 2


def wrapped(text: str, width: int) -> str:
    """The text with what is too long broken: paragraphs, and indented lines behind their first column; no command, which is
    copied."""
    return "\n".join(_lines(text, width))


def _lines(text: str, width: int) -> Iterator[str]:
    for is_prose, group in groupby(text.split("\n"), lambda line: line != "" and line[0] != " " and line[-1] != ":"):
        lines = list(group)
        if is_prose and any(len(line) > width for line in lines):
            yield from _broken(" ".join(lines), width, 0)
            continue
        for line in lines if is_prose else _joined(lines, width):
            if len(line) <= width or _is_command(line):
                yield line
            else:
                yield from _broken(line, width, _length(_FIRST_COLUMN, line))


def _is_command(line: str) -> bool:
    return line[:1] == " " and "agentowners " in line


def _joined(lines: list[str], width: int) -> Iterator[str]:
    """Indented lines, each that has to be broken with those that go on after it, so that no piece is left alone between."""
    whole: str | None = None
    for line in lines:
        if whole is None:
            whole = line
        elif len(whole) > width and _goes_on(whole, line) and not _is_command(whole + line):
            whole += f" {line.lstrip()}"
        else:
            yield whole
            whole = line
    if whole is not None:
        yield whole


def _goes_on(line: str, after: str) -> bool:
    """True if a line goes on in the next one: that is indented further, or as far where neither has columns or a document."""
    if line[-1] in ".:;" or after.lstrip()[:1] in ("", "{", '"'):
        return False
    indents, columns = ([_length(pattern, text) for text in (line, after)] for pattern in (_INDENT, _FIRST_COLUMN))
    return indents[1] > indents[0] or (indents[1] == indents[0] and columns == indents)


def _length(pattern: re.Pattern[str], line: str) -> int:
    match = pattern.match(line)
    return match.end() if match else 0


def _broken(line: str, width: int, column: int) -> list[str]:
    indent = " " * (column if column <= width * 2 // 3 else len(line) - len(line.lstrip()))
    # an exit code stays with what it means
    glued = re.sub(r"(?<!\S)(\d) ", "\\1\xa0", line)
    broken = textwrap.wrap(glued, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [part.replace("\xa0", " ") for part in broken]
