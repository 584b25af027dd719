"""Covering, asked of few candidates, agrees with the prover asked of all; and samples are what they are taken for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from agentowners.engine.matcher import Matcher
from agentowners.policy.patterns import PathPattern
from agentowners.proof.index import PatternIndex
from agentowners.proof.prover import Doubt, PatternSet, Prover
from agentowners.proof.samples import sample
from agentowners.proof.search import Witness
from tests.examples import examples
from tests.policy.strategies import paths as any_patterns
from tests.proof.test_prover import SHORT, covers, patterns, rules


class Rule(Struct, frozen=True):
    paths: PatternSet


def covering(prover: Prover, paths: PatternSet, look_up: Callable[[Witness], Iterable[Rule]]) -> tuple[Rule, ...]:
    """The rules that together cover a set, where the prover says that they do."""

    def hits(path: Witness) -> Iterator[tuple[PatternSet, Rule]]:
        return ((part, one) for one in look_up(path) for part in prover.around(one.paths, path))

    return prover.decide([paths], hits)[1]


@given(rules, st.lists(rules, max_size=5))
@examples(75)
def test_what_covers_a_set_covers_it_and_nothing_that_does_is_overlooked(
    rule: list[PathPattern], others: list[list[PathPattern]]
) -> None:
    each = [Rule(PatternSet.of(other)) for other in others]
    index = PatternIndex([(text, one) for one in each for text in one.paths.positive])
    for one in each:
        if not one.paths.positive:
            index.add_always(one)
    prover = Prover()
    paths = PatternSet.of(rule)
    found = covering(prover, paths, lambda path: index.near(path.text))
    if found:
        assert Prover().find([paths], [one.paths for one in found]) is Doubt.NONE
        chosen = [other for other, one in zip(others, each, strict=True) if one in found]
        for path in SHORT[:60]:
            for as_link in (False, True):
                if covers(rule, path, as_link=as_link):
                    assert any(covers(other, path, as_link=as_link) for other in chosen)
    elif prover.find([paths]) is not Doubt.NONE:
        assert Prover().find([paths], [one.paths for one in each]) is not Doubt.NONE


@given(any_patterns(visible=False) | patterns())
@examples(120)
def test_a_sample_is_a_path_of_its_pattern(pattern: PathPattern) -> None:
    path = sample(pattern.text)
    if path is not None:
        assert covers([PathPattern(pattern.text)], path, as_link=False)
        assert path != ""
        assert "" not in path.split("/")


@given(st.lists(any_patterns() | patterns(), max_size=6), st.lists(patterns(), max_size=2))
@examples(100)
def test_an_index_wakes_whatever_matches(texts: list[PathPattern], more: list[PathPattern]) -> None:
    every = [pattern.text for pattern in (*texts, *more)]
    index = PatternIndex([(text, text) for text in every])
    matcher = Matcher(every)
    for path in [*SHORT[::9], *(path for text in every if (path := sample(text)) is not None)]:
        near = set(index.near(path))
        for name in (path, f"{path}/"):
            matched = set(matcher.match(name))
            assert {text for text in every if matcher.number(PathPattern(text)) in matched} <= near


@given(patterns() | any_patterns(visible=False), st.sampled_from(SHORT), st.booleans())
@examples(120)
def test_the_prover_matches_as_the_matcher_does(pattern: PathPattern, path: str, as_link: bool) -> None:
    positive = PathPattern(pattern.text)
    said = Prover().matches(positive.text, Witness(path, as_link))
    assert said is None or said == covers([positive], path, as_link=as_link)


@pytest.mark.parametrize(
    ("rule", "others", "expected"),
    [
        ("/docs/a.md", ["/docs/"], [0]),
        ("/docs/a.md", ["*.md"], [0]),
        ("/docs/ !/docs/legal/", ["/src/", "/docs/"], [1]),
        ("/docs/", ["/docs/*", "/docs/*/**"], [0, 1]),
        ("/docs/ /src/", ["/docs/", "/src/"], [0, 1]),
        ("/docs/", ["/docs/ !/docs/*"], []),  # a link called docs
        ("/docs/", ["/docs/ !/*"], []),
        ("/docs/", ["/docs/ !/docs/legal/"], []),
        ("/docs/", ["/docs/ !/docs/legal/", "/docs/legal/"], [0, 1]),
        ("/docs", ["/docs/"], []),
        ("/docs !/docs", ["**"], []),
        ("!/docs/", ["**"], [0]),
        ("!/docs/ !/src/", ["!/docs/"], [0]),
        ("!/docs/", ["!/src/", "/src/"], [0, 1]),
        ("caf\u00e9/\udcff", ["caf?/"], [0]),
        ("*.tf", ["[a-z]*.tf", "[!a-z]*.tf"], []),  # `.tf` itself
        ("?*.tf", ["[a-z]*.tf", "[!a-z]*.tf"], [0, 1]),
    ],
)
def test_plain_cases(rule: str, others: list[str], expected: list[int]) -> None:
    def parse(text: str) -> PatternSet:
        return PatternSet.of([PathPattern.parse(pattern) for pattern in text.split()])

    each = [Rule(parse(other)) for other in others]
    found = covering(Prover(), parse(rule), lambda path: each)
    assert sorted(each.index(one) for one in found) == expected


def test_an_empty_set_is_known_as_one() -> None:
    prover = Prover()
    assert prover.find([PatternSet(("/a", "/b"), ("/a", "/b"))]) is Doubt.NONE
    assert prover.find([PatternSet(("/a", "/b"), ("/a",))]) == Witness("b")
    assert prover.find([PatternSet(("/a/*",), ("/a/",))]) is Doubt.NONE
