"""YAML of others as plain data: texts, lists and mappings, or nothing where it is not understood."""

from __future__ import annotations

import pytest

from agentowners.diagnostics import Source
from agentowners.yamltext.compose import MAX_ALIASED, MAX_DEPTH
from agentowners.yamltext.plain import read_plain


def read(text: str) -> object:
    return read_plain(Source("w.yml", text.encode()))


def test_every_scalar_is_its_text() -> None:
    assert read("on: [push, 1.0, yes, ~]\n'a b':\n  - null\n  - {c: 0x1F, d: }\n") == {
        "on": ["push", "1.0", "yes", "~"],
        "a b": ["null", {"c": "0x1F", "d": ""}],
    }


def test_an_alias_is_what_it_stands_for() -> None:
    assert read("a: &x {b: [c]}\nd: *x\n") == {"a": {"b": ["c"]}, "d": {"b": ["c"]}}


def test_aliases_unfold_nothing() -> None:
    levels = [f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]\n" for level in range(1, 25)]
    read_back = read("a0: &a0 [x]\n" + "".join(levels))
    assert 2 ** len(levels) > MAX_ALIASED
    assert isinstance(read_back, dict)
    assert read_back["a24"][0] is read_back["a24"][1]


def test_the_last_of_two_keys_stands() -> None:
    assert read("a: b\na: c\n") == {"a": "c"}


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: b\n---\nc: d\n",
        "? [a]\n: b\n",
        "a: [{? {b: c} : d}]",
        "a: !x b",
        "a: *nowhere",
        "a: \x00",
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "",
    ],
)
def test_what_is_not_understood_whole_is_nothing(text: str) -> None:
    assert read(text) is None


def test_bytes_that_are_no_text_are_nothing() -> None:
    assert read_plain(Source("w.yml", b"a: \xff\n")) is None
