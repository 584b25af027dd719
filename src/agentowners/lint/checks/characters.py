"""Characters that cannot be seen, and letters that look like others: what they stand in can never match what it seems to name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain
from string import ascii_letters
from typing import Final

from agentowners.diagnostics import Span
from agentowners.lint.model import Fix, LintFinding, LintSubject, check
from agentowners.lint.walk import PathAt, RefAt, agents, approvers, by_key, patterns, refs
from agentowners.policy.line_tree import LineTree
from agentowners.policy.patterns import PathPattern
from agentowners.text.edits import TextEdit
from agentowners.text.source import PlacedText
from agentowners.text.unseen import unseen
from agentowners.text.wording import quote

_BLANKS: Final = re.compile(
    "(?<![^\\x00-\\x7f])[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]|[\u00a0\u2000-\u200a\u202f](?=[!-~])"
)
"""Characters beside ASCII that look like a blank and separate nothing; between ideographs it is how they are spaced."""
_CYRILLIC: Final = dict(zip("АВЕЅІЈКМНОРСТУХаеоіјѕрсухһԁԛԝ", "ABESIJKMHOPCTYXaeoijspcyxhdqw", strict=True))
_GREEK: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυ", "ABEZHIKMNOPTYXaikvopu", strict=True))
_LOOKS_LIKE: Final = {**_CYRILLIC, **_GREEK}
_WORD: Final = re.compile(r"[^\W\d_]+")
_ASCII_LETTERS: Final = frozenset(ascii_letters)


@check("bidirectional-character", "a character cannot be seen, or looks like a blank and is none")
def bidirectional_character(subject: LintSubject) -> Iterator[LintFinding]:
    """Each line with such characters, comments included; where a comment or a reason holds them they can be removed."""
    for layer in subject.layers:
        if layer.source is not None and layer.tree is not None and not layer.source.data.isascii():
            yield from _unseen(layer.tree)


def _unseen(text: PlacedText) -> Iterator[LintFinding]:
    for number, line in enumerate(text.lines, start=1):
        if line.isascii():
            continue
        comment = _start_of_comment(text, number)
        starts = [start for start, _ in unseen(line, 0, comment)]
        places = sorted([*starts, *(match.start() for match in _BLANKS.finditer(line, 0, comment))])
        if places:
            is_blank = "looks like a blank, and separates nothing"
            what = "cannot be seen, and is part of what is written" if places[0] in starts else is_blank
            yield _at_first(places, what, text, number, "take it out, or write it again by hand")
        runs = list(unseen(line, comment))
        if runs:
            edits = tuple(TextEdit(text.span(number, start + 1, number, end + 1), "") for start, end in runs)
            fix = Fix("take out what cannot be seen of the comment", edits)
            places = [at for run in runs for at in range(*run)]
            yield _at_first(places, "in a comment cannot be seen", text, number, "take it out", fix)


def _start_of_comment(text: PlacedText, number: int) -> int:
    """Start of the line's comment, its end where it has none; in YAML only whole lines are certainly comments."""
    line = text.line(number)
    if isinstance(text, LineTree):
        comment = text.cut(number).comment
        return len(line) if comment is None else comment.at
    return 0 if line.lstrip(" \t").startswith("#") else len(line)


def _at_first(places: list[int], what: str, text: PlacedText, number: int, help: str, fix: Fix | None = None) -> LintFinding:
    """A finding at the first of several places in a line."""
    at = places[0]
    more = f", and {len(places) - 1:,} more like it on this line" if len(places) > 1 else ""
    message = f"{_described(text.line(number)[at])} {what}{more}"
    return bidirectional_character.finding(message, text.span(number, at + 1, number, at + 2), help, fix=fix)


@check("confusable-character", "a letter looks like one of another script, and matches nothing")
def confusable_character(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern, ref, branch or identity with letters of several scripts in one word that look alike, each pattern that looks
    like a name in the repository, and each login that is not ASCII."""
    # what stands in YAML as an escape can be seen for what it is
    if all(layer.source is None or layer.source.data.isascii() for layer in subject.layers):
        return
    places: Iterable[PathAt | RefAt] = chain(patterns(subject), refs(subject))
    for at in places:
        text = at.part.text
        if (char := _confusable(text)) is not None:
            yield _mixed(str(at.part), char, at.span(subject))
        elif isinstance(at.part, PathPattern) and (there := _double(subject, text)) is not None:
            message = f"{quote(str(at.part))} looks like `{there}`, which is there, and is another name"
            yield confusable_character.finding(message, at.span(subject), "write it again by hand, if that is meant")
    for key, named in by_key(subject).items():
        if not key.isascii() and not subject.names.is_defined(key):
            for principal in named:
                yield _no_login(str(principal.part), principal.span(subject))
    for approver in approvers(subject):
        if not approver.part.text.isascii():
            yield _no_login(str(approver.part), approver.span(subject))
    for agent in agents(subject):
        for text in (agent.entry.name, *agent.entry.branches):
            if (char := _confusable(text)) is not None:
                yield _mixed(text, char, agent.span(subject))
        for login in agent.entry.logins:
            if not login.isascii():
                yield _no_login(login, subject.places(agent.layer).of(agent.entry).whole)


def _mixed(text: str, char: str, span: Span) -> LintFinding:
    message = f"{_described(char)} in {quote(text)} stands among letters of another script"
    like = "" if char.isascii() else f"it looks like `{_looks_like(char)}`, and is none: "
    return confusable_character.finding(message, span, f"{like}write the whole word in one script")


def _no_login(text: str, span: Span) -> LintFinding:
    char = next(char for char in text if not char.isascii())
    message = f"{_described(char)} in {quote(text)}: a login is ASCII, so that nobody has this one"
    help = f"did you mean {quote(''.join(map(_looks_like, text)))}?" if _looks_like(char).isascii() else None
    return confusable_character.finding(message, span, help)


def _described(char: str) -> str:
    """A character by its number and its name: ``U+0435 CYRILLIC SMALL LETTER IE``."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def _double(subject: LintSubject, text: str) -> str | None:
    """The name in the repository that a pattern wholly of another script, or of wide characters, looks like; None where it has
    files of its own."""
    if text.isascii() or subject.files is None:
        return None
    like = "".join(map(_looks_like, text))
    if not like.isascii():
        return None
    names = subject.files.by_name
    if any(part.lower() in names for part in text.split("/") if not part.isascii()):
        return None
    return next((part for part in like.split("/") if part not in text.split("/") and part.lower() in names), None)


def _looks_like(char: str) -> str:
    """The ASCII letter that a character looks like; itself where there is none."""
    return _LOOKS_LIKE.get(char) or unicodedata.normalize("NFKC", char)


def _confusable(text: str) -> str | None:
    """The first letter that stands among others of another script and looks like one of them. None for words wholly of one
    script, and for mixtures that can be seen."""
    words = (word[0] for word in _WORD.finditer(text) if not word[0].isascii())
    return next((char for char in map(_intruder, words) if char is not None), None)


def _intruder(word: str) -> str | None:
    latin = [char for char in word if char.isascii()]
    if not latin:
        return None
    for script, look_alikes in (("CYRILLIC", _CYRILLIC), ("GREEK", _GREEK)):
        others = [char for char in word if unicodedata.name(char, "").startswith(script)]
        if others and all(char in _LOOKS_LIKE for char in others):
            return others[0]
        if others and all(char in look_alikes.values() for char in latin):
            return latin[0]
    wide = (char for char in word if not char.isascii() and unicodedata.normalize("NFKC", char) in _ASCII_LETTERS)
    return next(wide, None)
