"""The shapes that are written down are those that ``pathspec`` makes."""

from __future__ import annotations

import pytest

from agentowners.policy.expressions import PRIVATE, translated
from agentowners.policy.shapes import SHAPES


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_as_pathspec_translates_it(shape: str) -> None:
    assert SHAPES[shape] == translated(shape.replace("x", chr(PRIVATE))).replace(chr(PRIVATE), "x")
