"""Text as one word of a shell's command line, so that a command that is shown can be copied and run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agentowners.report.shared.escape import for_terminal

_PLAIN: Final = re.compile(r"[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*")


def shell_word(text: str) -> str:
    """The text as one word of bash or zsh: as it is, in single quotes, or in ``$'...'`` where it holds what cannot be shown.

    What is shown on a terminal is what the shell reads back: nothing in the word changes when it is escaped for the terminal.
    """
    if _PLAIN.fullmatch(text):
        return text
    quoted = "'" + text.replace("'", "'\\''") + "'"
    if for_terminal(quoted) == quoted:
        return quoted
    return "$'" + "".join(map(_escaped, text)) + "'"


def shell_command(words: Iterable[str]) -> str:
    """Words as a command line."""
    return " ".join(map(shell_word, words))


def _escaped(char: str) -> str:
    code = ord(char)
    if char in "'\\":
        return f"\\{char}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if char == "#" or (code < 0x80 and not char.isprintable()):
        return f"\\{code:03o}"
    if char.isascii() or for_terminal(char) == char:
        return char
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
