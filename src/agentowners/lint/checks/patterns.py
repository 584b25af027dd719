"""Patterns that cover less, or something else, than what they seem to say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Final

from agentowners.engine.matcher import Matcher
from agentowners.engine.warnings import is_slip
from agentowners.lint.coverage import RuleCoverage
from agentowners.lint.model import FileTree, LintFinding, LintNeed, LintSubject, check
from agentowners.lint.walk import RulePathAt, patterns, refs, rule_patterns
from agentowners.policy.line_tree import LineTree
from agentowners.policy.patterns import PathPattern
from agentowners.policy.warnings import is_needless, is_nowhere, literal_fault
from agentowners.text.wording import quote
from agentowners.values import gathered

_DEEPER: Final = 200
"""Deeper files that are held against the other rules: if those are covered, so, most likely, are the rest."""
_BRANCHES: Final = frozenset({"main", "master", "develop", "trunk", "production", "staging", "release"})
_BRANCH_PREFIXES: Final = ("heads/", "origin/", "remotes/origin/")
"""Names of branches in other tools."""
_LITERAL: Final = re.compile(r"(?:[^*?\[\\/]+/)*[^*?\[\\/]+(?=/|\Z)")
_SET: Final = re.compile(r"(?<!\\)\[")
_GUESSES: Final = 20
"""Number of patterns that are held against every name there is, to find one that is nearly the same."""
_SHORTEST_NAME: Final = 3
_SHORT_NAME: Final = 6
_HELD_AGAINST: Final = 2000
"""Largest number of such names."""


@check("one-level-pattern", "`dir/*` restricts one level only, and files lie deeper")
def one_level_pattern(subject: LintSubject) -> Iterator[LintFinding]:
    """Each such pattern that lets a file escape; where no files are known there, each that no other pattern makes up for."""
    candidates = [at for at in rule_patterns(subject) if _is_one_level(at)]
    tree = subject.files if candidates else None
    escaped, empty = ([], candidates) if tree is None else _escaped(subject, tree, candidates)
    for at, path in (*escaped, *((at, None) for at in _not_made_up_for(subject, empty))):
        text = at.part.text
        what = "" if path is None else f": it lets {quote(path)} escape"
        hint = "if one level is meant, write `# lint: ignore=one-level-pattern` above the rule"
        help = f"write {quote(text + '*')} for everything below; {hint}"
        yield one_level_pattern.finding(f"{quote(text)} covers one level only{what}", at.span(subject), help)


def _is_one_level(at: RulePathAt) -> bool:
    text = at.part.text
    if at.part.negative or not text.endswith("/*"):
        return False
    return not text.endswith("\\/*") and text.strip("/*") != "" and at.statement.decision.restricts


def _escaped(
    subject: LintSubject, tree: FileTree, candidates: list[RulePathAt]
) -> tuple[list[tuple[RulePathAt, str]], list[RulePathAt]]:
    """Patterns with a file that lies deeper and that no rule as strict covers, each with the file; and those in whose directory
    there is no file, on their level or deeper."""
    below = {at.part.text: PathPattern(f"{at.part.text}*") for at in candidates}
    deeper = {at.part.text: PathPattern(f"{at.part.text}/**") for at in candidates}
    matcher = Matcher.of([*below.values(), *deeper.values()])
    waiting = gathered((matcher.number(deeper[at.part.text]), at) for at in candidates)
    seen: Counter[int] = Counter()
    coverage = RuleCoverage(subject)
    escapes: list[tuple[RulePathAt, str]] = []
    for path in tree.paths:
        for number in set(matcher.match(path)):
            seen[number] += 1
            if waiting.get(number) and seen[number] <= _DEEPER:
                escaping = [at for at in waiting[number] if coverage.escapes(at.statement, path)]
                escapes += [(at, path) for at in escaping]
                waiting[number] = [at for at in waiting[number] if at not in escaping] if escaping else waiting[number]
    return escapes, [at for at in candidates if matcher.number(below[at.part.text]) not in seen]


def _not_made_up_for(subject: LintSubject, candidates: list[RulePathAt]) -> Iterator[RulePathAt]:
    """Patterns where no other pattern covers, or lies in, what is deeper."""
    covered: set[str] = set()
    deeper: set[str] = set()
    for at in rule_patterns(subject):
        text = at.part.text.lstrip("/")
        base = text.rstrip("/").removesuffix("/**")
        if text.endswith("/*"):
            base = text.removesuffix("/*")
        else:
            covered.add(base)
        deeper.update(_above(base))
    for at in candidates:
        directory = at.part.text.lstrip("/").removesuffix("/*")
        if directory not in deeper and covered.isdisjoint(("*", "**", directory, *_above(directory))):
            yield at


def _above(directory: str) -> Iterator[str]:
    while "/" in directory:
        directory = directory.rpartition("/")[0]
        yield directory


@check("root-anchored-manifest", "`/package.json` leaves out the manifests below the root")
def root_anchored_manifest(subject: LintSubject) -> Iterator[LintFinding]:
    """Each such pattern that lets a file of the same name escape."""
    rooted = [at for at in rule_patterns(subject) if _is_rooted(at)]
    known = _manifests({at.part.text[1:] for at in rooted}) if rooted else frozenset()
    tree = subject.files if known else None
    if tree is None:
        return
    coverage = RuleCoverage(subject)
    for at in rooted:
        name = at.part.text[1:]
        same = tree.by_name.get(name.lower(), ()) if name in known else ()
        nested = (path for path in same if path.endswith(f"/{name}") and path in tree.files)
        path = next((path for path in nested if coverage.escapes(at.statement, path)), None)
        if path is not None:
            message = f"{quote(at.part.text)} is the one at the root only: it lets {quote(path)} escape"
            help = f"write {quote(name)} for the one in every directory"
            yield root_anchored_manifest.finding(message, at.span(subject), help)


def _is_rooted(at: RulePathAt) -> bool:
    text = at.part.text
    return (
        text.startswith("/")
        and "/" not in text[1:]
        and not at.part.negative
        and at.statement.decision.restricts
        and not any(char in text for char in "*?[\\")
    )


def _manifests(names: Iterable[str]) -> frozenset[str]:
    """Those names that a tool looks for in whatever directory it is run in."""
    from agentowners.policy.egress import EGRESS  # ninety patterns: imported where a policy may name one of them

    globs = [pattern.text for pattern in EGRESS if "/" not in pattern.text]
    return frozenset(name for name in names if any(fnmatchcase(name, glob) for glob in globs))


@check("branch-as-path", "the name of a branch is written as a path")
def branch_as_path(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern that is such a name, where there is no file or directory of that name."""
    candidates = [(at, branch) for at in rule_patterns(subject) if (branch := _branch(at.part.text)) is not None]
    tree = subject.files if candidates else None
    if tree is None:
        return
    for at, branch in candidates:
        name = at.part.text.partition("/")[0]
        if not any(path.rpartition("/")[2] == name for path in tree.by_name.get(name, ())):
            mark = "!" if at.part.negative else ""
            help = f"the branch is {quote(f'{mark}refs/heads/{branch}')} (in YAML under `branches`: {quote(mark + branch)})"
            message = f"{quote(str(at.part))} is a path, and there is none of that name"
            yield branch_as_path.finding(message, at.span(subject), help)


