"""Characters that cannot be seen, where they are no error: in comments and reasons, and blanks that separate nothing."""

from __future__ import annotations

from collections.abc import Iterator

from agentowners.diagnostics import Source, Span
from agentowners.lint.characters import BLANKS, described
from agentowners.lint.model import Fix, LintFinding, LintSubject, check
from agentowners.policy.line_tokens import comment_at
from agentowners.policy.load import is_yaml
from agentowners.text.edits import TextEdit
from agentowners.text.source import LINE_REFUSES, read_source
from agentowners.text.unseen import unseen


@check("bidirectional-character", "a character cannot be seen, or looks like a blank and is none")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each line with such characters, comments included; where a comment or a reason holds them they can be removed."""
    for layer in subject.layers:
        source = layer.source
        if source is not None and not source.data.isascii():
            yield from _lines(source)


def _lines(source: Source) -> Iterator[LintFinding]:
    for number, line in enumerate(read_source(source, LINE_REFUSES).lines, start=1):
        if line.isascii():
            continue
        comment = _comment(line, yaml=is_yaml(source))
        said = [start for start, _ in unseen(line, 0, comment)]
        blanks = [match.start() for match in BLANKS.finditer(line, 0, comment)]
        if said or blanks:
            first = min([*said, *blanks])
            what = (
                "cannot be seen, and is part of what is written" if first in said else "looks like a blank, and separates nothing"
            )
            help = "take it out, or write it again by hand"
            yield mistake.finding(
                f"{described(line[first])} {what}{_more(said + blanks)}", _span(source, number, first, line), help
            )
        if hidden := [at for run in unseen(line, comment) for at in range(*run)]:
            edits = tuple(TextEdit(_span(source, number, start, line, end), "") for start, end in unseen(line, comment))
            fix = Fix("take out what cannot be seen of the comment", edits)
            message = f"{described(line[hidden[0]])} in a comment cannot be seen{_more(hidden)}"
            yield mistake.finding(message, _span(source, number, hidden[0], line), "take it out", fix=fix)


def _comment(line: str, *, yaml: bool) -> int:
    """Start of the line's comment; in YAML only whole lines are certainly comments."""
    if not yaml:
        return comment_at(line)
    return 0 if line.lstrip(" \t").startswith("#") else len(line)


def _more(found: list[int]) -> str:
    return f", and {len(found) - 1:,} more like it on this line" if len(found) > 1 else ""


def _span(source: Source, number: int, at: int, line: str, end: int | None = None) -> Span:
    return Span(source.path, number, at + 1, number, (end or at + 1) + 1, line)
