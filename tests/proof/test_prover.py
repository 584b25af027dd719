"""Answers about all paths agree with the matcher on every path that is tried."""

from __future__ import annotations

from itertools import product

import pytest
import re2
from hypothesis import assume, given
from hypothesis import strategies as st

from agentowners.engine.matcher import Matcher
from agentowners.policy.expressions import glob_regex, ref_regex, subject
from agentowners.policy.patterns import PathPattern, RefPattern
from agentowners.proof.prover import Doubt, PatternSet, Prover
from agentowners.proof.search import Domain, Witness
from tests.examples import examples
from tests.policy.strategies import paths as any_patterns

PIECES = ["a", "b", "ab", "*", "**", "?", "a*", "*b", "a**b", "[ab]", "[!a]", "*a*b", ".b", "a.b"]
SHORT = [
    path
    for length in range(1, 6)
    for path in map("".join, product("ab/", repeat=length))
    if not path.startswith("/") and not path.endswith("/") and "//" not in path
]


@st.composite
def patterns(draw: st.DrawFn) -> PathPattern:
    segments = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3))
    text = draw(st.sampled_from(["", "/"])) + "/".join(segments) + draw(st.sampled_from(["", "/", "/*", "/**"]))
    return PathPattern(PathPattern.parse(text).text, draw(st.sampled_from([False, False, True])))


rules = st.lists(patterns(), min_size=1, max_size=3)


def covers(rule: list[PathPattern], path: str, *, as_link: bool) -> bool:
    """What the engine says, by the real matcher."""
    matcher = Matcher.of(rule)
    view = set(matcher.match(path)) | (set(matcher.match(f"{path}/")) if as_link else set())
    positive = {matcher.number(p) for p in rule if not p.negative}
    negative = {matcher.number(p) for p in rule if p.negative}
    return (not positive or bool(positive & view)) and not negative & view


def is_a_path(text: str) -> bool:
    return text != "" and "" not in text.split("/") and "\0" not in text


@given(rules, st.lists(rules, max_size=3), st.lists(rules, max_size=1))
@examples(75)
def test_what_is_found_is_there_and_what_is_not_found_is_not(
    rule: list[PathPattern], without: list[list[PathPattern]], also: list[list[PathPattern]]
) -> None:
    inside = [rule, *also]
    answer = Prover().find([PatternSet.of(one) for one in inside], [PatternSet.of(one) for one in without])

    def is_one(path: str, *, as_link: bool) -> bool:
        return all(covers(one, path, as_link=as_link) for one in inside) and not any(
            covers(one, path, as_link=as_link) for one in without
        )

    if isinstance(answer, Witness):
        assert is_a_path(answer.text)
        assert is_one(answer.text, as_link=answer.as_link)
    else:
        assert answer is Doubt.NONE
        assert not [path for path in SHORT for as_link in (False, True) if is_one(path, as_link=as_link)]


@given(any_patterns(visible=False), any_patterns(visible=False))
@examples(75)
def test_whatever_a_pattern_holds_what_is_found_is_there(one: PathPattern, other: PathPattern) -> None:
    prover = Prover()
    positive, without = PathPattern(one.text), PathPattern(other.text)
    answer = prover.find([PatternSet.of([positive])], [PatternSet.of([without])])
    if isinstance(answer, Witness):
        assert is_a_path(answer.text)
        assert covers([positive], answer.text, as_link=answer.as_link)
        assert not covers([without], answer.text, as_link=answer.as_link)
    witness = prover.find([PatternSet.of([positive])])
    if isinstance(witness, Witness):
        assert covers([positive], witness.text, as_link=witness.as_link)


REF_PIECES = ["a", "b", "*", "**", "a*", "?b", "[!a]"]
SHORT_REFS = [f"refs/{path}" for path in SHORT if len(path) < 5]


@st.composite
def refs(draw: st.DrawFn) -> RefPattern:
    text = "refs/" + "/".join(draw(st.lists(st.sampled_from(REF_PIECES), min_size=1, max_size=3)))
    return RefPattern(RefPattern.parse(text + draw(st.sampled_from(["", "/", "/**"]))).text, draw(st.booleans()))


def on(rule: list[RefPattern], ref: str) -> bool:
    matching = [p for p in rule if re2.compile(ref_regex(p.text)).fullmatch(subject(ref)) is not None]
    return not any(p.negative for p in matching) and (bool(matching) or all(p.negative for p in rule))


@given(st.lists(refs(), min_size=1, max_size=3), st.lists(st.lists(refs(), min_size=1, max_size=2), max_size=2))
@examples(50)
def test_refs_are_matched_whole(rule: list[RefPattern], without: list[list[RefPattern]]) -> None:
    everything = PatternSet(("refs/**",))
    answer = Prover().find([everything, PatternSet.of(rule)], [PatternSet.of(one) for one in without], Domain.REFS)
    if isinstance(answer, Witness):
        assert answer.text.startswith("refs/")
        assert not answer.as_link
        assert on(rule, answer.text)
        assert not any(on(one, answer.text) for one in without)
    else:
        assume(answer is Doubt.NONE)
        assert not [ref for ref in SHORT_REFS if on(rule, ref) and not any(on(one, ref) for one in without)]


