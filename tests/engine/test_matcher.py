"""Patterns in sets by what they look at give the answers that each pattern gives by itself."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from agentowners.engine.matcher import Matcher, MatcherError, RuleIndex
from agentowners.policy.expressions import subject
from agentowners.policy.patterns import PathPattern, PatternError
from tests.examples import examples

PIECES = ["a", "b", "ab", "*", "**", "***", "?", "a*", "*b", "*.py", "a**b", "[ab]", "[!a]", "\\*", ".x", "\u00e9", " "]
SEGMENTS = ["a", "b", "ab", "a.py", "x.py", "*", ".x", "\u00e9", "b\n", "\udcff", " ", "a*", "aXb"]


@st.composite
def pattern(draw: st.DrawFn) -> str:
    segments = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))
    return draw(st.sampled_from(["", "/"])) + "/".join(segments) + draw(st.sampled_from(["", "/", "/*", "/**"]))


paths = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=4).map("/".join)


@given(st.lists(pattern(), max_size=12), st.lists(st.tuples(paths, st.booleans()), min_size=1, max_size=8))
@examples(100)
def test_sets_answer_as_each_pattern_by_itself(texts: list[str], asked: list[tuple[str, bool]]) -> None:
    patterns = []
    for text in texts:
        try:
            patterns.append(PathPattern.parse(text))
        except PatternError:
            continue
    matcher = Matcher([p.text for p in patterns])
    for path, as_directory in asked:
        name = f"{path}/" if as_directory else path
        expected = {matcher.number(p) for p in patterns if re2.compile(p.regex()).search(subject(name)) is not None}
        assert set(matcher.match(name)) == expected
        assert set(matcher.match(name)) == expected  # and again, from what is kept


numbers = st.frozensets(st.integers(0, 5), max_size=3)


@given(st.lists(numbers, max_size=8), st.lists(numbers, min_size=1, max_size=2))
def test_the_index_leaves_out_no_rule_that_may_hold_and_keeps_their_order(
    positive: list[frozenset[int]], views: list[frozenset[int]]
) -> None:
    rules = list(enumerate(positive))
    waiting = [rule for rule in rules if not rule[1] or any(rule[1] & view for view in views)]
    assert RuleIndex(rules, lambda rule: rule[1]).candidates(views) == waiting


def test_patterns_that_mean_the_same_share_a_number() -> None:
    same, other = [PathPattern.parse(text) for text in ("docs/", "**/docs/")], PathPattern.parse("/docs/")
    matcher = Matcher.of([*same, other])
    assert matcher.number(same[0]) == matcher.number(same[1]) != matcher.number(other)
    assert Matcher.of([*same, other]) is matcher


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentowners.engine.matcher._KEPT", 3)
    matcher = Matcher(["a/*", "*.py", "b/**/c"])
    for number in range(20):
        assert len(matcher.match(f"a/{number}.py")) == 2
        assert len(matcher.match(f"b/{number}/c")) == 1


def test_a_set_that_does_not_fit_into_memory_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentowners.engine.matcher._MEMORY", 2000)
    monkeypatch.setattr("agentowners.engine.matcher._MEMORY_PER_PATTERN", 0)
    with pytest.raises(MatcherError, match=r"memory|compile"):
        Matcher([f"a{number}*b[c-x]{number}*c*d*/e" for number in range(200)])


def test_threat_18_fifty_thousand_patterns_of_an_awkward_shape_fit() -> None:
    matcher = Matcher([f"a*b{number}c*d*" for number in range(50_000)])
    assert len(matcher.match("x/axb77cyydz")) == 1
