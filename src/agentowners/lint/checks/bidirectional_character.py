"""Characters that cannot be seen, where they are no error: in comments and reasons, and blanks that separate nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agentowners.lint.model import Fix, LintFinding, LintSubject, check
from agentowners.lint.wording import described
from agentowners.policy.line_tree import LineTree
from agentowners.text.edits import TextEdit
from agentowners.text.source import PlacedText
from agentowners.text.unseen import unseen

_BLANKS: Final = re.compile(
    "(?<![^\\x00-\\x7f])[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u00a0\u2000-\u200a\u202f](?=[!-~])"
)
"""Characters beside ASCII that look like a blank and separate nothing; between ideographs it is how they are spaced."""


@check("bidirectional-character", "a character cannot be seen, or looks like a blank and is none")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each line with such characters, comments included; where a comment or a reason holds them they can be removed."""
    for layer in subject.layers:
        if layer.source is not None and layer.tree is not None and not layer.source.data.isascii():
            yield from _lines(layer.tree)


def _lines(text: PlacedText) -> Iterator[LintFinding]:
    for number, line in enumerate(text.lines, start=1):
        if line.isascii():
            continue
        comment = _comment(text, number)
        said = [start for start, _ in unseen(line, 0, comment)]
        blanks = [match.start() for match in _BLANKS.finditer(line, 0, comment)]
        if said or blanks:
            first = min([*said, *blanks])
            what = (
                "cannot be seen, and is part of what is written" if first in said else "looks like a blank, and separates nothing"
            )
            message = f"{described(line[first])} {what}{_more(said + blanks)}"
            yield mistake.finding(
                message, text.span(number, first + 1, number, first + 2), "take it out, or write it again by hand"
            )
        runs = list(unseen(line, comment))
        if runs:
            hidden = [at for run in runs for at in range(*run)]
            edits = tuple(TextEdit(text.span(number, start + 1, number, end + 1), "") for start, end in runs)
            fix = Fix("take out what cannot be seen of the comment", edits)
            message = f"{described(line[hidden[0]])} in a comment cannot be seen{_more(hidden)}"
            yield mistake.finding(message, text.span(number, hidden[0] + 1, number, hidden[0] + 2), "take it out", fix=fix)


def _comment(text: PlacedText, number: int) -> int:
    """Start of the line's comment, its end where it has none; in YAML only whole lines are certainly comments."""
    line = text.line(number)
    if isinstance(text, LineTree):
        comment = text.cut(number).comment
        return len(line) if comment is None else comment.at
    return 0 if line.lstrip(" \t").startswith("#") else len(line)


def _more(found: list[int]) -> str:
    return f", and {len(found) - 1:,} more like it on this line" if len(found) > 1 else ""