def _branch(text: str) -> str | None:
    """The branch that a pattern names, where it can hardly be meant as anything else."""
    prefix = next((prefix for prefix in _BRANCH_PREFIXES if text.startswith(prefix)), "")
    name = text[len(prefix) :]
    return name if name in _BRANCHES else None


@check("unmatched-pattern", "a pattern misses the file it spells, or one nearly of that name", needs=LintNeed.FILES)
def unmatched_pattern(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern of a rule, a mode or an ``unprotect`` line, negative ones too, that misses the files it spells."""
    every = list(patterns(subject))
    tree = subject.files if every else None
    if tree is None:
        return
    given = {at.part.text: at.part for at in every}
    bracketed = _bracketed(given, tree)
    # what a pattern with a slash at its end may be about too: a submodule or a link
    unmatched = _not_seen(_not_seen(given, tree.paths), (f"{path}/" for path in tree.paths))
    help: dict[str, str | None] = {}
    for at in every:
        text = at.part.text
        sign = "!" if at.part.negative else ""
        if text in bracketed:
            message = f"{quote(str(at.part))} does not match {quote(bracketed[text])}: brackets are a set of characters"
            hint = f"did you mean {quote(sign + _without_sets(text))}?"
            yield unmatched_pattern.finding(message, at.span(subject), hint)
        elif text in unmatched:
            if text not in help:
                near = _near(text, tree, guess=len(help) < _GUESSES, surely=not subject.facts.against)
                help[text] = None if near is None else f"did you mean {quote(sign + near)}?"
            if subject.facts.against or help[text] is not None:
                yield unmatched_pattern.finding(f"{quote(str(at.part))} matches no file", at.span(subject), help[text])


def _bracketed(given: dict[str, PathPattern], tree: FileTree) -> dict[str, str]:
    """The patterns with brackets that match nothing which has these brackets in its name, though there is such a file: which."""
    plain = {text: PathPattern(_without_sets(text)) for text in given if _SET.search(text)}
    if not plain:
        return {}
    matcher = Matcher.of([*plain.values(), *(given[text] for text in plain)])
    texts = {matcher.number(pattern): text for text, pattern in plain.items()}
    examples: dict[str, str] = {}
    for path in tree.paths:
        numbers = frozenset(matcher.match(path))
        for text in (texts[number] for number in numbers if number in texts):
            if matcher.number(given[text]) not in numbers:
                examples.setdefault(text, path)
    return examples


def _without_sets(text: str) -> str:
    return _SET.sub(r"\\[", text)


def _not_seen(given: dict[str, PathPattern], paths: Iterable[str]) -> dict[str, PathPattern]:
    matcher = Matcher.of(given.values())
    seen = {number for path in paths for number in matcher.match(path)} if given else set()
    return {text: pattern for text, pattern in given.items() if matcher.number(pattern) not in seen}


def _near(text: str, tree: FileTree, *, guess: bool, surely: bool) -> str | None:
    """A pattern like this one, of something that is there; ``surely``: no further off than one slip of the finger."""
    rooted = text.startswith("/")
    match = _LITERAL.match(text, rooted)
    if match is None:
        return None
    literal, rest = match[0], text[match.end() :]
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
    near = [candidate for candidate in names if abs(len(candidate) - len(name)) <= 2 and candidate != name][:_HELD_AGAINST]
    if surely:
        near = [candidate for candidate in near if _is_sure(name, candidate)]
    for close in get_close_matches(name, near, n=3, cutoff=0.75):
        path = "/".join((*segments[:known], close, *segments[known + 1 :]))
        if tree.has(path) or not rooted:
            return path
    return None


def _is_sure(name: str, other: str) -> bool:
    """True if one was surely meant for the other: short names that differ in a letter are often both names."""
    if len(name) == len(other) < _SHORT_NAME and sorted(name) != sorted(other):
        return False
    if not all(char.isascii() and (char.isalnum() or char in "._-") for char in {*name} ^ {*other}):
        return False  # a quote, or a letter of another script: other checks tell of it
    return min(len(name), len(other)) >= _SHORTEST_NAME and is_slip(name, other)


def _written(path: str, rest: str, text: str) -> str:
    """A pattern for a path that is there, in place of one that begins with what was nearly it."""
    plain_path = "".join(char if char.isprintable() else "?" for char in path)
    spelled = re.sub(r"([*\[\\ #]|^[!@])", r"\\\1", plain_path)
    return f"/{spelled}{rest}" if text.startswith("/") or (rest == "" and "/" in text and "/" not in path) else spelled + rest


@check("needless-escape", "a backslash escapes a letter, and separates no directories")
def needless_escape(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern of a line that escapes a letter or a digit, ``src\\main.py``: it is one name, without the backslash."""
    for at in rule_patterns(subject):
        line = at.statement.span
        # in YAML the line may hold escapes of YAML's own
        if line is None or "\\" not in line.text or not isinstance(at.layer.tree, LineTree):
            continue
        span = at.span(subject)
        written = span.text[span.column - 1 : span.end_column - 1]
        if is_needless(written):
            message = f"the backslash in {quote(written)} escapes the character after it and separates nothing"
            yield needless_escape.finding(message, span, "separate directories with `/`")


@check("literal-character", "a quote, a comma or braces are part of a path")
def literal_character(subject: LintSubject) -> Iterator[LintFinding]:
    """Each pattern with a character that is taken for itself, and is more often written for something else."""
    for at in patterns(subject):
        if (fault := literal_fault(at.part)) is not None:
            yield literal_character.finding(fault[0], at.span(subject), fault[1])


@check("ref-nowhere", "a ref that no branch and no tag is called")
def ref_nowhere(subject: LintSubject) -> Iterator[LintFinding]:
    """Each ref that is neither below ``refs/heads/`` nor below ``refs/tags/``."""
    for at in refs(subject):
        if is_nowhere(at.part.text):
            name = at.part.text.removeprefix("refs/")
            near = f"refs/heads/{name.removeprefix('remotes/').removeprefix('origin/')}"
            hint = "" if is_nowhere(near) else f": did you mean {quote(near)}?"
            message = f"no branch and no tag is called {quote(str(at.part))}"
            yield ref_nowhere.finding(message, at.span(subject), f"a branch is `refs/heads/<name>`{hint}")
