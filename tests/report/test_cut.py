from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.report.shared.cut import count, first, shorten, shorten_bytes, shorten_middle, size
from agentowners.text.wording import listed
from tests.report.strategies import patient


@patient
@given(st.text(), st.integers(1, 50))
def test_what_is_cut_is_as_long_as_allowed_and_shows_it(text: str, limit: int) -> None:
    for short in (shorten(text, limit), shorten_middle(text, limit)):
        assert short == text if len(text) <= limit else (len(short) == limit and "…" in short)


@patient
@given(st.text(), st.integers(0, 50))
def test_bytes_are_counted_where_bytes_are_meant(text: str, limit: int) -> None:
    short = shorten_bytes(text, limit)
    assert short == text if size(text) <= limit else (size(short) <= limit and short.endswith("…" if limit > 2 else ""))


def test_of_a_path_both_ends_are_kept() -> None:
    assert shorten_middle("src/very/long/path.py", 11) == "src/v…th.py"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcdefg"), "a, b, c, d and 3 more"),
    ],
)
def test_lists(words: list[str], text: str) -> None:
    assert listed(words) == text


def test_counts() -> None:
    assert [count(0, "file"), count(1, "file"), count(3000, "file")] == ["0 files", "1 file", "3,000 files"]
    assert first("abc", 2) == ["a", "b", "and 1 more"]
    assert first("abc", 3) == ["a", "b", "c"]
