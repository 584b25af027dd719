"""Findings of ``lint`` in a proposal that are meant: said above the rule, so that it finds nothing that has to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agentowners.engine.matcher import Matcher
from agentowners.policy.egress import EGRESS
from agentowners.policy.model import Rule
from agentowners.policy.patterns import PathPattern

AHEAD: Final = "lint: ignore=unmatched-pattern (the rule is to hold before there is such a file)"
ONE_LEVEL: Final = "lint: ignore=one-level-pattern (one level only, as in CODEOWNERS)"
ROOTED: Final = "lint: ignore=root-anchored-manifest (the one at the root only, as in CODEOWNERS)"


def remarks(rules: tuple[Rule, ...], files: tuple[str, ...]) -> dict[Rule, tuple[str, ...]]:
    """The remarks for each rule about paths that needs any."""
    unmatched = _unmatched(rules, files)
    manifests = Matcher.of(pattern for pattern in EGRESS if "/" not in pattern.text)
    nested = {name for path in files if "/" in path and manifests.match(name := path.rpartition("/")[2])}
    found = {rule: tuple(_about(rule, unmatched, nested)) for rule in rules}
    return {rule: said for rule, said in found.items() if said}


def _about(rule: Rule, unmatched: frozenset[PathPattern], nested: set[str]) -> Iterator[str]:
    positive = [pattern.text for pattern in rule.patterns if not pattern.negative]
    if unmatched.intersection(rule.patterns):
        yield AHEAD
    if any(text.endswith("/*") and text.strip("/*") for text in positive):
        yield ONE_LEVEL
    if any(text.startswith("/") and text[1:] in nested for text in positive):
        yield ROOTED


def _unmatched(rules: tuple[Rule, ...], files: tuple[str, ...]) -> frozenset[PathPattern]:
    patterns = {pattern for rule in rules for pattern in rule.patterns}
    matcher = Matcher.of(sorted(patterns, key=str))
    seen: set[int] = set()
    for path in files:
        seen.update(matcher.match(path))
    return frozenset(pattern for pattern in patterns if matcher.number(pattern) not in seen)
