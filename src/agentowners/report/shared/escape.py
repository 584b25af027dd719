"""Hostile text made harmless, once for each place it goes to.

File names, branch names, titles and logins come from whoever opened a pull request. What cannot be seen, or turns what stands
beside it around, is shown as an escape (``\\n``, ``\\u202e``, ``\\xff`` for a byte that is not UTF-8). A backslash stays what
it is, so escaping twice changes nothing and texts can be put together from escaped parts; the JSON verdict has the exact names.
"""

from __future__ import annotations

import re
from itertools import groupby
from operator import itemgetter
from typing import Final

from agentowners.text.unseen import shows

_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(char: str) -> str:
    code = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if code < 0x80:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


class _Table(dict[int, str]):
    """A translation table that fills itself: escapes for what does not print and for ``also``."""

    def __init__(self, also: str = "") -> None:
        super().__init__()
        self.also = also

    def __missing__(self, code: int) -> str:
        char = chr(code)
        text = char if shows(char) and char not in self.also else _escape(char)
        if len(self) < 4096:
            self[code] = text
        return text


_PRINTABLE: Final = _Table()
_QUOTABLE: Final = _Table("`")
_CELL: Final = _Table("`|")


def printable(text: str) -> str:
    """One line in which everything can be seen, and a job's log finds no workflow command of the older form, ``##[name]``."""
    return _no_command(visible(text))


def visible(text: str) -> str:
    """One line in which everything can be seen: control, format, bidirectional and zero-width characters, blanks other than
    the space, private-use and unassigned characters and bytes that are not UTF-8 become escapes."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_PRINTABLE)


def _no_command(text: str) -> str:
    """The text without what the runner takes for the beginning of a command anywhere in a line."""
    return text.replace("##[", "#\\x23[")


def quoted(text: str) -> str:
    """User text inside a message of ours: printable, between backticks, without a backtick of its own."""
    return f"`{_no_command(text.translate(_QUOTABLE))}`"


def for_terminal(text: str) -> str:
    """One line for a terminal or a job's log, in which the runner finds no workflow command.

    It takes ``::name`` for one at the start of a line, blanks aside, and the older ``##[name]`` anywhere in it.
    """
    line = printable(text)
    blanks = len(line) - len(line.lstrip(" "))
    return f"{line[:blanks]}\\x3a{line[blanks + 1 :]}" if line.startswith("::", blanks) else line


def for_markdown(text: str) -> str:
    """A value as a code span, harmless anywhere in a line of GitHub's Markdown, table cells included.

    Inside a code span GitHub makes no link, mention, reference, emoji, formula or HTML. Backticks and pipes, which alone could
    leave it or the cell, are shown as escapes.
    """
    content = _no_command(text.translate(_CELL))
    if not content:
        return "(empty)"
    if content[0] == content[-1] == " " and content.strip(" "):
        content = f" {content} "
    return f"`{content}`"


_WORD: Final = (
    r"""[("']*[^\W\d_]+(?:['’-][^\W\d_]+)*[)"',.;:!?…]*"""  # words, with the punctuation around them
    r"|[(]*[0-9]{1,6}(?:,[0-9]{3})?[),;:.]*"
    r"""|[)"',.;:!?…]+|[("']+"""
)
_LOOKS_LIKE_A_COMMIT: Final = re.compile(r"[0-9a-f]{7,}", re.IGNORECASE)
_LIST_ITEM: Final = re.compile(r"[0-9]+[.)]")


def for_markdown_prose(text: str) -> str:
    """A message as Markdown: plain words stay words, what is in backticks or is anything but a plain word becomes a code span.

    Nothing depends on the backticks being ours: text that smuggles in its own only changes which harmless form it gets.
    """
    segments = printable(text).split("`")
    last = len(segments) - 1
    pieces: list[tuple[str, str]] = []
    for number, segment in enumerate(segments):
        if number % 2 and (number < last or last % 2 == 0):
            pieces.append(("code", segment))
        else:
            pieces += [("blank" if part.isspace() else "word", part) for part in re.split("( +)", segment)]
    judged = [judgement for piece in _joined(pieces) for judgement in _judged(*piece)]
    out = ""
    for kind, part in _joined(judged):
        as_code = kind == "code" or (not out.strip() and _LIST_ITEM.match(part))
        out += for_markdown(part) if as_code else part
    return out.strip(" ")


def _judged(kind: str, part: str) -> list[tuple[str, str]]:
    """A piece, or what there is of code in a word and the punctuation around it."""
    if kind != "word" or (re.fullmatch(_WORD, part) and not _LOOKS_LIKE_A_COMMIT.search(part)):
        return [(kind, part)]
    core = part.lstrip("(\"'").rstrip(")\"',.;:!?…")
    before, _, after = part.partition(core) if core else ("", "", "")
    return [("word", before), ("code", core or part), ("word", after)]


def _joined(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbours of one kind as one piece, so that no word is judged by its parts and no two code spans touch."""
    kinds = groupby((piece for piece in pieces if piece[1]), key=itemgetter(0))
    return [(kind, "".join(part for _, part in group)) for kind, group in kinds]


def for_html(text: str) -> str:
    """Text for the content of an HTML element, or for an attribute between double or single quotes."""
    import html

    return html.escape(printable(text), quote=True).replace("`", "&#96;")


_PLACEHOLDER: Final = re.compile(r"\{([0-9]+)\}")


def for_sarif(text: str) -> str:
    """Text inside a SARIF message: no embedded link, no placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    return _PLACEHOLDER.sub(r"{{\1}}", printable(text).replace("[", "\\[").replace("]", "\\]"))


def command_data(text: str) -> str:
    """Data of a workflow command; its lines stay lines, escaped as the runner expects."""
    lines = (printable(line) for line in text.split("\n"))
    return "%0A".join(line.replace("%", "%25") for line in lines)


def command_property(text: str) -> str:
    """Value of a workflow command's property."""
    return printable(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