GLOBS = st.lists(st.sampled_from(["a", "b", "/", "*", "**"]), min_size=1, max_size=4).map("".join)


@given(GLOBS, GLOBS)
@examples(50)
def test_names_are_any_characters(glob: str, other: str) -> None:
    answer = Prover().find([PatternSet((glob,))], [PatternSet((other,))], Domain.NAMES)

    def fits(pattern: str, name: str) -> bool:
        return re2.compile(glob_regex(pattern)).fullmatch(name) is not None

    if isinstance(answer, Witness):
        assert fits(glob, answer.text)
        assert not fits(other, answer.text)
    else:
        names = map("".join, (chars for length in range(5) for chars in product("ab/", repeat=length)))
        assert not [name for name in names if fits(glob, name) and not fits(other, name)]


@pytest.mark.parametrize(
    ("rule", "others", "expected"),
    [
        ("/docs/a.md", ["/docs/"], Doubt.NONE),
        ("/docs", ["/docs/"], Witness("docs")),
        ("/docs/**", ["/docs/"], Doubt.NONE),
        ("/docs/", ["/docs/*", "/docs/*/**"], Doubt.NONE),
        ("/docs/", ["/docs/*"], Witness("docs/x/x")),
        ("[a-c]x", ["ax", "bx", "c?"], Doubt.NONE),
        ("*.m[dk]", ["*.md", "*.mk"], Doubt.NONE),
        ("src/\\*", ["src/?"], Doubt.NONE),
        ("caf\u00e9\udcff/", ["caf??/"], Doubt.NONE),
        ("?", ["[!\udcff]"], Doubt.NOT_KNOWN),
        ("/docs/ !/docs/legal/", ["/docs/"], Doubt.NONE),
        ("/docs/", ["/docs/ !/docs/legal/"], Witness("docs/legal/x")),
        ("/docs/", ["/docs/ !/docs/legal/", "/docs/legal/"], Doubt.NONE),
        ("*.md !*.md", [], Doubt.NONE),
        ("!/docs/ !/src/", ["!/docs/"], Doubt.NONE),
    ],
)
def test_plain_cases(rule: str, others: list[str], expected: Witness | Doubt) -> None:
    def parse(text: str) -> PatternSet:
        return PatternSet.of([PathPattern.parse(pattern) for pattern in text.split()])

    assert Prover().find([parse(rule)], [parse(other) for other in others]) == expected


def test_a_byte_that_is_not_utf8_comes_back_as_python_has_it() -> None:
    answer = Prover().find([PatternSet(("/a\udcff",))])
    assert answer == Witness("a\udcff")


def test_a_link_counts_as_the_directory_it_may_be_taken_for() -> None:
    assert Prover().find([PatternSet(("/a/",))], [PatternSet(("/a/*",)), PatternSet(("/a/*/",))]) is Doubt.NONE
    assert Prover().find([PatternSet(("/a/",))], [PatternSet(("/a/?*",))]) == Witness("a", as_link=True)


def test_what_goes_on_matching_is_known_to() -> None:
    many = tuple(f"refs/**/{name}?/{name}/" for name in "abcdefgh")
    assert Prover().find([PatternSet(many)], [PatternSet(("refs/**",))], Domain.REFS) is Doubt.NONE
    assert Prover().find([PatternSet(("a*", "b/**"))], [PatternSet(("**",))], Domain.NAMES) is Doubt.NONE


def test_effort_is_bounded() -> None:
    long = "*" + "a?" * 60
    prover = Prover(1)
    answer = prover.find([PatternSet((long,))], [PatternSet((long + "b",))])
    assert answer is Doubt.NOT_KNOWN
    for _ in range(10):
        prover.find([PatternSet((long,))], [PatternSet((long + "c",))])
    assert prover.find([PatternSet(("x" + long,))], [PatternSet((long + "b",))]) is Doubt.NOT_KNOWN


@pytest.mark.parametrize("text", ["a", "(?s)^a{2}", "(?s)^(a)", "(?s)^a**", "(?s)^[a]", "(?s)^a)", "(?s)^(?:a", "(?s)^\\d"])
def test_an_unknown_form_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentowners.proof.prover._EXPRESSION", dict.fromkeys(Domain, lambda _: text))
    assert Prover().find([PatternSet(("a",))]) is Doubt.NOT_KNOWN


def test_a_ref_is_never_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentowners.proof.prover._EXPRESSION", dict.fromkeys(Domain, lambda _: "(?s)a"))
    assert Prover().find([PatternSet(("a",))], (), Domain.REFS) is Doubt.NOT_KNOWN
