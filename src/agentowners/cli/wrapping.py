"""Help texts written by hand, fitted to the terminal's width as argparse fits its own part."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby

_UNBROKEN = 10_000
_FIRST_COLUMN = re.compile(r" *(?:\S+(?: \S+)* {2,})?")


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
        for line in lines:
            if len(line) <= width or (line[0] == " " and "agentowners " in line):
                yield line
            else:
                column = _FIRST_COLUMN.match(line)
                yield from _broken(line, width, column.end() if column else 0)


def _broken(line: str, width: int, column: int) -> list[str]:
    indent = " " * (column if column <= width * 2 // 3 else len(line) - len(line.lstrip()))
    # an exit code stays with what it means
    glued = re.sub(r"(?<!\S)(\d) ", "\\1\xa0", line)
    broken = textwrap.wrap(glued, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [part.replace("\xa0", " ") for part in broken]
