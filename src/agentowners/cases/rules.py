"""The rules of a policy by the names that a test case may give them."""

from __future__ import annotations

import re
from collections import Counter
from difflib import get_close_matches
from functools import cached_property, lru_cache
from heapq import nlargest
from itertools import takewhile
from typing import Final

from msgspec.structs import replace

from agentowners.cases.model import DEFAULT
from agentowners.diagnostics import Source
from agentowners.engine.verdict import AppliedRule
from agentowners.policy.line_syntax import parse_lines
from agentowners.policy.model import Default, Layer, Policy, Rule
from agentowners.policy.modes import expanded
from agentowners.policy.statement_text import canonical_text

_COMPARED: Final = 200
"""Characters; comparing longer texts takes quadratic time, and nobody mistypes one."""
_LIKELY: Final = 50
"""Names that are compared closely, of as many as a policy may have."""
_BLANK: Final = re.compile(r"[ \t]")


def told_apart(policy: Policy) -> Policy:
    """The policy with ids that no two layers share: an id that several files give is followed by the name of its file."""
    given = Counter(rule.id for layer in policy.layers for rule in layer.rules)
    if all(count == 1 for count in given.values()):
        return policy

    def own(rule: Rule, layer: Layer) -> Rule:
        return rule if given[rule.id] == 1 else replace(rule, id=f"{rule.id} in {layer.name}")

    layers = (replace(layer, rules=tuple(own(rule, layer) for rule in layer.rules)) for layer in policy.layers)
    return replace(policy, layers=tuple(layers))


class RuleBook:
    """Which rule a test case means: by the id that was given or made up, by canonical text, or ``default``."""

    def __init__(self, policy: Policy) -> None:
        """Take up the rules and defaults of all layers."""
        self._policy = policy
        self._nearest: dict[str, str | None] = {}

    def means(self, expected: str, rule: AppliedRule) -> bool:
        """True if a name means this rule."""
        if expected == rule.id or (rule.is_default and expected == DEFAULT):
            return True
        if isinstance(rule.statement, Rule) and expected == rule.statement.name:
            return True
        return rule.text in (expected, _canonical(expected))

    def knows(self, expected: str) -> bool:
        """True if the policy has a rule or default of this name."""
        return expected in self._known_names or _canonical(expected) in self._known_names

    def nearest(self, expected: str) -> str | None:
        """The name most like one that the policy does not have."""
        if expected not in self._nearest:
            wanted = _canonical(expected)
            likely = self._likely(wanted) if len(wanted) <= _COMPARED else []
            self._nearest[expected] = next(iter(get_close_matches(wanted, likely, 1, 0.6)), None)
        return self._nearest[expected]

    def _likely(self, wanted: str) -> list[str]:
        """Names that share most words with one and begin most like it: few enough to be compared closely."""
        names = [name for name in self._known_names if len(name) <= _COMPARED]
        words = frozenset(wanted.split())
        if len(words) == 1:
            return [name for name in names if abs(len(name) - len(wanted)) <= len(wanted) // 2 and " " not in name]
        return nlargest(_LIKELY, names, key=lambda name: (len(words.intersection(name.split())), _alike(wanted, name)))

    @cached_property
    def _known_names(self) -> dict[str, None]:
        names: dict[str, None] = {}
        for layer, rules in expanded(self._policy):
            for rule in rules:
                names |= dict.fromkeys([rule.id, *([] if rule.name is None else [rule.name]), canonical_text(rule)])
            for default in layer.defaults:
                names |= dict.fromkeys([default.id, canonical_text(default), DEFAULT])
        return names


def _alike(text: str, other: str) -> int:
    """Length of the common beginning of two texts."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, other, strict=False)))


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    """A rule's text as the policy's printer writes it; anything else as it is."""
    if _BLANK.search(text) is None or "\n" in text:
        return text
    layer, problems = parse_lines(Source("", text.encode("utf-8", "surrogatepass")))
    written: list[Rule | Default] = [*layer.rules, *layer.defaults]
    if problems or len(written) != 1:
        return text
    return canonical_text(written[0])
