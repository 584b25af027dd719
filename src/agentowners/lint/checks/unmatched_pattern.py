"""A pattern that matches no file, where the caller asked for those."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from agentowners.diagnostics import Severity
from agentowners.engine.matcher import Matcher
from agentowners.lint.model import Check, LintFinding, LintSubject
from agentowners.lint.tree import FileTree
from agentowners.lint.walk import patterns
from agentowners.policy.patterns import PathPattern
from agentowners.policy.words import quote

_LITERAL: Final = re.compile(r"(?:[^*?\[\\/]+/)*[^*?\[\\/]+(?=/|\Z)")
_GUESSES: Final = 20
"""Number of patterns that are held against every name there is, to find one that is nearly the same."""
_HELD_AGAINST: Final = 2000
"""Largest number of such names."""


def run(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern of a rule, a mode or an ``unprotect`` line, negative ones too, for which there is no file."""
    tree = subject.files if subject.facts.against else None
    if tree is None:
        return
    unmatched = _unmatched({at.pattern.text: at.pattern for at in patterns(subject)}, tree)
    help: dict[str, str | None] = {}
    for at in patterns(subject):
        text = at.pattern.text
        if text not in unmatched:
            continue
        if text not in help:
            near = _near(text, tree, guess=len(help) < _GUESSES)
            help[text] = None if near is None else f"did you mean {quote(('!' if at.pattern.negative else '') + near)}?"
        yield CHECK.finding(f"{quote(str(at.pattern))} matches no file", at.span(subject), help[text])


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


def _near(text: str, tree: FileTree, *, guess: bool) -> str | None:
    """A pattern like this one, of something that is there."""
    rooted = text.startswith("/")
    found = _LITERAL.match(text, rooted)
    if found is None:
        return None
    literal, rest = found[0], text[found.end() :]
    name = literal.rpartition("/")[2]
    for path in tree.by_name.get(name.lower(), ()):
        # the same in another case, or deeper
        if f"/{path.lower()}".endswith(f"/{literal.lower()}") and path != literal:
            return _written(path, rest, text)
    slip = _slip(literal, tree, rooted="/" in text) if guess else None
    return None if slip is None else _written(slip, rest, text)


def _slip(literal: str, tree: FileTree, *, rooted: bool) -> str | None:
    """The path with the first name that is not there written like one that is."""
    segments = literal.split("/")
    known = 0
    while known < len(segments) - 1 and "/".join(segments[: known + 1]) in tree.directories:
        known += 1
    name = segments[known]
    names = tree.children.get("/".join(segments[:known]), ()) if rooted else tree.by_name
    near = [one for one in names if abs(len(one) - len(name)) <= 2][:_HELD_AGAINST]
    for close in get_close_matches(name, near, n=3, cutoff=0.75):
        path = "/".join((*segments[:known], close, *segments[known + 1 :]))
        if tree.has(path) or not rooted:
            return path
    return None


def _written(path: str, rest: str, text: str) -> str:
    path = re.sub(r"([*?\[\\ #])", r"\\\1", path)
    return f"/{path}{rest}" if text.startswith("/") or (rest == "" and "/" in text and "/" not in path) else path + rest


CHECK = Check("unmatched-pattern", Severity.WARNING, "a pattern matches no file (with --against)", run)
