"""The automaton of an expression says what RE2 says, of any word; and a wider reading holds what any spelling matches."""

from __future__ import annotations

import re2
from hypothesis import given
from hypothesis import strategies as st

from agentowners.engine.matcher import Matcher
from agentowners.policy.builtin import builtin
from agentowners.policy.expressions import path_regex, subject
from agentowners.policy.patterns import PathPattern
from agentowners.policy.spelling import one_spelling
from agentowners.proof.machine import Effort, Machine
from agentowners.proof.spellings import FOLDED, IGNORED, Spelling
from tests.examples import examples
from tests.policy.strategies import paths as any_patterns
from tests.proof.test_prover import patterns

_ODD = ["a", "b", "/", ".", "x.py", "src", "docs", "\udcff", "\udc80", "\u00e9", "\U0001f600", "\n", "\x01", " ", "\\", "*", "A"]


@st.composite
def words(draw: st.DrawFn) -> tuple[PathPattern, str]:
    """A pattern and a word made of its own characters and of odd ones, bytes that are not UTF-8 among them."""
    pattern = draw(any_patterns(visible=False) | patterns())
    own = [char for char in pattern.text if char != "\0"]
    return pattern, "".join(draw(st.lists(st.sampled_from([*_ODD, *own]), max_size=8)))


@given(words())
@examples(405)
def test_a_machine_reads_a_word_as_re2_does(drawn: tuple[PathPattern, str]) -> None:
    pattern, word = drawn
    expression = path_regex(pattern.text)
    state = Machine(expression, Effort(1_000_000), whole=False).read(subject(word))
    assert state.accepts == (re2.compile(expression).search(subject(word)) is not None)


PROTECTED = [pattern for rule in builtin([]).rules for pattern in rule.patterns]
_SPELLED = st.sampled_from(
    [
        str.upper,
        str.title,
        lambda text: f"{text}.",
        lambda text: f"{text} /x",
        lambda text: f"x/{text}",
        lambda text: f"{text}\u200d",
        lambda text: text.replace("s", "\u017f").replace("fi", "\ufb01"),
        lambda text: text.replace("st", "\ufb06").replace("k", "\u212a"),
        lambda text: text.replace("e", "e\u200c"),
    ]
)


@given(st.sampled_from(PROTECTED), st.lists(_SPELLED, max_size=3), st.text("aA./ \u00e9\u017f\u0301\ufb05\u200d", max_size=3))
@examples(150)
def test_other_spellings_lie_between_the_two_readings(pattern: PathPattern, changes: list[object], more: str) -> None:
    path = pattern.text.lstrip("/").replace("**/", "").replace("*", "y")
    for change in changes:
        assert callable(change)
        path = change(path)
    path += more
    if path.strip("/") != path or "//" in path:
        return
    matcher = Matcher.of([pattern])
    matched = matcher.number(pattern) in matcher.match(path)
    readings = {
        spelling: Machine(path_regex(pattern.text), Effort(1_000_000), whole=False, spelling=spelling).read(subject(path)).accepts
        for spelling in (Spelling.CERTAIN, Spelling.POSSIBLE)
    }
    assert readings[Spelling.CERTAIN] <= matched <= readings[Spelling.POSSIBLE]


def test_what_becomes_ascii_is_listed_whole() -> None:
    found: dict[str, list[int]] = {}
    for code in range(0x80, 0x110000):
        if not 0xD800 <= code < 0xE000:
            folded = one_spelling(chr(code))
            if folded.isascii():
                found.setdefault(folded, []).append(code)
    ignored = [code for low, high in IGNORED for code in range(low, high + 1)]
    assert found == {"": ignored} | {text: list(codes) for text, codes in FOLDED.items()}
