"""Letters that look like others: a pattern or a name that can never match what it seems to name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from agentowners.diagnostics import Span
from agentowners.lint.model import LintFinding, LintSubject, check
from agentowners.lint.walk import approvers, by_key, patterns
from agentowners.lint.wording import described
from agentowners.text.wording import quote

_CYRILLIC: Final = dict(zip("АВЕЅІЈКМНОРСТУХаеоіјѕрсухһԁԛԝ", "ABESIJKMHOPCTYXaeoijspcyxhdqw", strict=True))
_GREEK: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυ", "ABEZHIKMNOPTYXaikvopu", strict=True))
_LOOKS_LIKE: Final = {**_CYRILLIC, **_GREEK}
_LIKE_CYRILLIC: Final = frozenset(_CYRILLIC.values())
_LIKE_GREEK: Final = frozenset(_GREEK.values())
_WORD: Final = re.compile(r"[^\W\d_]+")
_ASCII_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


@check("confusable-character", "a letter looks like one of another script, and matches nothing")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern, ref, branch or identity with letters of several scripts in one word that look alike, each pattern that looks
    like a name in the repository, and each login that is not ASCII."""
    # what stands in YAML as an escape can be seen for what it is
    if all(layer.source is None or layer.source.data.isascii() for layer in subject.layers):
        return
    yield from _patterns(subject)
    yield from _names(subject)
    yield from _agents(subject)


def _patterns(subject: LintSubject) -> Iterator[LintFinding]:
    for at in patterns(subject):
        if (found := _confusable(at.pattern.text)) is not None:
            yield _mixed(str(at.pattern), at.pattern.text[found[0]], found[1], at.span(subject))
        elif (there := _double(subject, at.pattern.text)) is not None:
            message = f"{quote(str(at.pattern))} looks like `{there}`, which is there, and is another name"
            yield mistake.finding(message, at.span(subject), "write it again by hand, if that is meant")
    for layer in subject.layers:
        for rule in layer.rules:
            for index, ref in enumerate(rule.refs):
                if (found := _confusable(ref.text)) is not None:
                    yield _mixed(str(ref), ref.text[found[0]], found[1], subject.places(layer).of(rule).refs[index])


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


def _names(subject: LintSubject) -> Iterator[LintFinding]:
    for key, places in by_key(subject).items():
        if key.isascii() or subject.names.is_defined(key):
            continue
        for at in places:
            yield _no_login(str(at.pattern), at.span(subject))
    for one in approvers(subject):
        if not one.approver.text.isascii():
            yield _no_login(str(one.approver), one.span(subject))


def _agents(subject: LintSubject) -> Iterator[LintFinding]:
    for layer in subject.layers:
        for agent in layer.agents:
            for text in (agent.name, *agent.branches):
                if (found := _confusable(text)) is not None:
                    yield _mixed(text, text[found[0]], found[1], subject.places(layer).of(agent).name or _whole(agent.span))
            for login in agent.logins:
                if not login.isascii():
                    yield _no_login(login, _whole(agent.span))


def _whole(span: Span | None) -> Span:
    if span is None:
        raise ValueError("not read from a source")
    return span


def _mixed(text: str, char: str, like: str, span: Span) -> LintFinding:
    message = f"{described(char)} in {quote(text)} stands among letters of another script"
    if char.isascii():
        return mistake.finding(message, span, "write the whole word in one script")
    return mistake.finding(message, span, f"it looks like `{like}`, and is none: write the whole word in one script")


def _no_login(text: str, span: Span) -> LintFinding:
    char = next(char for char in text if not char.isascii())
    like = _looks_like(char)
    help = f"did you mean {quote(''.join(c if c.isascii() else _looks_like(c) for c in text))}?" if like.isascii() else None
    return mistake.finding(f"{described(char)} in {quote(text)}: a login is ASCII, so that nobody has this one", span, help)


def _confusable(text: str) -> tuple[int, str] | None:
    """The first letter that stands among others of another script and looks like one of them: its offset, and the ASCII letter
    that it looks like. None for words wholly of one script, and for mixtures that can be seen."""
    if text.isascii():
        return None
    for word in _WORD.finditer(text):
        found = None if word[0].isascii() else _intruder(word[0])
        if found is not None:
            return word.start() + found, _looks_like(word[0][found])
    return None


def _looks_like(char: str) -> str:
    """The ASCII letter that a character looks like; itself where there is none."""
    return _LOOKS_LIKE.get(char) or unicodedata.normalize("NFKC", char)


def _intruder(word: str) -> int | None:
    latin = [char for char in word if char.isascii()]
    for script, like in (("CYRILLIC", _LIKE_CYRILLIC), ("GREEK", _LIKE_GREEK)):
        others = [at for at, char in enumerate(word) if unicodedata.name(char, "").startswith(script)]
        if not latin or not others:
            continue
        if all(word[at] in _LOOKS_LIKE for at in others):
            return others[0]
        if all(char in like for char in latin):
            return next(at for at, char in enumerate(word) if char.isascii())
    wide = [at for at, char in enumerate(word) if not char.isascii() and unicodedata.normalize("NFKC", char) in _ASCII_LETTERS]
    return wide[0] if wide and latin else None
