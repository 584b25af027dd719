"""``dir/*`` in a rule that restricts, where everything below was meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from agentowners.engine.matcher import Matcher
from agentowners.lint.coverage import RuleCoverage
from agentowners.lint.model import FileTree, LintFinding, LintSubject, check
from agentowners.lint.walk import RulePattern, rule_patterns
from agentowners.policy.patterns import PathPattern
from agentowners.text.wording import quote

_MEANT: Final = "if one level is meant, write `# lint: ignore=one-level-pattern` above the rule"
_TRIED: Final = 200
"""Deeper files that are held against the other rules: if those are covered, so, most likely, are the rest."""


@check("one-level-pattern", "`dir/*` restricts one level only, and files lie deeper")
def mistake(subject: LintSubject) -> Iterator[LintFinding]:
    """Each such pattern that lets a file escape; where no files are known there, each that no other pattern makes up for."""
    asked = [at for at in rule_patterns(subject) if _is_one_level(at)]
    if not asked:
        return
    tree = subject.files
    found: list[tuple[RulePattern, str]] = []
    if tree is not None:
        directories = _with_files(tree, asked)
        found += _escaped(subject, tree, [at for at in asked if at.pattern.text in directories])
        asked = [at for at in asked if at.pattern.text not in directories]
    for at, path in (*found, *_unspoken(subject, asked)):
        text = at.pattern.text
        what = f": it lets {quote(path)} escape" if path else ""
        help = f"write {quote(text + '*')} for everything below; {_MEANT}"
        yield mistake.finding(f"{quote(text)} covers one level only{what}", at.span(subject), help)


def _is_one_level(at: RulePattern) -> bool:
    text = at.pattern.text
    if at.pattern.negative or not text.endswith("/*"):
        return False
    return not text.endswith("\\/*") and text.strip("/*") != "" and at.statement.decision.restricts


def _with_files(tree: FileTree, asked: list[RulePattern]) -> frozenset[str]:
    """The patterns in whose directory there is a file, on their level or deeper."""
    below = {at.pattern.text: PathPattern(f"{at.pattern.text}*") for at in asked}
    matcher = Matcher.of(below.values())
    matched = {number for path in tree.paths for number in matcher.match(path)}
    return frozenset(text for text, pattern in below.items() if matcher.number(pattern) in matched)


def _escaped(subject: LintSubject, tree: FileTree, asked: list[RulePattern]) -> Iterator[tuple[RulePattern, str]]:
    """Patterns with a file that lies deeper and that no rule as strict covers."""
    deeper = {at.pattern.text: PathPattern(f"{at.pattern.text}/**") for at in asked}
    matcher = Matcher.of(deeper.values())
    waiting: dict[int, list[RulePattern]] = {}
    for at in asked:
        waiting.setdefault(matcher.number(deeper[at.pattern.text]), []).append(at)
    tried: Counter[int] = Counter()
    coverage = RuleCoverage(subject)
    for path in tree.paths:
        for number in set(matcher.match(path)):
            if not waiting[number] or tried[number] == _TRIED:
                continue
            tried[number] += 1
            escaping = [at for at in waiting[number] if coverage.escapes(at.statement, path)]
            yield from ((at, path) for at in escaping)
            waiting[number] = [at for at in waiting[number] if at not in escaping] if escaping else waiting[number]


def _unspoken(subject: LintSubject, asked: list[RulePattern]) -> Iterator[tuple[RulePattern, str]]:
    """Patterns where no other pattern covers, or lies in, what is deeper."""
    covered: set[str] = set()
    deeper: set[str] = set()
    for at in rule_patterns(subject):
        text = at.pattern.text.lstrip("/")
        base = text.rstrip("/").removesuffix("/**")
        if text.endswith("/*"):
            base = text.removesuffix("/*")
        else:
            covered.add(base)
        deeper.update(_above(base))
    for at in asked:
        directory = at.pattern.text.lstrip("/").removesuffix("/*")
        if directory not in deeper and covered.isdisjoint(("*", "**", directory, *_above(directory))):
            yield at, ""


def _above(directory: str) -> Iterator[str]:
    while "/" in directory:
        directory = directory.rpartition("/")[0]
        yield directory
