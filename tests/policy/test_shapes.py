"""Expressions of common shapes are those that ``pathspec`` makes, to the letter."""

from __future__ import annotations

from itertools import product

import pytest

from agentowners.policy.expressions import COMMON, PRIVATE, composed, translated

MARK = chr(PRIVATE)
FEW = ("*", "**", "x", "*x", "x*", "*x*", "x*x")
MANY = ("*", "**", *("".join(parts) for count in (1, 2, 3) for parts in product(("", "*"), *[("x", "x*")] * count)))


@pytest.mark.parametrize(("segments", "most"), [(FEW, 4), (MANY, 2)], ids=["long", "wide"])
def test_a_shape_is_as_pathspec_translates_it(segments: tuple[str, ...], most: int) -> None:
    bodies = ["/".join(chosen) for count in range(1, most + 1) for chosen in product(segments, repeat=count)]
    shapes = [f"{before}{body}{behind}" for body in bodies for before in ("", "/") for behind in ("", "/")]
    # as a pattern is taken apart, stars are never a segment twice in a row, nor the last one before a slash
    shapes = [shape.replace("x", MARK) for shape in shapes if "**/**" not in shape and not shape.endswith("**/")]
    assert len(shapes) > 3_000
    assert all(map(COMMON.fullmatch, shapes))
    assert [shape for shape in shapes if composed(shape) != translated(shape)] == []


def test_no_other_shape_is_composed() -> None:
    for shape in ("a/b/c/d/e", "?", "x?", "*?", "xxxx", "***", "x**", "a//b", ""):
        assert COMMON.fullmatch(shape.replace("a", MARK).replace("x", MARK)) is None, shape
