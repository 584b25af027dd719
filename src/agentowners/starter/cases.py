"""A case for every rule of a proposal, one for what is free, and one for what protects itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agentowners.engine.matcher import Matcher
from agentowners.policy.builtin import POLICY_NAMES, protected_patterns
from agentowners.policy.model import Decision, Rule
from agentowners.policy.patterns import PathPattern
from agentowners.starter.findings import is_plain
from agentowners.starter.proposal import ProposedCase

_AGENT: Final = "@agents"
_ANY: Final = "README.md"
_NOT_FREE: Final = re.compile(
    r"(?i)(?:.*/)?licen[cs]es/.*|(?:.*/)?(?:licen[cs]e|copying|notice|unlicense|patents|authors|maintainers|owners|governance|security)[^/]*"
)
"""Files that no case should let agents change: nobody would agree to that."""
_CODE: Final = re.compile(r".*\.(?:py|[cm]?[jt]sx?|go|rs|java|kt|rb|php|cs|cc?|cpp|h|swift|scala|ex|sh|vue|html|css)")


class MatchingRules:
    """Finds the rules about paths that match a path."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._matcher = Matcher.of([*(pattern for rule in rules for pattern in rule.patterns), *_PROTECTED])
        number = self._matcher.number
        self._sets = [
            ({number(p) for p in rule.patterns if not p.negative}, {number(p) for p in rule.patterns if p.negative})
            for rule in rules
        ]
        self._protected = {number(p) for p in _PROTECTED}

    def of(self, path: str) -> tuple[frozenset[int], bool]:
        """Indices of the rules that match, and whether the built-in ones do."""
        numbers = frozenset(self._matcher.match(path))
        if not numbers:
            return frozenset(), False
        found = [
            index
            for index, (positive, negative) in enumerate(self._sets)
            if not numbers.isdisjoint(positive) and numbers.isdisjoint(negative)
        ]
        return frozenset(found), not numbers.isdisjoint(self._protected)


_PROTECTED: Final = protected_patterns(())


def cases_for(rules: tuple[Rule, ...], branches: tuple[tuple[Rule, str], ...], files: Iterable[str]) -> tuple[ProposedCase, ...]:
    """Cases that reach every rule.

    Args:
        rules: the rules about paths.
        branches: the rules about refs alone, each with a branch that it covers.
        files: every path of the repository.
    """
    known = MatchingRules(rules)
    best: dict[int, str] = {}
    ranks: dict[int, tuple[bool, bool, bool, int, int, str]] = {}
    free: str | None = None
    for path in files:
        found, is_protected = known.of(path)
        if not path.isprintable() or "*" in path:  # a reader takes an asterisk for a pattern's
            continue
        is_free = not found and not is_protected and _NOT_FREE.fullmatch(path) is None
        if is_free and (free is None or _freedom(path) < _freedom(free)):
            free = path
        is_blocked = any(rules[index].decision is Decision.BLOCK for index in found)
        for index in found:
            rank = (is_blocked and rules[index].decision is not Decision.BLOCK, *_rank(path))
            if index not in ranks or rank < ranks[index]:
                ranks[index], best[index] = rank, path
    for index, rule in enumerate(rules):
        if index not in best and (made := _invented(rule, index, known)) is not None:
            best[index] = made
    cases = list(dict.fromkeys(_case(known, best[index]) for index in sorted(best)))
    cases += [_on_branch(known, rule, branch, free or _ANY) for rule, branch in branches]
    cases.append(_case(known, POLICY_NAMES[0]))
    if free is not None:
        cases.append(_case(known, free))
    asked = next((case.path for case in cases if case.expect is Decision.REQUIRE_APPROVAL and case.branch is None), None)
    if asked is not None:
        cases.append(ProposedCase(name=f"a person may change {asked}", who="@humans", path=asked, expect=Decision.ALLOW))
    return tuple({case.name: case for case in cases}.values())


def _case(known: MatchingRules, path: str) -> ProposedCase:
    found, is_protected = known.of(path)
    rules = [known.rules[index] for index in sorted(found)]
    decision = max((rule.decision for rule in rules), key=lambda one: one.strictness, default=Decision.ALLOW)
    if is_protected and decision is Decision.ALLOW:
        decision = Decision.REQUIRE_APPROVAL
    approvers = next((rule.outcome.approvers for rule in rules if rule.outcome.approvers), ())
    verb = {
        Decision.ALLOW: "an agent may change",
        Decision.REQUIRE_APPROVAL: "an agent needs an approval to change",
        Decision.BLOCK: "no agent may change",
    }[decision]
    asked = approvers if decision is Decision.REQUIRE_APPROVAL else ()
    return ProposedCase(name=f"{verb} {path}", who=_AGENT, path=path, expect=decision, approvers=asked)


def _on_branch(known: MatchingRules, rule: Rule, branch: str, path: str) -> ProposedCase:
    there = _case(known, path)
    if rule.decision.strictness > there.expect.strictness:
        there = ProposedCase(name="", who=_AGENT, path=path, expect=rule.decision)
    return ProposedCase(
        name=f"an agent needs an approval to change anything on {branch}",
        who=_AGENT,
        path=path,
        branch=branch,
        expect=there.expect,
        approvers=there.approvers,
    )


def _invented(rule: Rule, index: int, known: MatchingRules) -> str | None:
    """A path that the rule matches, where the repository has none that can be shown."""
    examples = [_example(pattern) for pattern in rule.patterns if not pattern.negative]
    for path in (*examples, *(f"example/{path}" for path in examples), *(f"{path}/example" for path in examples)):
        if path.isprintable() and "*" not in path and index in known.of(path)[0]:
            return path
    return None


def _example(pattern: PathPattern) -> str:
    text = pattern.text.removeprefix("/")
    text = text + "example" if text.endswith("/") else re.sub(r"(?<=[^*/])\*$", "", text)
    return re.sub(r"\\(.)", r"\1", re.sub(r"\*+", "example", text).replace("?", "x"))


def _freedom(path: str) -> tuple[bool, tuple[bool, bool, int, int, str]]:
    """Source code first."""
    return _CODE.fullmatch(path) is None, _rank(path)


def _rank(path: str) -> tuple[bool, bool, int, int, str]:
    """Plain names first, then those that people look at, then short ones."""
    return (not is_plain(path), "/." in f"/{path}", path.count("/"), len(path), path)
