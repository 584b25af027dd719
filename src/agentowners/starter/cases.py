"""A case for every rule of a proposal, one for what is free, and one for what protects itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from agentowners.cases.model import Case, Expectation, Who
from agentowners.cases.run import Judged, expectation, judge
from agentowners.change.model import FileChange, Kind, Status
from agentowners.engine.matcher import Matcher
from agentowners.engine.prepared import PathSet
from agentowners.policy.builtin import POLICY_NAMES, builtin, protected_patterns
from agentowners.policy.model import Decision, Layer, Policy, Rule
from agentowners.policy.patterns import PathPattern
from agentowners.starter.findings import is_plain

_AGENT: Final = Who("agents")
_VERBS: Final = {
    Decision.ALLOW: "an agent may change",
    Decision.REQUIRE_APPROVAL: "an agent needs an approval to change",
    Decision.BLOCK: "no agent may change",
}
_HEADS: Final = "refs/heads/"
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
        self._sets = [PathSet.of(rule.patterns, self._matcher) for rule in rules]
        self._protected = PathSet.of(_PROTECTED, self._matcher)

    def of(self, path: str) -> tuple[frozenset[int], bool]:
        """Indices of the rules that match, and whether the built-in ones do."""
        numbers = frozenset(self._matcher.match(path))
        if not numbers:
            return frozenset(), False
        indices = frozenset(index for index, paths in enumerate(self._sets) if paths.covers(numbers))
        return indices, self._protected.covers(numbers)


_PROTECTED: Final = protected_patterns(())


def cases_for(
    rules: tuple[Rule, ...], branches: tuple[tuple[Rule, str], ...], files: Iterable[str], default_branch: str
) -> tuple[Case, ...]:
    """Cases that reach every rule.

    Args:
        rules: the rules about paths.
        branches: the rules about refs alone, each with a branch that it covers.
        files: every path of the repository.
        default_branch: its name; changes go there unless a case says otherwise.
    """
    known = MatchingRules(rules)
    standard = _HEADS + default_branch
    best: dict[int, tuple[bool, tuple[bool, bool, int, int, str]]] = {}
    free: str | None = None
    for path in files:
        indices, is_protected = known.of(path)
        if not path.isprintable() or "*" in path:  # a reader takes an asterisk for a pattern's
            continue
        is_free = not indices and not is_protected and _NOT_FREE.fullmatch(path) is None
        if is_free and (free is None or _freedom(path) < _freedom(free)):
            free = path
        is_blocked = any(rules[index].decision is Decision.BLOCK for index in indices)
        for index in indices:
            rank = is_blocked and rules[index].decision is not Decision.BLOCK, _rank(path)
            best[index] = min(best.get(index, rank), rank)
    examples = [best[index][1][-1] if index in best else _invented(rule, index, known) for index, rule in enumerate(rules)]
    cases = [_case(path, standard) for path in examples if path is not None]
    everywhere = "an agent needs an approval to change anything on"
    cases += [_case(free or _ANY, _HEADS + branch, f"{everywhere} {branch}") for _, branch in branches]
    cases += [_case(path, standard) for path in (POLICY_NAMES[0], free) if path is not None]
    policy = Policy((Layer((*rules, *(rule for rule, _ in branches))), builtin(())))
    cases = [_answered(judged) for judged in judge(cases, policy)]
    asking = (case for case in cases if case.expected.decision is Decision.REQUIRE_APPROVAL and case.ref == standard)
    if (example := next(asking, None)) is not None:
        name = f"a person may change {example.paths[0]}"
        cases.append(replace(example, who=(Who("humans"),), expected=Expectation(Decision.ALLOW), name=name))
    return tuple({case.name: case for case in cases}.values())


def _case(path: str, ref: str, name: str | None = None) -> Case:
    """A case whose answer is still open."""
    files = (FileChange(path, Status.MODIFIED, None, Kind.FILE, Kind.FILE),)
    return Case((_AGENT,), files, ref, Expectation(Decision.ALLOW), name)


def _answered(judged: Judged) -> Case:
    """The case, expecting what the rules say, and named after that unless it has a name."""
    decision = judged.files[0].judgement.decision
    expected = expectation(decision, (), judged.obligations)
    return replace(judged.case, expected=expected, name=judged.case.name or f"{_VERBS[decision]} {judged.case.paths[0]}")


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
