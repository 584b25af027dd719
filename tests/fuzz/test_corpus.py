"""Every input that once broke something, or shows what inputs look like, and some that nobody has seen yet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

HERE = Path(__file__).resolve().parent
CORPUS = sorted(path for path in (HERE / "corpus").rglob("*") if path.is_file())
WORDS = [
    re.sub(rb"\\x([0-9a-f]{2})|\\(.)", lambda m: bytes([int(m[1], 16)]) if m[1] else m[2], line[1:-1])
    for line in (HERE / "words.dict").read_bytes().splitlines()
    if line.startswith(b'"')
]
inputs = st.lists(
    st.sampled_from(WORDS) | st.binary(max_size=12) | st.sampled_from([b" ", b"\n", b"\t", b"  "]), max_size=30
).map(b"".join)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_kept(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


def test_every_target_has_inputs_to_begin_with() -> None:
    assert {path.parent.name for path in CORPUS} == set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
@given(data=inputs)
def test_anything(name: str, data: bytes) -> None:
    TARGETS[name](data)
