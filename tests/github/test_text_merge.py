"""The merge of a file that both sides changed, against git's own."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from agentowners.github.three_way import MAX_BYTES, merge_text
from tests.examples import examples

LINES = [b"%d\n" % n for n in range(12)]
lines = st.lists(st.sampled_from(LINES), max_size=20)
edits = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3), st.lists(st.sampled_from(LINES), max_size=2)), max_size=3)


def edited(base: list[bytes], changes: list[tuple[int, int, list[bytes]]]) -> list[bytes]:
    found = list(base)
    for start, length, new in changes:
        found[start : start + length] = new
    return found


def by_git(directory: Path, base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (directory / name).write_bytes(text)
    done = subprocess.run(["git", "merge-file", "-p", "ours", "base", "theirs"], cwd=directory, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


@examples(75, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=lines | st.permutations(LINES), one=edits, other=edits, cut=st.booleans())
@example(
    base=[b"x\n"] * 4 + [b"u\n", b"p\n", b"v\n"], one=[(0, 4, []), (3, 0, [b"x\n"] * 4)], other=[(5, 1, [b"q\n"])], cut=False
)
def test_it_is_never_anything_but_gits_own(
    tmp_path: Path,
    base: list[bytes],
    one: list[tuple[int, int, list[bytes]]],
    other: list[tuple[int, int, list[bytes]]],
    cut: bool,
) -> None:
    texts = [b"".join(version) for version in (base, edited(base, one), edited(base, other))]
    if cut:
        texts[1] = texts[1].removesuffix(b"\n")
    merged = merge_text(texts[0], texts[1], texts[2])
    if merged is not None:
        assert merged == by_git(tmp_path, texts[0], texts[1], texts[2])


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        (b"a\nb\nc\n", b"x\na\nb\nc\n", b"a\nb\nc\ny\n", b"x\na\nb\nc\ny\n"),
        (b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\nC", b"A\nb\nC"),
        (b"a\nb\nc\n", b"A\nb\nc\n", b"A\nb\nc\n", b"A\nb\nc\n"),
        # neighbours, one and the same line, a line that was moved, no text
        (b"a\nb\nc\n", b"A\nb\nc\n", b"a\nB\nc\n", None),
        (b"a\n", b"b\n", b"c\n", None),
        (b"a\nb\nc\n", b"b\na\nc\n", b"a\nb\nc\nd\n", None),
        (b"a\nb\0\nc\n", b"x\na\nb\0\nc\n", b"a\nb\0\nc\ny\n", None),
        (b"a\n" * MAX_BYTES, b"", b"", None),
    ],
)
def test_what_is_sure_is_merged(base: bytes, ours: bytes, theirs: bytes, merged: bytes | None) -> None:
    assert merge_text(base, ours, theirs) == merged


def test_a_megabyte_is_merged_and_not_a_byte_more() -> None:
    base = b"".join(b"%06d\n" % n for n in range(1024 * 1024 // 7))
    ours, added = b"x\n" + base, b"y" * (1024 * 1024 - len(base))
    assert merge_text(base, ours, base + added) == ours + added
    assert merge_text(base, ours, base + added + b"y") is None


def test_a_large_file_takes_time_in_proportion() -> None:
    base = b"".join(b"%d\n" % n for n in range(120_000))
    start = time.perf_counter()
    assert merge_text(base, b"x\n" + base, base + b"y\n") == b"x\n" + base + b"y\n"
    assert time.perf_counter() - start < 10
