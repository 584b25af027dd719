"""CODEOWNERS as a policy: the last line that matches a path says who has to approve, whoever changes it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.convert.codeowners import (
    AGENT_NAMES,
    OwnersLine,
    OwnersNote,
    is_everything,
    literal_segments,
    may_share,
    parse,
    same_owners,
)
from agentowners.convert.model import LEFT_OUT, LOOSER, STRICTER, Conversion, Origin, Piece, remark, title
from agentowners.diagnostics import AgentownersError, Diagnostic, Source, Span
from agentowners.policy.model import Decision, Outcome, Rule
from agentowners.policy.patterns import PathPattern, PrincipalPattern

MAX_LINES: Final = 20_000
_PAIRS: Final = 2_000_000
"""Pairs of lines that are compared, so that time grows with the file's size and not with its square."""
_EXCEPTIONS: Final = 20_000
"""Exceptions in the whole policy."""

_SAID: Final = {
    OwnersNote.UNREADABLE: (LEFT_OUT, "GitHub takes no such pattern, so the line asks nobody there either"),
    OwnersNote.PATTERN: (LOOSER, "a policy cannot hold this pattern, so nobody is asked for its paths by it"),
    OwnersNote.ODD: (LEFT_OUT, "the pattern looks like a slip, and is taken as GitHub takes it"),
    OwnersNote.OWNER: (LEFT_OUT, "names an owner that GitHub does not read, so the line asks nobody there either"),
    OwnersNote.EMAIL: (
        STRICTER,
        "an owner is an e-mail address, which a policy cannot name: that person's approval does not count",
    ),
    OwnersNote.AGENT: (STRICTER, "an owner is an agent, whose approval does not count"),
}
_ANYONE: Final = "none of its owners can be named in a policy, so anyone who may write can approve"


class _Run(Struct, frozen=True):
    """Lines that follow each other and ask the same people."""

    lines: tuple[OwnersLine, ...]
    exceptions: tuple[PathPattern, ...] | None = ()
    """Later lines' patterns that give some of its paths to others; None where there are too many."""

    @property
    def patterns(self) -> tuple[PathPattern, ...]:
        return tuple(dict.fromkeys(line.pattern for line in self.lines))


def from_codeowners(source: Source, audience: tuple[PrincipalPattern, ...]) -> Conversion:
    """Convert a CODEOWNERS file.

    Raises:
        AgentownersError: GitHub does not load such a file.
    """
    read = parse(source.data, AGENT_NAMES, MAX_LINES)
    if read.refused is not None:
        raise AgentownersError(f"`{source.path}` {read.refused}")
    texts = source.data.decode("utf-8", "surrogateescape").removeprefix("\ufeff").split("\n")
    remarks: dict[int, list[Diagnostic]] = {}
    named = {entry.line for entry in read.entries if entry.owners}
    for line, why in read.left_out:
        id, words = _SAID[why]
        if why in (OwnersNote.EMAIL, OwnersNote.AGENT) and line not in named:
            id, words = LOOSER, _ANYONE
        remarks.setdefault(line, []).append(remark(id, words, _span(source, texts, line)))
    pieces: dict[int, Piece] = {}
    for run in _runs(read.entries):
        span = _span(source, texts, run.lines[0].line)
        about = [each for line in run.lines for each in remarks.pop(line.line, [])]
        if not run.lines[0].is_owned:
            pieces[span.line] = Piece(_title(span, run, "nobody owns"), (), tuple(about))
            continue
        if run.exceptions is None:
            words = "more lines behind it than can be taken out, so it also asks where one of them names others"
            about.append(remark(STRICTER, words, span))
        exceptions = run.exceptions or ()
        exception_texts = {exception.text for exception in exceptions}
        if any(map(is_everything, exceptions)) or exception_texts.issuperset(pattern.text for pattern in run.patterns):
            pieces[span.line] = Piece(_title(span, run, "later lines decide about"), (), tuple(about))
            continue
        outcome = Outcome(Decision.REQUIRE_APPROVAL, 1, run.lines[0].owners)
        rule = Rule((*run.patterns, *exceptions), (), audience, outcome)
        pieces[span.line] = Piece(_title(span, run), (rule,), tuple(about))
    pieces |= {line: Piece(title(_span(source, texts, line)), (), tuple(notes)) for line, notes in remarks.items()}
    head = (
        f"Made of {source.path} by agentowners convert; each rule stands below the line that it came from.",
        f"CODEOWNERS asks the owners about everybody's changes; these rules are about {' '.join(map(str, audience))}.",
        "Each takes out what a later line gives to others, since there the last line counts, and here every rule does.",
        "An approval counts here only of the newest commit, and never its author's or a contributor's.",
    )
    return Conversion(Origin.CODEOWNERS, head, tuple(pieces[line] for line in sorted(pieces)))


def _title(span: Span, run: _Run, words: str = "") -> str:
    patterns = run.patterns
    more = f" and {len(patterns) - 1} more" if len(patterns) > 1 else ""
    place = span.path + f":{run.lines[0].line}" + (f"-{run.lines[-1].line}" if len(run.lines) > 1 else "")
    return f"{place} {words} `{patterns[0].text[:80]}`{more}".replace("  ", " ")


def _span(source: Source, texts: list[str], line: int) -> Span:
    text = texts[line - 1].removesuffix("\r")
    return Span(source.path, line, 1, line, len(text) + 1, text)


def _runs(entries: tuple[OwnersLine, ...]) -> Iterator[_Run]:
    segments = [literal_segments(entry.pattern) for entry in entries]
    pairs, room = _PAIRS, _EXCEPTIONS
    first = 0
    for end in range(1, len(entries) + 1):
        if end < len(entries) and same_owners(entries[first], entries[end]):
            continue
        lines, mine = entries[first:end], segments[first:end]
        first = end
        if not lines[0].is_owned:
            yield _Run(lines)
            continue
        pairs -= (len(entries) - end) * len(lines)
        patterns: dict[PathPattern, None] = {}
        for index in range(end, len(entries)) if pairs >= 0 else ():
            entry = entries[index]
            exception = replace(entry.pattern, negative=True)
            if same_owners(entry, lines[0]):
                # it decides about what an equal line before it took out
                if is_everything(entry.pattern):
                    patterns.clear()
                patterns.pop(exception, None)
            elif any(map(may_share, mine, repeat(segments[index]))):
                patterns[exception] = None
        fits = pairs >= 0 and len(patterns) <= room
        room -= len(patterns) if fits else 0
        yield _Run(lines, tuple(patterns) if fits else None)
