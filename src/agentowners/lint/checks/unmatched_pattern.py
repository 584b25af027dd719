"""A pattern that misses what it spells: a file of its very letters, or one nearly of that name; any, where the caller asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from agentowners.diagnostics import Span
from agentowners.engine.matcher import Matcher
from agentowners.engine.warnings import is_slip
from agentowners.lint.model import FileTree, LintFinding, LintNeed, LintSubject, check
from agentowners.lint.walk import PatternAt, patterns
from agentowners.policy.model import ModeLine, Rule, Unprotect
from agentowners.policy.patterns import PathPattern
from agentowners.text.wording import quote

_LITERAL: Final = re.compile(r"(?:[^*?\[\\/]+/)*[^*?\[\\/]+(?=/|\Z)")
_SET: Final = re.compile(r"(?<!\\)\[")
_GUESSES: Final = 20
"""Number of patterns that are held against every name there is, to find one that is nearly the same."""
_SHORTEST: Final = 3
_SHORT: Final = 6
_HELD_AGAINST: Final = 2000
"""Largest number of such names."""


@check("unmatched-pattern", "a pattern misses the file it spells, or one nearly of that name", needs=LintNeed.FILES)
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern of a rule, a mode or an ``unprotect`` line, negative ones too, that misses the files it spells."""
    every = list(patterns(subject))
    tree = subject.files if every else None
    if tree is None:
        return
    given = {at.pattern.text: at.pattern for at in every}
    bracketed = _bracketed(given, tree)
    unmatched = _unmatched(given, tree)
    help: dict[str, str | None] = {}
    for at in every:
        text = at.pattern.text
        if text in bracketed:
            yield mistake.finding(*_set_of_characters(at, subject, bracketed[text]))
        elif text in unmatched:
            if text not in help:
                near = _near(text, tree, guess=len(help) < _GUESSES, surely=not subject.facts.against)
                help[text] = None if near is None else f"did you mean {quote(_sign(at) + near)}?"
            if subject.facts.against or help[text] is not None:
                yield mistake.finding(f"{quote(str(at.pattern))} matches no file", at.span(subject), help[text])


def _set_of_characters(at: PatternAt[Rule | ModeLine | Unprotect], subject: LintSubject, path: str) -> tuple[str, Span, str]:
    message = f"{quote(str(at.pattern))} does not match {quote(path)}: brackets are a set of characters"
    return message, at.span(subject), f"did you mean {quote(_sign(at) + _without_sets(at.pattern.text))}?"


def _sign(at: PatternAt[Rule | ModeLine | Unprotect]) -> str:
    return "!" if at.pattern.negative else ""


def _bracketed(given: dict[str, PathPattern], tree: FileTree) -> dict[str, str]:
    """The patterns with brackets that match nothing which has these brackets in its name, though there is such a file: which."""
    plain = {text: PathPattern(_without_sets(text)) for text in given if _SET.search(text)}
    if not plain:
        return {}
    matcher = Matcher.of([*plain.values(), *(given[text] for text in plain)])
    texts = {matcher.number(pattern): text for text, pattern in plain.items()}
    found: dict[str, str] = {}
    for path in tree.paths:
        numbers = frozenset(matcher.match(path))
        for text in (texts[number] for number in numbers if number in texts):
            if matcher.number(given[text]) not in numbers:
                found.setdefault(text, path)
    return found


def _without_sets(text: str) -> str:
    return _SET.sub(r"\\[", text)


def _unmatched(given: dict[str, PathPattern], tree: FileTree) -> dict[str, PathPattern]:
    left = _not_seen(given, tree.paths)
    # what a pattern with a slash at its end may be about too: a submodule or a link
    return _not_seen(left, (f"{path}/" for path in tree.paths)) if left else left


def _not_seen(given: dict[str, PathPattern], paths: Iterable[str]) -> dict[str, PathPattern]:
    matcher = Matcher.of(given.values())
    seen: set[int] = set()
    for path in paths:
        seen.update(matcher.match(path))
    return {text: pattern for text, pattern in given.items() if matcher.number(pattern) not in seen}


def _near(text: str, tree: FileTree, *, guess: bool, surely: bool) -> str | None:
    """A pattern like this one, of something that is there; ``surely``: no further off than one slip of the finger."""
    rooted = text.startswith("/")
    found = _LITERAL.match(text, rooted)
    if found is None:
        return None
    literal, rest = found[0], text[found.end() :]
    name = literal.rpartition("/")[2]
    for path in tree.by_name.get(name.lower(), ()):
        # the same in another case, or deeper
        if f"/{path.lower()}".endswith(f"/{literal.lower()}") and path != literal:
            return _written(path, _spelled(path, rest, tree), text)
    slip = _slip(literal, tree, rooted="/" in text, surely=surely) if guess else None
    return None if slip is None else _written(slip, _spelled(slip, rest, tree), text)


def _spelled(path: str, rest: str, tree: FileTree) -> str:
    """The rest of the pattern in the pattern, with brackets escaped that are part of a name there."""
    return _without_sets(rest) if tree.has((path + rest).rstrip("/")) else rest


def _slip(literal: str, tree: FileTree, *, rooted: bool, surely: bool) -> str | None:
    """The path with the first name that is not there written like one that is."""
    segments = literal.split("/")
    known = 0
    while known < len(segments) - 1 and "/".join(segments[: known + 1]) in tree.directories:
        known += 1
    name = segments[known]
    names = tree.children.get("/".join(segments[:known]), ()) if rooted else tree.by_name
    near = [one for one in names if abs(len(one) - len(name)) <= 2 and one != name][:_HELD_AGAINST]
    if surely:
        near = [one for one in near if _is_sure(name, one)]
    for close in get_close_matches(name, near, n=3, cutoff=0.75):
        path = "/".join((*segments[:known], close, *segments[known + 1 :]))
        if tree.has(path) or not rooted:
            return path
    return None


def _is_sure(name: str, other: str) -> bool:
    """True if one was surely meant for the other: short names that differ in a letter are often both names."""
    if len(name) == len(other) < _SHORT and sorted(name) != sorted(other):
        return False
    if not all(char.isascii() and (char.isalnum() or char in "._-") for char in {*name} ^ {*other}):
        return False  # a quote, or a letter of another script: other checks tell of it
    return min(len(name), len(other)) >= _SHORTEST and is_slip(name, other)


def _written(path: str, rest: str, text: str) -> str:
    """A pattern for a path that is there, in place of one that begins with what was nearly it."""
    shown = "".join(char if char.isprintable() else "?" for char in path)
    spelled = re.sub(r"([*\[\\ #]|^[!@])", r"\\\1", shown)
    return f"/{spelled}{rest}" if text.startswith("/") or (rest == "" and "/" in text and "/" not in path) else spelled + rest
